import { type Scored, type Selection } from "./selection.js";
import { selectTopK } from "./topK.js";

/** The best expert always, the second best only if a draw says so: a second expert that would hardly count is not worth its place.
 *  With g₂ the second's share of both scores and u even over [0, 1): "random" sends it where 2 g₂ > u, "threshold" where
 *  g₂ / 0.2 > u, "all" always. The weight of the first stays g₁ / (g₁ + g₂) either
 *  way, but for renormalize "kept".
 *  @param uniform one draw per token; null at evaluation: what is likelier than not is sent
 *  Sources: Lepikhin et al. 2020 (GShard), §2.2, https://arxiv.org/abs/2006.16668; Zoph et al. 2022 (ST-MoE), appendix,
 *  https://arxiv.org/abs/2202.08906 */
export function selectGShard(
  scored: Scored,
  policy: "all" | "random" | "threshold",
  uniform: ArrayLike<number> | null,
): Selection {
  const selection = selectTopK(scored, 2);
  const skipped = new Uint8Array(selection.experts.length);
  const slope = policy === "random" ? 2 : 5; // 1 / 0.2
  for (let n = 0; n < scored.nToken && policy !== "all"; n++) {
    const [first, second] = [0, 1].map((k) => scored.scores[n * scored.nExpert + selection.experts[2 * n + k]]);
    const share = second / (first + second);
    if (!(slope * share > (uniform ? uniform[n] : 0.5))) skipped[2 * n + 1] = 1;
  }
  return { ...selection, skipped };
}
