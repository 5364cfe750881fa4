/** The mixture of experts, written as the sentence says it: for each token, for each expert it was given, add the weighted
 *  output. Far too slow to train with; the grouped layer is checked against it. */

import { linear } from "../tensor/ops/matmul.js";
import { add, mul } from "../tensor/ops/elementwise.js";
import { zeros } from "../tensor/create.js";
import { concat } from "../tensor/ops/join.js";
import { slice } from "../tensor/ops/slice.js";
import { reshape } from "../tensor/ops/shape.js";
import { activationNamed, gatedUnit } from "../nn/feedForward.js";
import type { Tensor } from "../tensor/tensor.js";
import type { MoE } from "./moe.js";
import type { Routing } from "./routing.js";

type Matrix = Tensor<[number, number]>;
type Vector = Tensor<[number]>;

/** x [N, D] -> [N, D]; equal to `moe.forward(x)` up to rounding.
 *  @param routing what the router decided; default: it is asked */
export function moeByLoop(moe: MoE, x: Tensor, routing: Routing = moe.router.forward(x)): Tensor {
  const { experts } = moe;
  const own = experts.adapter?.onto(experts) ?? experts;
  const partOf = (all: Tensor, e: number): Tensor => reshape(slice(all, 0, e, e + 1), all.shape.slice(1));
  const layer = (x: Tensor, weight: Tensor, bias: Tensor | null, e: number): Tensor =>
    linear(x, partOf(weight, e) as Matrix, bias && (partOf(bias, e) as Vector));
  const expert = (e: number, row: Tensor): Tensor => {
    const up = layer(row, own.up, experts.upBias, e);
    const hidden = own.gate
      ? gatedUnit(experts, layer(row, own.gate, experts.gateBias, e), up)
      : activationNamed(experts.activation)(up);
    return layer(hidden, own.down, experts.downBias, e);
  };
  const weights = reshape(routing.weights, [-1]);
  const latent = moe.toLatent ? moe.toLatent.forward(x) : x; // [N, C]
  const sums: Tensor[] = Array.from({ length: routing.nToken }, () => zeros([1, latent.shape[1]]));
  routing.assignments().forEach(({ token, expert: e, position }, i) => {
    if (position < 0) return;
    if (e >= moe.experts.nExpert) return; // a null expert
    const row = slice(latent, 0, token, token + 1);
    sums[token] = add(sums[token], mul(expert(e, row), slice(weights, 0, i, i + 1)) as Tensor);
  });
  const outputs = sums.map((sum, n): Tensor => {
    const y: Tensor = moe.fromLatent ? moe.fromLatent.forward(sum) : sum;
    return moe.shared ? add(y, moe.sharedOutput(slice(x, 0, n, n + 1))!) : y;
  });
  routing.assignments().forEach(({ token, expert: e, position }, i) => {
    if (position < 0 || e < moe.experts.nExpert || moe.router.config.nullExpert === "zero") return;
    const row = slice(x, 0, token, token + 1);
    outputs[token] = add(outputs[token], mul(row, slice(weights, 0, i, i + 1)) as Tensor);
  });
  return outputs.length > 0 ? concat(outputs, 0) : zeros([0, x.shape[1]]);
}
