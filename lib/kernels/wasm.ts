import type { KernelExports } from "./exports.js";
import { CONSTANTS_ADDRESS, SCRATCH_ADDRESS, STARTS_ADDRESS } from "./layout.js";
import { isShared, wasmMemory } from "./linear.js";
import { withSharedMemory } from "./threads/node.js";

export interface Compiled {
  module: WebAssembly.Module;
  kernels: KernelExports;
}

/** Compiles a build, and instantiates it on the one memory; null where that is refused: by a page's Content-Security-Policy, or
 *  since there is no memory. Synchronous: a module of this size takes about a millisecond. */
export function compile(bytes: Uint8Array<ArrayBuffer>): Compiled | null {
  const memory = wasmMemory();
  if (!memory) return null;
  const given = isShared(memory) ? withSharedMemory(bytes) : bytes;
  let compiled: Compiled;
  try {
    const module = new WebAssembly.Module(given);
    compiled = { module, kernels: new WebAssembly.Instance(module, { env: { memory } }).exports as never };
  } catch {
    return null;
  }
  const constantsEnd = compiled.kernels.write_constants();
  if (constantsEnd <= CONSTANTS_ADDRESS || constantsEnd > SCRATCH_ADDRESS) {
    throw new Error(`internal error: the kernels' constants end at ${constantsEnd}`);
  }
  if (SCRATCH_ADDRESS + compiled.kernels.scratch_bytes() > STARTS_ADDRESS) {
    throw new Error(
      `internal error: the kernels' scratch memory of ${compiled.kernels.scratch_bytes()} bytes reaches too far`,
    );
  }
  return compiled;
}

/** As `compile`, where a refusal is a fault. */
export function instantiate(bytes: Uint8Array<ArrayBuffer>): KernelExports {
  const compiled = compile(bytes);
  if (!compiled) throw new Error("WebAssembly cannot be compiled here");
  return compiled.kernels;
}
