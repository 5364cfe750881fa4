import { record } from "../../tensor/autograd.js";
import { fromArray, full } from "../../tensor/create.js";
import { div, maximum, sub } from "../../tensor/ops/elementwise.js";
import { gather } from "../../tensor/ops/indexing.js";
import { sum } from "../../tensor/ops/reduce.js";
import { empty, read, type Tensor, write } from "../../tensor/tensor.js";
import type { Noisy, Routing } from "../routing.js";
import { preference } from "../select/selection.js";
import { cv2 } from "./cv2.js";

/** P(n, e) = Φ((zₙₑ − thresholdₙₑ) / stdₙₑ): the chance that expert e is among token n's K best if its noise were drawn again and
 *  that of the others stayed. The threshold is the K-th largest noisy logit without e. All [N, E], in the graph.
 *  Source: Shazeer et al. 2017, appendix A, eq. 8-9, https://arxiv.org/abs/1701.06538 */
export function chanceToBeChosen(clean: Tensor, noisy: Noisy, topK: number): { chance: Tensor; threshold: Tensor } {
  const [nToken, nExpert] = clean.shape;
  if (topK >= nExpert) return { chance: full([nToken, nExpert], 1), threshold: full([nToken, nExpert], -Infinity) }; // always
  const scored = { scores: read(noisy.logits).slice(), nToken, nExpert };
  const index = new Int32Array(nToken * nExpert);
  for (let n = 0; n < nToken; n++) {
    const order = preference(scored, n);
    // Without one of the K best, the (K + 1)-th is the K-th.
    order.forEach((e, rank) => (index[n * nExpert + e] = order[rank < topK ? topK : topK - 1]));
  }
  const threshold = gather(noisy.logits, 1, fromArray(index, [nToken, nExpert], "int32"));
  const std = maximum(noisy.std, 1e-6); // learned noise may be too small for a float32, and 0 / 0 is no chance
  return { chance: bellIntegral(div(sub(clean, threshold), std)), threshold };
}

/** CV²(Σₙ P(n, e)): each expert should be chosen equally often. A count has no gradient; the chance to be chosen has one.
 *  Source: Shazeer et al. 2017, appendix A, eq. 10-11. */
export function loadLoss({ logits, noisy, topK }: Routing): Tensor<readonly []> {
  if (!logits || !noisy || topK === null)
    throw new RangeError('balance.load needs a routing in training with noise "learned" or "normal" and a fixed topK');
  return cv2(sum(chanceToBeChosen(logits, noisy, topK).chance, 0));
}

/** Φ(x), the bell curve's integral up to x; slope φ(x). At most 7.5e-8 off.
 *  Source: Abramowitz & Stegun 1964, 26.2.17, https://personal.math.ubc.ca/~cbm/aands/page_932.htm */
function bellIntegral(x: Tensor): Tensor {
  const [y, slope] = [empty(x.shape), empty(x.shape)];
  const [X, Y, D] = [read(x), write(y), write(slope)];
  for (let i = 0; i < Y.length; i++) {
    const bell = Math.exp(-0.5 * X[i] * X[i]) / Math.sqrt(2 * Math.PI);
    const t = 1 / (1 + 0.2316419 * Math.abs(X[i]));
    const tail =
      bell * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    Y[i] = X[i] >= 0 ? 1 - tail : tail;
    D[i] = bell;
  }
  return record("bellIntegral", [x], y, (dy) => [
    () => {
      const dx = empty(x.shape);
      const [DY, S, DX] = [read(dy), write(slope), write(dx)];
      for (let i = 0; i < DX.length; i++) DX[i] = DY[i] * S[i];
      return dx;
    },
  ]);
}
