import { checkScored } from "../check.js";
import { topIndices } from "../../tensor/topIndices.js";
import { best, fixed, type Scored, type Selection } from "./selection.js";

/** Each token chooses its K best experts; K = 1 is Switch's router.
 *  Softmax and sigmoid are monotone, so logits and both scores rank the experts alike. What differs is the weight: a softmax over
 *  the chosen logits alone equals the softmax over all, divided by the sum of the chosen.
 *  Sources: Shazeer et al. 2017, §2.1, https://arxiv.org/abs/1701.06538; Fedus et al. 2021 (Switch), §2.1,
 *  https://arxiv.org/abs/2101.03961; Jiang et al. 2024 (Mixtral), §2.1, https://arxiv.org/abs/2401.04088 */
export function selectTopK(scored: Scored, topK: number): Selection {
  checkScored("selectTopK", scored, topK);
  if (scored.ties !== "spread") {
    const chosen = new Int32Array(topK);
    return fixed(scored.nToken, topK, (n) => {
      topIndices(scored.logits ?? scored.scores, n * scored.nExpert, scored.nExpert, topK, chosen, 0);
      return chosen;
    });
  }
  const all = Array.from({ length: scored.nExpert }, (_, e) => e);
  return fixed(scored.nToken, topK, (n) => best(scored, n, topK, all));
}
