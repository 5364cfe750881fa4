/** Experts' outputs combined, weighted, and the gradients of that: see kernels/src/rows/combine.rs. */

import type { RowKernels } from "../rows/types.js";
import { floats, from, ints } from "./views.js";

export const combine: RowKernels["combine"] = (m, d, rows, tokens, weights, order, y) => {
  const [R, T, O, W, Y] = [floats(rows, m * d), ints(tokens, m), ints(order, m), from(weights), from(y)];
  for (let i = 0; i < m; i++) for (let j = 0; j < d; j++) Y[T[i] * d + j] += W[O[i]] * R[i * d + j];
};

export const combineBackward: RowKernels["combineBackward"] = (m, d, dy, tokens, weights, order, dRows) => {
  const [DY, T, O, W, DR] = [from(dy), ints(tokens, m), ints(order, m), from(weights), floats(dRows, m * d)];
  for (let i = 0; i < m; i++) for (let j = 0; j < d; j++) DR[i * d + j] = W[O[i]] * DY[T[i] * d + j];
};

export const combineWeightsBackward: RowKernels["combineWeightsBackward"] = (
  m,
  d,
  rows,
  dy,
  tokens,
  order,
  dWeights,
) => {
  const [R, DY, T, O, DW] = [floats(rows, m * d), from(dy), ints(tokens, m), ints(order, m), from(dWeights)];
  for (let i = 0; i < m; i++) {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += R[i * d + j] * DY[T[i] * d + j];
    DW[O[i]] = sum;
  }
};
