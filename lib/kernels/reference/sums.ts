/** Sums in float64: down the columns of a matrix of rows, and of squares. See kernels/src/rows/columns.rs and sums.rs. */

import type { RowKernels, Span } from "../rows/types.js";
import { floats } from "./views.js";

export const columnSums: RowKernels["columnSums"] = (rows, d, x, y) => {
  const [X, totals] = [floats(x, rows * d), new Float64Array(d)];
  for (let at = 0; at < X.length; at += d) for (let j = 0; j < d; j++) totals[j] += X[at + j];
  floats(y, d).set(totals);
};

export const columnDots: RowKernels["columnDots"] = (rows, d, a, b, y) => {
  const [A, B, totals] = [floats(a, rows * d), floats(b, rows * d), new Float64Array(d)];
  for (let at = 0; at < A.length; at += d) for (let j = 0; j < d; j++) totals[j] += A[at + j] * B[at + j];
  floats(y, d).set(totals);
};

export function sumSquares(n: number, x: Span): number {
  const X = floats(x, n);
  let total = 0;
  for (let i = 0; i < n; i++) total += X[i] * X[i];
  return total;
}
