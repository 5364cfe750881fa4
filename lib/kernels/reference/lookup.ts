/** Rows by index, their gradients, and the largest of each row: see kernels/src/rows/lookup.rs and topk.rs. */

import type { RowKernels } from "../rows/types.js";
import { floats, ints } from "./views.js";

export const gatherRows: RowKernels["gatherRows"] = (m, d, from, index, to) => {
  const [F, I, T] = [from.storage.f32().subarray(from.offset), ints(index, m), floats(to, m * d)];
  for (let i = 0; i < m; i++) for (let j = 0; j < d; j++) T[i * d + j] = F[I[i] * d + j];
};

export const scatterAddRows: RowKernels["scatterAddRows"] = (m, d, from, index, alpha, to) => {
  const [F, I, T] = [floats(from, m * d), ints(index, m), to.storage.f32().subarray(to.offset)];
  for (let i = 0; i < m; i++) for (let j = 0; j < d; j++) T[I[i] * d + j] += alpha * F[i * d + j];
};

export const topk: RowKernels["topk"] = (rows, n, k, x, places) => {
  const [X, P] = [floats(x, rows * n), ints(places, rows * k)];
  for (let r = 0; r < rows; r++) topIndices(X, r * n, n, k, P, r * k);
};

/** Positions of the k largest of `n` numbers from `first` on, largest first; the earlier one among equals; NaN counts as
 *  largest. By insertion into k places: for few this beats sorting. */
export function topIndices(
  X: ArrayLike<number>,
  first: number,
  n: number,
  k: number,
  out: Int32Array | Float32Array,
  to: number,
): void {
  let filled = 0;
  for (let i = 0; i < n; i++) {
    const value = X[first + i];
    let place = filled;
    while (place > 0 && before(value, X[first + out[to + place - 1]])) place--;
    if (place >= k) continue;
    for (let j = Math.min(filled, k - 1); j > place; j--) out[to + j] = out[to + j - 1];
    out[to + place] = i;
    if (filled < k) filled++;
  }
}

export const before = (a: number, b: number): boolean => a > b || (a !== a && b === b);
