import { mostThreads } from "./detect.js";
import { SCRATCH_ADDRESS, STARTS_ADDRESS, type KernelExports } from "./exports.js";
import { wasmMemory } from "./memory.js";
import * as modules from "./modules.generated.js";

/** Compiles a build, and instantiates it on the one memory. Synchronous: a module of this size takes about a millisecond. */
export function compile(bytes: Uint8Array<ArrayBuffer>): { module: WebAssembly.Module; kernels: KernelExports } {
  const memory = wasmMemory();
  if (!memory) throw new Error("there is no WebAssembly here: choose the typescript kernels");
  const module = new WebAssembly.Module(mostThreads() > 1 ? withSharedMemory(bytes) : bytes);
  const kernels = new WebAssembly.Instance(module, { env: { memory } }).exports as unknown as KernelExports;
  if (SCRATCH_ADDRESS + kernels.scratch_bytes() > STARTS_ADDRESS) {
    throw new Error(`internal error: the kernels' scratch memory of ${kernels.scratch_bytes()} bytes reaches too far`);
  }
  return { module, kernels };
}

export const instantiate = (bytes: Uint8Array<ArrayBuffer>): KernelExports => compile(bytes).kernels;

/** The same module for a memory that threads share. Only the import's flags differ (1: has a maximum, 2: shared): loads and
 *  stores are the same instructions, so one build serves both. */
function withSharedMemory(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode("\x03env\x06memory\x02\x01");
  const at = bytes.findIndex((_, i) => head.every((byte, j) => bytes[i + j] === byte));
  if (at < 0) throw new Error("internal error: the module imports no memory with a maximum");
  const shared = bytes.slice();
  shared[at + head.length - 1] |= 2;
  return shared;
}

/** The bytes of a build that the package carries. */
export function moduleBytes(name: "relaxed" | "simd"): Uint8Array<ArrayBuffer> {
  const digits = modules[name];
  if (typeof Buffer === "function") return new Uint8Array(Buffer.from(digits, "hex")); // Node: 10 ms less in a cold process
  const bytes = new Uint8Array(digits.length / 2);
  for (let i = 0; i < bytes.length; i++) bytes[i] = parseInt(digits.slice(2 * i, 2 * i + 2), 16);
  return bytes;
}
