/** Rows by index, their gradients, and the largest of each row: see kernels/src/rows/lookup.rs and topk.rs. */

import type { RowKernels } from "../rows/types.js";
import { floats, ints } from "./views.js";

export const gatherRows: RowKernels["gatherRows"] = (m, d, from, index, to) => {
  // As integers: the rows may be int32, and not every bit pattern survives being read as a float.
  const [F, I, T] = [from.storage.i32().subarray(from.offset), ints(index, m), ints(to, m * d)];
  for (let i = 0; i < m; i++) for (let j = 0; j < d; j++) T[i * d + j] = F[I[i] * d + j];
};

export const scatterAddRows: RowKernels["scatterAddRows"] = (m, d, from, index, alpha, to) => {
  const [F, I, T] = [floats(from, m * d), ints(index, m), to.storage.f32().subarray(to.offset)];
  for (let i = 0; i < m; i++) for (let j = 0; j < d; j++) T[I[i] * d + j] += alpha * F[i * d + j];
};

export const topk: RowKernels["topk"] = (rows, n, k, x, places) => {
  const [X, P] = [floats(x, rows * n), ints(places, rows * k)];
  for (let r = 0; r < rows; r++) {
    const row = X.subarray(r * n, (r + 1) * n);
    P.set(Array.from(row.keys()).sort(largestFirst(row)).slice(0, k), r * k);
  }
};

/** Order of positions in `row`; sorting keeps equals as they stand. NaN counts as largest. */
const largestFirst =
  (row: Float32Array) =>
  (i: number, j: number): number => {
    const [a, b] = [row[i], row[j]];
    return a !== a || b !== b ? Number(b !== b) - Number(a !== a) : b - a || 0; // ∞ − ∞ is NaN, for equals
  };
