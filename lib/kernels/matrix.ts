import type { Storage } from "./memory.js";
import type { Span } from "./rows/types.js";

/**
 * Where the elements of a matrix (or a batch of them) lie in a block of numbers. Element [i, j] of product `t` is
 *   storage[offset + t·batchStride + i·rowStride + j·colStride],  all counted in elements.
 * A transpose swaps two strides, one head of an attention matrix is an offset, a broadcast is a stride of 0: no copies.
 */
export interface Matrix {
  storage: Storage;
  offset: number;
  rowStride: number;
  colStride: number;
  batchStride: number;
}

/** The signature that the Rust kernel and its TypeScript twin share; `matmul` in index.ts says what it computes. */
export type Matmul = (
  m: number,
  k: number,
  n: number,
  batch: number,
  a: Matrix,
  b: Matrix,
  c: Matrix,
  accumulate: boolean,
) => void;

/** Products of groups of rows: group e has the rows starts[e] to starts[e + 1] of contiguous operands. */
export interface Grouped {
  /** C[rows of e] ← A[rows of e]·Bₑ (+ C with `accumulate`). A has rows of k, C of n; Bₑ is k×n, batchStride apart. */
  rows(starts: Int32Array, k: number, n: number, a: Span, b: Matrix, c: Span, accumulate: boolean): void;
  /** Cₑ ← A[rows of e]ᵀ·B[rows of e], zeros for a group without rows. A has rows of m, B of n; Cₑ is m×n. */
  outer(starts: Int32Array, m: number, n: number, a: Span, b: Span, c: Span): void;
}

/** Throws if a `rows`×`cols` matrix leaves its block: the kernel would write over a neighbor without a word. */
export function checkInside(name: string, matrix: Matrix, rows: number, cols: number, batch: number): void {
  if (rows === 0 || cols === 0) return; // k = 0: nothing is read
  const { offset, rowStride, colStride, batchStride, storage } = matrix;
  const down = (rows - 1) * rowStride;
  const right = (cols - 1) * colStride;
  const along = (batch - 1) * batchStride;
  const first = offset + Math.min(0, down) + Math.min(0, right) + Math.min(0, along);
  const last = offset + Math.max(0, down) + Math.max(0, right) + Math.max(0, along);
  if (first >= 0 && last < storage.length) return; // false for NaN, too
  throw new RangeError(
    `cannot matmul: ${name} [${batch}, ${rows}, ${cols}] reaches elements ${first} to ${last} of a block of ${storage.length}; check its offset and strides`,
  );
}
