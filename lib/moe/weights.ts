/** What each chosen expert's output is multiplied by. Here the router gets its gradient: a choice has none, its weight does. */

import { add, mul, sub, where } from "../tensor/ops/elementwise.js";
import { fromArray, zeros } from "../tensor/create.js";
import { gather, indexAdd, indexSelect } from "../tensor/ops/indexing.js";
import { sum } from "../tensor/ops/reduce.js";
import { exp } from "../tensor/ops/unary.js";
import { reshape } from "../tensor/ops/shape.js";
import { empty, read, type Tensor, write } from "../tensor/tensor.js";
import type { RouterConfig } from "../config/router/fields.js";
import type { Placement } from "./capacity/place.js";
import type { Selection } from "./select/selection.js";
import { overSum } from "./shares.js";

type Options = Pick<RouterConfig, "renormalize" | "overflow" | "scale" | "straightThrough">;

/** The scores of the chosen, as they are (Switch: wₙ = pₙₑ) or divided by their sum over the token's choices (Mixtral). What has no
 *  place weighs exactly 0; the others keep their weight (GShard), unless renormalize is "kept". With overflow "nextBest", choices
 *  count with the expert that they ended at, and the sum is over all that were not dropped. scores [N, E] -> [N, K], or [M] where K
 *  varies.
 *  @param logits [N, E] where the scores are their softmax, else null */
export function weigh(
  scores: Tensor,
  logits: Tensor | null,
  selection: Selection,
  placement: Placement,
  { renormalize, overflow, straightThrough, scale }: Options,
): Tensor {
  const [nToken] = scores.shape;
  const { positions } = placement;
  const placed = maskOf(positions, (i) => positions[i] >= 0);
  const afterDrop = renormalize === "kept" || (renormalize && overflow === "nextBest");
  // Those whose weights sum to 1. What was skipped was never dropped, so it counts, but for "kept".
  const counts = afterDrop
    ? maskOf(positions, (i) => positions[i] >= 0 || (renormalize !== "kept" && selection.skipped?.[i] === 1))
    : null;
  let weights =
    renormalize && logits
      ? relative(logits, selection, placement, counts)
      : chosen(scores, selection, placement.experts);
  if (renormalize && !afterDrop) weights = overSum(weights, sums(weights, selection, nToken));
  if (straightThrough) weights = hardened(weights, selection, nToken);
  weights = masked(weights, counts);
  if (afterDrop) weights = overSum(weights, sums(weights, selection, nToken));
  weights = masked(weights, placed);
  return scale === 1 ? weights : mul(weights, scale);
}

/** [M] 1 where it holds and 0 where it does not; null where it holds for all. */
type Mask = Float32Array | null;

function maskOf({ length }: Int32Array, holds: (i: number) => boolean): Mask {
  let mask: Mask = null;
  for (let i = 0; i < length; i++) if (!holds(i)) (mask ??= new Float32Array(length).fill(1))[i] = 0;
  return mask;
}

/** 0 where the mask is 0, whatever the weight is there: NaN · 0 would be NaN. */
const masked = (weights: Tensor, mask: Mask): Tensor =>
  mask ? where(fromArray(mask, [...weights.shape]), weights, 0) : weights;

/** The numbers at the assignments: x [N, E] -> [N, K], or [M] where K varies. */
function chosen(x: Tensor, { topK, tokens }: Selection, experts: Int32Array): Tensor {
  const [nToken, nExpert] = x.shape;
  if (topK !== null) return gather(x, 1, int32(experts, [nToken, topK]));
  const flat = experts.map((e, i) => tokens[i] * nExpert + e);
  return gather(reshape(x, [-1]), 0, int32(flat, [flat.length]));
}

/** exp(zᵢ − m), with m the largest logit of the token's choices that count; 0 for those that do not. Divided by its sum this is the
 *  softmax over the chosen alone. The scores of all experts, divided by the sum of the chosen, are the same numbers; but there the
 *  logits of the others stand in every denominator, and rounding leaves them a gradient of 1e-9 where it should be exactly 0. */
function relative(logits: Tensor, selection: Selection, { experts }: Placement, counts: Mask): Tensor {
  const z = chosen(logits, selection, experts);
  const largest = new Float64Array(logits.shape[0]).fill(-Infinity);
  const { tokens } = selection;
  const Z = read(z);
  for (let i = 0; i < Z.length; i++) if (counts?.[i] !== 0) largest[tokens[i]] = Math.max(largest[tokens[i]], Z[i]);
  const shift = new Float32Array(Z.length);
  for (let i = 0; i < shift.length; i++) {
    const most = largest[tokens[i]];
    shift[i] = counts?.[i] === 0 ? -Infinity : most === -Infinity ? 0 : -most;
  }
  return exp(add(z, fromArray(shift, [...z.shape])));
}

const int32 = (values: Int32Array, shape: number[]): Tensor => fromArray(values, shape, "int32");

/** Each weight's total over its token's choices, of a shape that divides the weights. */
function sums(weights: Tensor, { topK, tokens }: Selection, nToken: number): Tensor {
  if (topK !== null) return sum(weights, 1, { keepdim: true });
  const index = int32(tokens, [tokens.length]);
  return indexSelect(indexAdd(zeros([nToken]), 0, index, weights), 0, index);
}

/** 1/K going forward, the score's gradient going backward: w − stop(w) + 1/K (straight-through).
 *  Source: Bengio et al. 2013, §3, https://arxiv.org/abs/1308.3432 */
function hardened(weights: Tensor, { tokens }: Selection, nToken: number): Tensor {
  const choices = new Int32Array(nToken);
  tokens.forEach((n) => choices[n]++);
  const even = empty(weights.shape);
  write(even).set(Float32Array.from(tokens, (n) => 1 / choices[n]));
  return add(sub(weights, weights.detach()), even);
}
