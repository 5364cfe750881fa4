import { checkRouting } from "../check.js";
import { mul } from "../../tensor/ops/elementwise.js";
import { logsumexp } from "../../tensor/ops/softmax.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { Routing } from "../routing.js";
import { overTokens } from "../shares.js";

/** meanₙ (log Σₑ exp zₙₑ)²: keeps the logits near 0, where rounding and the exponential do least harm. It says nothing about which
 *  expert is used. Source: Zoph et al. 2022 (ST-MoE), §3.3, eq. 5, https://arxiv.org/abs/2202.08906 */
export function zLoss(routing: Pick<Routing, "logits">): Tensor<readonly []> {
  checkRouting("zLoss", routing, "logits");
  const { logits } = routing;
  if (!logits) throw new RangeError("the z-loss needs logits, and this router has none");
  const z: Tensor = logsumexp(logits, 1);
  return overTokens(mul(z, z)) as Tensor<readonly []>;
}
