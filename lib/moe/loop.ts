/** The mixture of experts, written as the sentence says it: for each token, for each expert it chose, add the weighted
 *  output. Far too slow to train with; the grouped layer is checked against it. */

import { linear } from "../tensor/ops/matmul.js";
import { add, mul } from "../tensor/ops/elementwise.js";
import { slice, concat } from "../tensor/ops/join.js";
import { reshape } from "../tensor/ops/shape.js";
import { activationNamed } from "../nn/feedForward.js";
import type { Tensor } from "../tensor/tensor.js";
import type { MoE } from "./moe.js";

type Matrix = Tensor<[number, number]>;
type Vector = Tensor<[number]>;

/** x [N, D] -> [N, D]; equal to `moe.forward(x)` up to rounding. */
export function moeByLoop(moe: MoE, x: Tensor): Tensor {
  const { experts } = moe;
  const { weights, experts: chosen, topK, nToken } = moe.router.forward(x);
  const partOf = (all: Tensor, e: number): Tensor => reshape(slice(all, 0, e, e + 1), all.shape.slice(1));
  const expert = (e: number, row: Tensor): Tensor => {
    const up = linear(row, partOf(experts.up, e) as Matrix, experts.upBias && (partOf(experts.upBias, e) as Vector));
    const hidden = activationNamed(experts.activation)(up as Tensor);
    return linear(
      hidden,
      partOf(experts.down, e) as Matrix,
      experts.downBias && (partOf(experts.downBias, e) as Vector),
    );
  };
  const outputs: Tensor[] = [];
  for (let n = 0; n < nToken; n++) {
    const row = slice(x, 0, n, n + 1);
    let y: Tensor | null = null;
    for (let k = 0; k < topK; k++) {
      const weight = slice(slice(weights, 0, n, n + 1), 1, k, k + 1);
      const term: Tensor = mul(expert(chosen[n * topK + k], row), weight);
      y = y ? add(y, term) : term;
    }
    outputs.push(y!);
  }
  return concat(outputs, 0);
}
