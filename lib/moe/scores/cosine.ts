/** Logits by direction alone. */

import { div, mul } from "../../tensor/ops/elementwise.js";
import { matmul } from "../../tensor/ops/matmul.js";
import { rsqrt } from "../../tensor/ops/unary.js";
import { add } from "../../tensor/ops/elementwise.js";
import { sum } from "../../tensor/ops/reduce.js";
import { transpose } from "../../tensor/ops/shape.js";
import type { Tensor } from "../../tensor/tensor.js";

/** zₙₑ = cos(xₙ, wₑ) / τ: long tokens and long expert vectors have no advantage. x [N, D], weight [E, D] -> [N, E].
 *  Source: Chi et al. 2022 (X-MoE), §3.3, https://arxiv.org/abs/2204.09179 (there x is projected to fewer dimensions first). */
export function cosineLogits(x: Tensor, weight: Tensor, temperature: number): Tensor {
  return div(matmul(unit(x), transpose(unit(weight), 0, 1)), temperature);
}

/** Rows of length 1; a row of zeros stays. */
const unit = (x: Tensor): Tensor =>
  mul(x, rsqrt(add(sum(mul(x, x) as Tensor, -1, { keepdim: true }) as Tensor, 1e-12)));
