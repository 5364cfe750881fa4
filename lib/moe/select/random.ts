import { checkTopK } from "../check.js";
import { checkIntegers } from "../../config/options.js";
import { checkGenerator, type Generator } from "../../tensor/random.js";
import { fixed, type Selection } from "./selection.js";

/** K different experts at random, in training as at evaluation: how good is a router that knows nothing?
 *  @param rng one generator for all tokens, or for each token one of its own, so that its draw does not depend on the others
 *  Source: Zuo et al. 2021 (THOR), §3, https://arxiv.org/abs/2110.04260 */
export function selectRandom(
  nToken: number,
  nExpert: number,
  topK: number,
  rng: Generator | ((token: number) => Generator),
): Selection {
  checkIntegers("selectRandom", { nToken }, { from: 0 });
  checkTopK("selectRandom", topK, nExpert);
  if (typeof rng !== "function") checkGenerator("selectRandom", rng);
  return fixed(nToken, topK, (n) => {
    const draws = typeof rng === "function" ? rng(n) : rng;
    const experts = Array.from({ length: nExpert }, (_, e) => e);
    // The first K places of a Fisher-Yates shuffle.
    for (let i = 0; i < topK; i++) {
      const j = i + draws.below(nExpert - i);
      [experts[i], experts[j]] = [experts[j], experts[i]];
    }
    return experts.slice(0, topK);
  });
}
