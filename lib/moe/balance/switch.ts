import { checkRouting } from "../check.js";
import { fromArray } from "../../tensor/create.js";
import { mul } from "../../tensor/ops/elementwise.js";
import { sum } from "../../tensor/ops/reduce.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { Routing } from "../routing.js";
import { overTokens } from "../shares.js";

/** E · Σₑ fₑ Pₑ, with fₑ the share of assignments that asked for expert e (before any were dropped) and Pₑ its mean probability.
 *  Perfect balance gives 1, everything on one expert gives E. f is a count, so only P carries a gradient: it lowers the
 *  probability of overloaded experts. Hugging Face's Mixtral lets f sum to K: multiply by K for its figure.
 *  Source: Fedus et al. 2021, §2.2, eq. 4, https://arxiv.org/abs/2101.03961 */
export function switchBalanceLoss(routing: Pick<Routing, "demand" | "nExpert" | "probs">): Tensor<readonly []> {
  checkRouting("switchBalanceLoss", routing, "demand", "nExpert", "probs");
  const { demand, nExpert, probs } = routing;
  const share = fromArray(demand, [nExpert]);
  return mul(sum(mul(overTokens(probs), share) as Tensor), nExpert);
}
