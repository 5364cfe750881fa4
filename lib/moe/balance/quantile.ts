import { topIndices } from "../../tensor/topIndices.js";

/** Quantile balancing: how far must each expert's scores be shifted, so that it is among the K best of just N·K/E tokens? With αₙ the
 *  (K + 1)-th largest of token n's shifted scores, which an expert must beat to be chosen, and qₑ the (⌊N·K/E⌋ + 1)-th largest of
 *  sₙₑ − αₙ over the tokens:
 *
 *      bₑ ← (1 − step) bₑ − step · qₑ,    then b ← b − mean b, as only differences count.
 *
 *  One step of coordinate descent on the dual of "the largest sum of scores, with even loads", of which b holds the variables. Where
 *  `updateBias` always moves by the same amount, this moves as far as the scores say. In place; nothing happens without tokens, or
 *  where all experts are chosen. @param bias [E]  @param scores [N, E], row-major, without the bias
 *  Source: `qb_dual_update` in Megatron-LM, megatron/core/transformer/moe/moe_utils.py (there the variables are −b, and step is
 *  1 − ema), https://github.com/NVIDIA/Megatron-LM/pull/5349 */
export function updateQuantile(
  bias: Float32Array | number[],
  scores: ArrayLike<number>,
  { topK, step }: { topK: number; step: number },
): void {
  const nExpert = bias.length;
  const nToken = scores.length / nExpert;
  if (nToken === 0 || topK >= nExpert) return;
  const shifted = Float64Array.from(scores, (s, i) => s + bias[i % nExpert]);
  const order = new Int32Array(topK + 1);
  const margins = Array.from({ length: nExpert }, () => new Float64Array(nToken)); // sₙₑ − αₙ
  for (let n = 0; n < nToken; n++) {
    topIndices(shifted, n * nExpert, nExpert, topK + 1, order, 0);
    const alpha = shifted[n * nExpert + order[topK]];
    for (let e = 0; e < nExpert; e++) margins[e][n] = scores[n * nExpert + e] - alpha;
  }
  const fair = Math.floor((nToken * topK) / nExpert); // below N, as K < E
  margins.forEach((margin, e) => {
    const quantile = margin.sort()[nToken - 1 - fair];
    bias[e] = (1 - step) * bias[e] - step * quantile;
  });
  const mean = Array.from(bias).reduce((a, b) => a + b, 0) / nExpert;
  for (let e = 0; e < nExpert; e++) bias[e] -= mean;
}
