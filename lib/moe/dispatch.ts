/** Bringing tokens to their experts and the results back. */

import { record } from "../tensor/autograd.js";
import { empty, read, type Tensor, write } from "../tensor/tensor.js";
import { indexSelect } from "../tensor/ops/indexing.js";
import { fromArray } from "../tensor/create.js";

/** Assignments in the order of their expert, so that each expert's rows lie together. */
export interface Plan {
  /** [M] place in the token-by-slot list (token · K + slot) of each sorted row. */
  readonly order: Int32Array;
  /** [E + 1] expert e computes the sorted rows starts[e] to starts[e + 1]. */
  readonly starts: Int32Array;
}

/** Sorts N · K assignments by expert, tokens in order within each: a counting sort. */
export function planByExpert(experts: Int32Array, nExpert: number): Plan {
  const starts = new Int32Array(nExpert + 1);
  for (const expert of experts) starts[expert + 1]++;
  for (let e = 0; e < nExpert; e++) starts[e + 1] += starts[e];
  const next = starts.slice();
  const order = new Int32Array(experts.length);
  experts.forEach((expert, i) => (order[next[expert]++] = i));
  return { order, starts };
}

/** Copies each token to the rows of the experts that it chose: x [N, D] -> [M, D]. */
export function dispatch(x: Tensor, { order }: Plan, topK: number): Tensor {
  const tokens = fromArray(
    order.map((i) => Math.floor(i / topK)),
    [order.length],
    "int32",
  );
  return indexSelect(x, 0, tokens);
}

/** Brings the experts' rows home, weighted: yₙ = Σₖ wₙₖ · rowₙₖ. rows [M, D], weights [N, K] -> [N, D]. */
export function combine(rows: Tensor, weights: Tensor, { order }: Plan): Tensor {
  const [n, topK] = weights.shape;
  const d = rows.shape[1];
  const y = empty([n, d]);
  const [R, W, Y] = [read(rows), read(weights), write(y).fill(0)];
  for (let m = 0; m < order.length; m++) {
    const [w, to] = [W[order[m]], Math.floor(order[m] / topK) * d];
    for (let i = 0; i < d; i++) Y[to + i] += w * R[m * d + i];
  }
  return record("combine", [rows, weights], y, (dy) => [
    () => {
      const dr = empty(rows.shape);
      const [W, DY, DR] = [read(weights), read(dy), write(dr)];
      for (let m = 0; m < order.length; m++) {
        const [w, from] = [W[order[m]], Math.floor(order[m] / topK) * d];
        for (let i = 0; i < d; i++) DR[m * d + i] = w * DY[from + i];
      }
      return dr;
    },
    () => {
      const dw = empty(weights.shape);
      const [R, DY, DW] = [read(rows), read(dy), write(dw).fill(0)];
      for (let m = 0; m < order.length; m++) {
        const from = Math.floor(order[m] / topK) * d;
        let dot = 0;
        for (let i = 0; i < d; i++) dot += R[m * d + i] * DY[from + i];
        DW[order[m]] = dot;
      }
      return dw;
    },
  ]);
}
