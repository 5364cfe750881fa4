/** `routing/*.json`: the decisions of each routing algorithm, from the papers' formulas. */

import { switchBalanceLoss } from "../../lib/moe/balance.js";
import { loadCV } from "../../lib/moe/metrics.js";
import { routeTopK } from "../../lib/moe/router.js";
import { logSoftmax, mul, noGrad, sum, tensor, type Tensor } from "../../lib/tensor/index.js";
import { compare, type Numbers, tolerances } from "./compare.js";
import { nested, numbersIn } from "./data.js";
import { Options } from "./options.js";
import { attempt, NotThere, type Outcome } from "./report.js";

interface RoutingCase {
  config: Record<string, unknown>;
  inputs: Record<string, unknown>;
  outputs: Record<string, unknown>;
}
/** From config and inputs to every output that the library can compute. */
type Router = (config: Options, inputs: Options) => Record<string, Numbers>;

const logitsOf = (inputs: Options): Tensor => tensor(inputs.get("router_logits") as number[][]);

/** Softmax, the k best, Mixtral's balance loss. */
const topkLoadBalancing: Router = (config, inputs) => {
  const [logits, k] = [logitsOf(inputs), config.number("k")];
  const routing = routeTopK(logits, { topK: k });
  const raw = routeTopK(logits, { topK: k, renormalise: false });
  const balance = switchBalanceLoss(routing).item();
  const entropy = -sum(mul(routing.probs, logSoftmax(logits, -1)) as Tensor).item() / routing.nToken;
  return {
    selected: { shape: routing.weights.shape, data: routing.experts },
    weights_normalised: numbersIn(routing.weights),
    weights_raw: numbersIn(raw.weights),
    f: nested(routing.load.map((share) => share * k)),
    P: nested(routing.importance),
    loss_hf_mixtral: nested(balance * k),
    loss_divided_by_k: nested(balance),
    load_fraction: nested(routing.load),
    mean_router_entropy: nested(entropy),
    cv2_load: nested(loadCV(routing.load) ** 2),
  };
};

const routers: Readonly<Record<string, Router>> = { topk_load_balancing: topkLoadBalancing };

/** What a later step of the project brings. */
const planned: Readonly<Record<string, string>> = {
  aux_loss_free_bias: "balancing by a selection bias",
  deepseek_v3_group_limited: "group-limited top-k routing",
  expert_choice: "expert-choice routing",
  gshard_top2_capacity: "GShard's top-2 routing with capacity",
  next_best_overflow: "next-best overflow",
  shazeer_noisy_topk: "noisy top-k routing",
  st_moe_z_loss: "router z-loss",
  switch_capacity: "top-1 routing with capacity",
};

export function runRouting(file: string, content: unknown): Outcome[] {
  const { name = "", cases } = content as { name?: string; cases?: RoutingCase[] };
  if (!Array.isArray(cases)) throw new Error("there is no list of cases in it");
  return cases.map((c, i) => attempt(file, `${name}.${i}`, (outcome) => runCase(name, c, outcome)));
}

function runCase(name: string, c: RoutingCase, outcome: Outcome): void {
  const router = routers[name];
  if (!router)
    throw new NotThere(
      planned[name] ? `the library has no ${planned[name]} yet` : `the library knows no routing called "${name}"`,
    );
  const [config, inputs] = [new Options(c.config), new Options(c.inputs)];
  const outputs = noGrad(() => router(config, inputs));
  for (const option of config.unknown()) outcome.fail(`the library's ${name} has no option ${option}`);
  for (const input of inputs.unknown()) outcome.fail(`the library's ${name} has no input ${input}`);
  for (const [field, value] of Object.entries(c.outputs)) {
    if (!outputs[field]) outcome.fail(`the library's ${name} has no output ${field}`);
    else
      outcome.add(
        compare(field, outputs[field], nested(value), field === "selected" ? tolerances.exact : tolerances.routing),
      );
  }
}
