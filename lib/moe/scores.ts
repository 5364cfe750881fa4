/** From logits to scores of each expert for each token: the numbers that choose and that weigh. [N, E] -> [N, E]. */

import { checkTensor } from "../tensor/check.js";
import { checkWord, checkNumbers } from "../config/options.js";
import { rsqrt, sigmoid, sqrtSoftplus } from "../tensor/ops/unary.js";
import { add, div, mul } from "../tensor/ops/elementwise.js";
import { matmul } from "../tensor/ops/matmul.js";
import { sum } from "../tensor/ops/reduce.js";
import { transpose } from "../tensor/ops/shape.js";
import { softmax } from "../tensor/ops/softmax.js";
import type { Tensor } from "../tensor/tensor.js";
import { overSum } from "./shares.js";
import { isSoftmax, type Score } from "../config/router/fields.js";

const rules: Readonly<Record<Score, (logits: Tensor) => Tensor>> = {
  softmax: (logits) => softmax(logits, 1),
  sigmoid,
  sqrtSoftplus,
  cosine: (logits) => softmax(logits, 1),
};

/** Softmax: sₑ = exp(zₑ) / Σ exp(zⱼ), a multi-class classifier over the experts. Sigmoid: sₑ = 1 / (1 + exp(−zₑ)), each expert
 *  for itself, so that a score can rise without another falling. √softplus: sₑ = √(ln(1 + exp(zₑ))), each for itself too, and without
 *  an upper end at which the slope would vanish. Cosines are logits already (`cosineLogits`) and take the softmax.
 *  Sources: Shazeer et al. 2017, §2.1, https://arxiv.org/abs/1701.06538; DeepSeek-AI 2024 (V3), §2.1.2, eq. 15,
 *  https://arxiv.org/abs/2412.19437; DeepSeek-V4, as `sqrtsoftplus` in Megatron-LM, megatron/core/transformer/moe/moe_utils.py */
export const scoresOf = (logits: Tensor, score: Score): Tensor => {
  checkWord("scoresOf", "score", score, Object.keys(rules));
  return rules[score](logits);
};

/** Scores that sum to 1 per token: a softmax as it is, others divided by their sum (DeepSeek-V3, eq. 19). Scores that are all too
 *  small for a float32, and so 0, stay 0. */
export function probabilities(scores: Tensor, score: Score): Tensor {
  checkTensor("probabilities", "scores", scores);
  checkWord("probabilities", "score", score, Object.keys(rules));
  return isSoftmax(score) ? scores : overSum(scores, sum(scores, 1, { keepdim: true }));
}

/** zₙₑ = cos(xₙ, wₑ) / τ: long tokens and long expert vectors have no advantage. x [N, D], weight [E, D] -> [N, E].
 *  Source: Chi et al. 2022 (X-MoE), §3.3, https://arxiv.org/abs/2204.09179 (there x is projected to fewer dimensions first). */
export function cosineLogits(x: Tensor, weight: Tensor, temperature: number): Tensor {
  checkNumbers("cosineLogits", { temperature }, { above: 0 });
  return div(matmul(unit(x), transpose(unit(weight), 0, 1)), temperature);
}

/** Rows of length 1; a row of zeros stays. */
const unit = (x: Tensor): Tensor => mul(x, rsqrt(add(sum(mul(x, x) as Tensor, 1, { keepdim: true }) as Tensor, 1e-12)));
