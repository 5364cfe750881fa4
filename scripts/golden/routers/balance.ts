/** What keeps experts in use. */

import { maxViolation, route, sequenceBalanceLoss, sequenceShares, updateBias, zLoss } from "../../../lib/moe/index.js";
import { logsumexp, mul, tensor } from "../../../lib/tensor/index.js";
import type { Numbers } from "../compare.js";
import { nested, numbersIn } from "../data.js";
import type { Options } from "../options.js";
import { byToken, counts, matrix, type RouterRun } from "./parts.js";

/** mean (logsumexp)², and its gradient. */
export const stMoeZLoss: RouterRun = {
  exact: [],
  run(config, inputs) {
    const logits = matrix(inputs, "router_logits", { learned: true });
    const z = zLoss({ logits });
    const loss = mul(z, config.number("coef"));
    loss.backward();
    return {
      logsumexp: numbersIn(logsumexp(logits, -1)),
      z_loss: nested(z.item()),
      loss: nested(loss.item()),
      grad_loss_wrt_logits: numbersIn(logits.grad!),
    };
  },
};

/** One step of a case: what it was given and what it expects. */
export interface Step {
  router_logits: number[][];
  [field: string]: unknown;
}

/** Step by step: the choice under a bias that the load of the last step moved. Fields are named `step 0 selected`. */
export function auxLossFreeBias(
  config: Options,
  steps: readonly Step[],
): { expected: Record<string, unknown>; actual: Record<string, Numbers> } {
  config.word("score", ["sigmoid"]);
  config.word("rule", [
    "select top-k of s+b; gates = s normalised over selected (bias not in gates); after the step b_i += u*sign(mean_load - load_i), sign(0)=0",
  ]);
  config.word("seq_balance", [
    "DeepSeek-V3 eq.17-20 with the whole batch as one sequence: f_i = E/(K T) * #tokens whose top-k of s (as in the paper's formula, without bias) contains i; P_i = mean of s_i/sum_j s_j",
  ]);
  const [topK, rate, alpha] = [config.number("k"), config.number("update_rate_u"), config.number("seq_balance_alpha")];
  const bias = new Array<number>(steps[0].router_logits[0].length).fill(0);
  const [expected, actual]: [Record<string, unknown>, Record<string, Numbers>] = [{}, {}];
  steps.forEach((step, t) => {
    const put = (field: string, value: Numbers): void => void (actual[`step ${t} ${field}`] = value);
    const routing = route(
      tensor(step.router_logits),
      { topK, renormalize: true, score: "sigmoid", balance: { bias: rate, sequence: alpha } },
      { selectionBias: bias.slice() },
    );
    const load = counts(routing.experts, routing.nExpert);
    put("step", nested(t));
    put("bias_before", nested(bias.slice()));
    updateBias(bias, load, rate);
    put("selected", byToken(routing.experts, routing));
    put("gates", numbersIn(routing.weights));
    put("load", nested(load));
    put("max_violation", nested(maxViolation(load)));
    put("bias_after", nested(bias.slice()));
    put("seq_balance.f", nested(Array.from(sequenceShares(routing))));
    put("seq_balance.P", nested(routing.importance));
    put("seq_balance.loss", nested(sequenceBalanceLoss(routing).item() * alpha));
    for (const [field, value] of Object.entries(step)) {
      if (field === "router_logits") continue;
      if (field !== "seq_balance") expected[`step ${t} ${field}`] = value;
      else
        for (const [part, v] of Object.entries(value as object)) expected[`step ${t} ${field}.${part}`] = v as unknown;
    }
  });
  return { expected, actual };
}
