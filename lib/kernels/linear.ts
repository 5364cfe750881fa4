/** The one linear memory that TypeScript and the Rust kernels share. */
import { MAX_PAGES, PAGE, RESERVED_BYTES } from "./layout.js";
import { mostThreads } from "./threads/node.js";

let linear: WebAssembly.Memory | null | undefined;
/** Pages that may be had; fewer than MAX_PAGES where the system refuses more. */
let mostPages = MAX_PAGES;

/** The memory that every kernel build imports, shared where there may be threads. Where the system refuses 4 GiB of addresses
 *  (`ulimit -v`, small machines) it may become smaller; null where none is to be had, or no WebAssembly. */
export function wasmMemory(): WebAssembly.Memory | null {
  if (linear === undefined) linear = typeof WebAssembly === "object" ? newMemory() : null;
  return linear;
}

function newMemory(): WebAssembly.Memory | null {
  const shared = mostThreads() > 1;
  for (const [maximum, own] of [
    [MAX_PAGES, !shared],
    [MAX_PAGES, true],
    [MAX_PAGES / 4, true],
    [MAX_PAGES / 16, true],
  ] as const) {
    try {
      const memory = new WebAssembly.Memory({ initial: 2 * (RESERVED_BYTES / PAGE), maximum, shared: !own });
      mostPages = maximum;
      return memory;
    } catch {
      // The next smaller wish.
    }
  }
  return null;
}

/** Bytes that linear memory can grow to. */
export const mostBytes = (): number => mostPages * PAGE;

/** Whether threads can see the memory. */
export const isShared = (memory: WebAssembly.Memory): boolean => !(memory.buffer instanceof ArrayBuffer);

/** Grows linear memory to reach the address `end`; false where that is impossible. */
export function growTo(end: number): boolean {
  const memory = linear!;
  const pages = memory.buffer.byteLength / PAGE;
  const missing = Math.ceil(end / PAGE) - pages;
  if (missing <= 0) return true;
  if (pages + missing > mostPages) return false;
  // An eighth more than is wanted, so that few steps lead to a large memory.
  for (const more of [Math.min(Math.max(missing, Math.ceil(pages / 8)), mostPages - pages), missing]) {
    try {
      memory.grow(more);
      return true;
    } catch {
      // The system has no more.
    }
  }
  return false;
}
