import { checkRouting } from "../check.js";
import { fromArray, full } from "../../tensor/create.js";
import { div, maximum, sub } from "../../tensor/ops/elementwise.js";
import { gather } from "../../tensor/ops/indexing.js";
import { sum } from "../../tensor/ops/reduce.js";
import { normalCdf } from "../../tensor/ops/unary.js";
import { read, type Tensor } from "../../tensor/tensor.js";
import type { Noisy, Routing } from "../routing.js";
import { preference } from "../select/selection.js";
import { cv2 } from "./cv2.js";

/** P(n, e) = Φ((zₙₑ − thresholdₙₑ) / stdₙₑ): the chance that expert e is among token n's K best if its noise were drawn again and
 *  that of the others stayed. The threshold is the K-th largest noisy logit without e. All [N, E], in the graph.
 *  Source: Shazeer et al. 2017, appendix A, eq. 8-9, https://arxiv.org/abs/1701.06538 */
export function chanceToBeChosen(clean: Tensor, noisy: Noisy, topK: number): { chance: Tensor; threshold: Tensor } {
  const [nToken, nExpert] = clean.shape;
  if (topK >= nExpert) return { chance: full([nToken, nExpert], 1), threshold: full([nToken, nExpert], -Infinity) }; // always
  const scored = { scores: read(noisy.logits), nToken, nExpert };
  const index = new Int32Array(nToken * nExpert);
  for (let n = 0; n < nToken; n++) {
    const order = preference(scored, n);
    // Without one of the K best, the (K + 1)-th is the K-th.
    order.forEach((e, rank) => (index[n * nExpert + e] = order[rank < topK ? topK : topK - 1]));
  }
  const threshold = gather(noisy.logits, 1, fromArray(index, [nToken, nExpert], "int32"));
  const std = maximum(noisy.std, 1e-6); // learned noise may be too small for a float32, and 0 / 0 is no chance
  return { chance: normalCdf(div(sub(clean, threshold), std)), threshold };
}

/** CV²(Σₙ P(n, e)): each expert should be chosen equally often. A count has no gradient; the chance to be chosen has one.
 *  Source: Shazeer et al. 2017, appendix A, eq. 10-11. */
export function loadLoss(routing: Routing): Tensor<readonly []> {
  checkRouting("loadLoss", routing, "logits", "noisy", "topK");
  const { logits, noisy, topK } = routing;
  if (!logits || !noisy || topK === null)
    throw new RangeError('balance.load needs a routing in training with noise "learned" or "normal" and a fixed topK');
  return cv2(sum(chanceToBeChosen(logits, noisy, topK).chance, 0));
}
