import { checkScored } from "../check.js";
import { checkIntegers, checkNumbers } from "../../config/options.js";
import { preference, type Scored, type Selection, varied } from "./selection.js";

/** Each token takes experts, best first, until they hold `topP` of its probability together, at most `most` of them: a sure token
 *  costs one expert, an undecided one several. Scores must be probabilities.
 *  Source: Huang et al. 2024, §3.2, https://arxiv.org/abs/2403.07652 */
export function selectTopP(scored: Scored, topP: number, most: number): Selection {
  checkScored("selectTopP", scored);
  checkNumbers("selectTopP", { topP }, { from: 0 });
  checkIntegers("selectTopP", { most }, { from: 1 });
  return varied(
    Array.from({ length: scored.nToken }, (_, n) => {
      const order = preference(scored, n).slice(0, most);
      let covered = 0;
      let count = 0;
      while (count < order.length && covered < topP) covered += scored.scores[n * scored.nExpert + order[count++]];
      return order.slice(0, count).map((expert, rank) => ({ expert, rank }));
    }),
  );
}
