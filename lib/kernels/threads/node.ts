/** How many threads there may be, and a module that they share. Bundles for pages have page.ts in place of this file. */

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

/** The same module for a memory that threads share. Only the import's flags differ (1: has a maximum, 2: shared): loads and
 *  stores are the same instructions, so one build serves both. */
export function withSharedMemory(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const head = new TextEncoder().encode("\x03env\x06memory\x02\x01");
  const at = bytes.findIndex((_, i) => head.every((byte, j) => bytes[i + j] === byte));
  if (at < 0) throw new Error("internal error: the module imports no memory with a maximum");
  const shared = bytes.slice();
  shared[at + head.length - 1] |= 2;
  return shared;
}
