import { checkScored } from "../check.js";
import { checkIntegers } from "../../config/options.js";
import { topIndices } from "../../tensor/topIndices.js";
import { rankOf, type Scored, type Selection, varied } from "./selection.js";

/** Each expert chooses its `perExpert` best tokens: perfectly even, but a token may get many experts or none, and whether it gets one
 *  depends on the tokens after it. In a decoder that leaks the future, so what it learns there does not carry over to generation.
 *  perExpert = floor(N · c / E), c experts per token on average, and 1 where that is less. Assignments are listed token by token.
 *  Source: Zhou et al. 2022, §3.2, https://arxiv.org/abs/2202.09368 */
export function selectExpertChoice(scored: Scored, perExpert: number): Selection {
  const lists = expertsTake(scored, perExpert);
  const experts: number[][] = Array.from({ length: scored.nToken }, () => []);
  lists.forEach((tokens, e) => tokens.forEach((n) => experts[n].push(e)));
  return varied(
    experts.map((list, token) =>
      list.map((expert) => ({ expert, rank: rankOf(scored, token, expert) })).sort((a, b) => a.rank - b.rank),
    ),
  );
}

/** [E][perExpert] the tokens that each expert takes, its favorite first; the earlier token among equals, NaN as largest. */
export function expertsTake(scored: Scored, perExpert: number): number[][] {
  checkScored("expertsTake", scored);
  checkIntegers("expertsTake", { perExpert }, { from: 0 });
  const { scores, nToken, nExpert } = scored;
  const count = Math.min(perExpert, nToken);
  return Array.from({ length: nExpert }, (_, e) => {
    const column = Float64Array.from({ length: nToken }, (_, n) => scores[n * nExpert + e]);
    const taken = new Int32Array(count);
    topIndices(column, 0, nToken, count, taken, 0);
    return Array.from(taken);
  });
}
