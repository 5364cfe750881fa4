import { checkRouting } from "../check.js";
import { fromArray } from "../../tensor/create.js";
import { mul } from "../../tensor/ops/elementwise.js";
import { mean } from "../../tensor/ops/reduce.js";
import type { Tensor } from "../../tensor/tensor.js";
import { loadOf, type Routing } from "../routing.js";
import { overTokens } from "../shares.js";

/** meanₑ (cₑ/N · mₑ), with cₑ the number of tokens whose favorite is e and mₑ its mean probability. 1/E² at perfect balance: times
 *  E² it is on Switch's scale. Source: Lepikhin et al. 2020, §2.2 and alg. 1, https://arxiv.org/abs/2006.16668 */
export function gshardBalanceLoss(routing: Routing): Tensor<readonly []> {
  checkRouting("gshardBalanceLoss", routing, "wanted", "slots", "nExpert", "probs");
  const { wanted, slots, nExpert, probs } = routing;
  const first = loadOf(wanted, nExpert, (i) => slots[i] === 0);
  return mean(mul(overTokens(probs), fromArray(first, [nExpert])) as Tensor);
}
