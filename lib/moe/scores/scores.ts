/** From logits to scores of each expert for each token: the numbers that choose and that weigh. [N, E] -> [N, E]. */

import { sigmoid } from "../../tensor/ops/unary.js";
import { div } from "../../tensor/ops/elementwise.js";
import { sum } from "../../tensor/ops/reduce.js";
import { softmax } from "../../tensor/ops/softmax.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { Score } from "../../config/router/fields.js";

/** Softmax: sₑ = exp(zₑ) / Σ exp(zⱼ), a multi-class classifier over the experts. Sigmoid: sₑ = 1 / (1 + exp(−zₑ)), each expert
 *  for itself, so that a score can rise without another falling. Cosines are logits already (`cosineLogits`) and take the softmax.
 *  Sources: Shazeer et al. 2017, §2.1, https://arxiv.org/abs/1701.06538; DeepSeek-AI 2024 (V3), §2.1.2, eq. 15,
 *  https://arxiv.org/abs/2412.19437 */
export function scoresOf(logits: Tensor, score: Score): Tensor {
  return score === "sigmoid" ? sigmoid(logits) : softmax(logits, -1);
}

/** Scores that sum to 1 per token: the softmax as it is, sigmoids divided by their sum (DeepSeek-V3, eq. 19). */
export function probabilities(scores: Tensor, score: Score): Tensor {
  return score === "sigmoid" ? div(scores, sum(scores, -1, { keepdim: true })) : scores;
}
