/** What each chosen expert's output is multiplied by. Here the router gets its gradient: a choice has none, its weight does. */

import { add, div, mul, sub } from "../tensor/ops/elementwise.js";
import { fromArray, zeros } from "../tensor/create.js";
import { gather, indexAdd, indexSelect } from "../tensor/ops/indexing.js";
import { sum } from "../tensor/ops/reduce.js";
import { reshape } from "../tensor/ops/shape.js";
import { empty, read, type Tensor, write } from "../tensor/tensor.js";
import type { RouterConfig } from "./config/fields.js";
import type { Placement } from "./capacity/place.js";
import type { Selection } from "./select/selection.js";

type Options = Pick<RouterConfig, "renormalise" | "overflow" | "scale" | "straightThrough">;

/** The scores of the chosen, as they are (Switch: wₙ = pₙₑ) or divided by their sum over the token's choices (Mixtral). What is
 *  dropped weighs exactly 0; the others keep their weight (GShard), unless renormalise is "kept". Rerouted choices count with the
 *  expert that they ended at, and are divided by the sum of the kept. scores [N, E] -> [N, K], or [M] where K varies. */
export function weigh(scores: Tensor, selection: Selection, placement: Placement, options: Options): Tensor {
  const { topK, tokens } = selection;
  const [nToken, nExpert] = scores.shape;
  const { experts, positions } = placement;
  const shape = topK === null ? [experts.length] : [nToken, topK];
  const hasDrops = positions.some((p) => p < 0);
  const afterDrop = options.renormalise === "kept" || (options.renormalise && options.overflow === "nextBest");
  let weights =
    topK === null
      ? gather(
          reshape(scores, [-1]),
          0,
          int32(
            experts.map((e, i) => tokens[i] * nExpert + e),
            shape,
          ),
        )
      : gather(scores, 1, int32(experts, shape));
  if (options.renormalise && !afterDrop) weights = div(weights, sums(weights, selection, nToken));
  if (options.straightThrough) weights = hardened(weights, selection, nToken);
  if (hasDrops)
    weights = mul(
      weights,
      fromArray(
        Float32Array.from(positions, (p) => (p < 0 ? 0 : 1)),
        shape,
      ),
    );
  if (afterDrop) weights = div(weights, sums(weights, selection, nToken));
  return options.scale === 1 ? weights : mul(weights, options.scale);
}

const int32 = (values: Int32Array, shape: number[]): Tensor => fromArray(values, shape, "int32");

/** Each weight's total over its token's choices, of a shape that divides the weights; 1 where it is 0, so that 0 / 0 is 0. */
function sums(weights: Tensor, { topK, tokens }: Selection, nToken: number): Tensor {
  const total: Tensor =
    topK === null
      ? indexAdd(zeros([nToken]), 0, int32(tokens, [tokens.length]), weights)
      : sum(weights, -1, { keepdim: true });
  const isZero = read(total).map((x) => (x === 0 ? 1 : 0));
  const safe: Tensor = isZero.includes(1) ? add(total, fromArray(isZero, [...total.shape])) : total;
  return topK === null ? indexSelect(safe, 0, int32(tokens, [tokens.length])) : safe;
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
