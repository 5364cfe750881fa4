import type { Generator } from "../../tensor/random.js";
import { best, fixed, type Scored, type Selection } from "./selection.js";

/** One pool of experts for a document: the `nPool` experts with the largest sum of probabilities over its tokens; each token then takes
 *  its K best of the pool, so that the document could do without all other experts. In training the size of the pool may be drawn
 *  evenly from `minPool` to `nPool`. The pool depends on tokens that come later in the document.
 *  @param scored logits, or scores, of one document  @param probs its probabilities  @param rng null for a pool of nPool
 *  Source: Wang et al. 2026 (EMO), https://arxiv.org/abs/2605.06663, and the router of its code,
 *  https://github.com/allenai/EMO (src/olmo_core/nn/moe/twolevel_router.py and the files beside it). There a softmax over the pool alone
 *  gives the weights: the same numbers with `renormalize`, but not without it, where these here are of all experts. */
export function selectPool(
  scored: Scored,
  probs: Scored,
  { topK, nPool, minPool }: { topK: number; nPool: number; minPool: number },
  rng: Generator | null,
): Selection {
  const { nToken, nExpert } = scored;
  const sums = new Float64Array(nExpert);
  for (let n = 0; n < nToken; n++) for (let e = 0; e < nExpert; e++) sums[e] += probs.scores[n * nExpert + e];
  const size = rng ? minPool + rng.below(nPool - minPool + 1) : nPool;
  const pool = best({ scores: sums, nToken: 1, nExpert }, 0, size, sums.keys());
  return fixed(nToken, topK, (n) => best(scored, n, topK, pool));
}
