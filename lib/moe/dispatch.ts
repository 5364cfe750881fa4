/** Bringing tokens to their experts and the results back. */

import { record } from "../tensor/autograd.js";
import { empty, read, type Tensor, write } from "../tensor/tensor.js";
import { indexSelect } from "../tensor/ops/indexing.js";
import { fromArray } from "../tensor/create.js";
import type { Routing } from "./routing.js";

/** The assignments that have a place, in the order of their expert, so that each expert's rows lie together: R rows. */
export interface Plan {
  /** [R] which assignment each row is. */
  readonly order: Int32Array;
  /** [R] its token. */
  readonly tokens: Int32Array;
  /** [E + 1] expert e computes the rows starts[e] to starts[e + 1]. */
  readonly starts: Int32Array;
  /** N. */
  readonly nToken: number;
}

/** Sorts the assignments by expert, tokens in order within each: a counting sort. Dropped ones get no row. */
export function planByExpert({
  tokens,
  experts,
  positions,
  nExpert,
  nToken,
}: Pick<Routing, "tokens" | "experts" | "positions" | "nExpert" | "nToken">): Plan {
  const starts = new Int32Array(nExpert + 1);
  experts.forEach((expert, i) => {
    if (positions[i] >= 0) starts[expert + 1]++;
  });
  for (let e = 0; e < nExpert; e++) starts[e + 1] += starts[e];
  const next = starts.slice();
  const order = new Int32Array(starts[nExpert]);
  experts.forEach((expert, i) => {
    if (positions[i] >= 0) order[next[expert]++] = i;
  });
  return { order, tokens: order.map((i) => tokens[i]), starts, nToken };
}

/** Copies each token to the rows of the experts that it was given: x [N, D] -> [R, D]. */
export function dispatch(x: Tensor, { tokens }: Plan): Tensor {
  return indexSelect(x, 0, fromArray(tokens, [tokens.length], "int32"));
}

/** Brings the experts' rows home, weighted: yₙ = Σ w · row over the rows of token n; 0 for a token that has none.
 *  rows [R, D], weights of all assignments -> [N, D]. */
export function combine(rows: Tensor, weights: Tensor, { order, tokens, nToken }: Plan): Tensor {
  const d = rows.shape[1];
  const y = empty([nToken, d]);
  const [R, W, Y] = [read(rows), read(weights), write(y).fill(0)];
  for (let m = 0; m < order.length; m++) {
    const [w, to] = [W[order[m]], tokens[m] * d];
    for (let i = 0; i < d; i++) Y[to + i] += w * R[m * d + i];
  }
  return record("combine", [rows, weights], y, (dy) => [
    () => {
      const dr = empty(rows.shape);
      const [W, DY, DR] = [read(weights), read(dy), write(dr)];
      for (let m = 0; m < order.length; m++) {
        const [w, from] = [W[order[m]], tokens[m] * d];
        for (let i = 0; i < d; i++) DR[m * d + i] = w * DY[from + i];
      }
      return dr;
    },
    () => {
      const dw = empty(weights.shape);
      const [R, DY, DW] = [read(rows), read(dy), write(dw).fill(0)];
      for (let m = 0; m < order.length; m++) {
        const from = tokens[m] * d;
        let dot = 0;
        for (let i = 0; i < d; i++) dot += R[m * d + i] * DY[from + i];
        DW[order[m]] = dot;
      }
      return dw;
    },
  ]);
}
