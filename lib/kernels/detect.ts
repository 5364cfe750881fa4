/**
 * What this machine's WebAssembly can do, found out by validating modules that use one instruction of each proposal.
 * Sources: https://github.com/WebAssembly/simd, https://github.com/WebAssembly/relaxed-simd
 */

/** The builds that exist, best first. */
export const kernelNames = ["relaxed", "simd", "typescript"] as const;
export type KernelName = (typeof kernelNames)[number];

const ZERO_VECTOR = [0x41, 0x00, 0xfd, 0x0f]; // i32.const 0; i8x16.splat
const POPCNT = [0xfd, 0x62]; // i8x16.popcnt: simd128 in its final form
const RELAXED_MADD = [0xfd, 0x85, 0x02]; // f32x4.relaxed_madd

/** The smallest module whose one function, of type () -> v128, has this body. */
function moduleOf(...body: number[][]): Uint8Array<ArrayBuffer> {
  const code = [0x00, ...body.flat(), 0x0b]; // no locals; …; end
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00], // "\0asm", version 1
    ...[0x01, 0x05, 0x01, 0x60, 0x00, 0x01, 0x7b], // type section: one type, () -> v128
    ...[0x03, 0x02, 0x01, 0x00], // function section: one function of type 0
    ...[0x0a, code.length + 2, 0x01, code.length, ...code], // code section
  ]);
}

/** Is this build able to run here? */
export function supports(name: KernelName): boolean {
  if (name === "typescript") return true;
  if (typeof WebAssembly !== "object") return false;
  return name === "simd"
    ? WebAssembly.validate(moduleOf(ZERO_VECTOR, POPCNT))
    : WebAssembly.validate(moduleOf(ZERO_VECTOR, ZERO_VECTOR, ZERO_VECTOR, RELAXED_MADD));
}

/** Bytes of addresses that Node, the kernels' memory (4 GiB and V8's guards around it) and three further threads take, with room
 *  to spare: about 14 GB were measured. V8 ends the process where a thread finds no place. */
const ROOM_FOR_THREADS = 16e9;

/** Bytes of addresses that this process may have: on Linux `ulimit -v` sets a limit. */
function addressSpace(): number {
  try {
    const limits = process.getBuiltinModule("node:fs").readFileSync("/proc/self/limits", "utf8");
    return Number(/^Max address space +(\d+)/m.exec(limits)?.[1] ?? Infinity);
  } catch {
    return Infinity; // another system, or Node's permission model
  }
}

let most: number | undefined;

/** Threads that kernels may use: the machine's cores, at most 4, in Node; else 1. A page cannot wait for another thread, and
 *  has shared memory only where it is cross-origin isolated. The environment variable TWINFORMER_THREADS sets another
 *  number; 1 is one thread and no shared memory. */
export function mostThreads(): number {
  return (most ??= Math.max(1, Math.min(4, cores())));
}

function cores(): number {
  const node = typeof process === "object" && typeof process.getBuiltinModule === "function";
  if (!node || "Deno" in globalThis || "Bun" in globalThis) return 1;
  if (typeof SharedArrayBuffer !== "function" || typeof Atomics !== "object") return 1;
  if (addressSpace() < ROOM_FOR_THREADS) return 1;
  const asked = Number(process.env.TWINFORMER_THREADS);
  return Number.isInteger(asked) && asked > 0 ? asked : process.getBuiltinModule("node:os").availableParallelism();
}
