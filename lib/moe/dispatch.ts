/** Bringing tokens to their experts and the results back. */

import { fromArray } from "../tensor/create.js";
import { combineRows } from "../tensor/ops/grouped.js";
import { indexSelect } from "../tensor/ops/indexing.js";
import type { Tensor } from "../tensor/tensor.js";
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

/** Sorts the assignments by expert, tokens in order within each: a counting sort. Dropped ones get no row.
 *  @param which the experts that compute, or the null ones: E is their number */
export function planByExpert(
  routing: Pick<Routing, "tokens" | "experts" | "positions" | "nExpert" | "nNullExpert" | "nToken">,
  which: "working" | "null" = "working",
): Plan {
  const { tokens, experts, positions, nToken, nNullExpert } = routing;
  const working = routing.nExpert - nNullExpert;
  const [first, nExpert] = which === "null" ? [working, nNullExpert] : [0, working];
  const has = (i: number): boolean => positions[i] >= 0 && experts[i] >= first && experts[i] < first + nExpert;
  const starts = new Int32Array(nExpert + 1);
  for (let i = 0; i < experts.length; i++) if (has(i)) starts[experts[i] - first + 1]++;
  for (let e = 0; e < nExpert; e++) starts[e + 1] += starts[e];
  const next = starts.slice();
  const order = new Int32Array(starts[nExpert]);
  for (let i = 0; i < experts.length; i++) if (has(i)) order[next[experts[i] - first]++] = i;
  return { order, tokens: order.map((i) => tokens[i]), starts, nToken };
}

/** Copies each token to the rows of the experts that it was given: x [N, D] -> [R, D]. */
export function dispatch(x: Tensor, { tokens }: Plan): Tensor {
  return indexSelect(x, 0, fromArray(tokens, [tokens.length], "int32"));
}

/** Weighted sum of the experts' rows of each token: yₙ = Σ w · row over the rows of token n; 0 for a token that has none.
 *  rows [R, D], weights of all assignments -> [N, D]. */
export function combine(rows: Tensor, weights: Tensor, { order, tokens, nToken }: Plan): Tensor {
  return combineRows(rows, weights, tokens, order, nToken);
}

/** What null experts of the kind "identity" give: Σ w · xₙ over those that token n chose, without any product of matrices.
 *  x [N, D], weights of all assignments -> [N, D].
 *  Source: Meituan 2025 (LongCat-Flash), §2.1, https://arxiv.org/abs/2509.01322; "copy" in Jin et al. 2024 (MoE++), §3.1,
 *  https://arxiv.org/abs/2410.07348 */
export function passOn(x: Tensor, routing: Routing): Tensor {
  const plan = planByExpert(routing, "null");
  return combine(dispatch(x, plan), routing.weights, plan);
}
