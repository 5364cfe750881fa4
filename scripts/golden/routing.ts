/** `routing/*.json`: the decisions of each routing algorithm, from the papers' formulas. */

import { compare, type Numbers, tolerances } from "./compare.js";
import { nested } from "./data.js";
import { Options } from "./options.js";
import { attempt, NotThere, type Outcome } from "./report.js";
import { auxLossFreeBias, type Step, stMoeZLoss } from "./routers/balance.js";
import { gshardTop2Capacity, nextBestOverflow, switchCapacity } from "./routers/capacity.js";
import { deepseekGroupLimited, expertChoice, shazeerNoisyTopk, topkLoadBalancing } from "./routers/choice.js";
import type { RouterRun } from "./routers/parts.js";

interface RoutingCase {
  config: Record<string, unknown>;
  inputs?: Record<string, unknown>;
  outputs?: Record<string, unknown>;
  steps?: Step[];
}

const routers: Readonly<Record<string, RouterRun>> = {
  deepseek_v3_group_limited: deepseekGroupLimited,
  expert_choice: expertChoice,
  gshard_top2_capacity: gshardTop2Capacity,
  next_best_overflow: nextBestOverflow,
  shazeer_noisy_topk: shazeerNoisyTopk,
  st_moe_z_loss: stMoeZLoss,
  switch_capacity: switchCapacity,
  topk_load_balancing: topkLoadBalancing,
};

export function runRouting(file: string, content: unknown): Outcome[] {
  const { name = "", cases } = content as { name?: string; cases?: RoutingCase[] };
  if (!Array.isArray(cases)) throw new Error("there is no list of cases in it");
  return cases.map((c, i) => attempt(file, `${name}.${i}`, (outcome) => runCase(name, c, outcome)));
}

function runCase(name: string, c: RoutingCase, outcome: Outcome): void {
  const [config, inputs] = [new Options(c.config), new Options(c.inputs ?? {})];
  if (name === "aux_loss_free_bias") {
    const { expected, actual } = auxLossFreeBias(config, c.steps ?? []);
    const isExact = (field: string): boolean => / (step|selected|load)$/.test(field);
    compareAll(name, expected, actual, isExact, outcome);
  } else {
    const router = routers[name];
    if (!router) throw new NotThere(`the library knows no routing called "${name}"`);
    const outputs = router.run(config, inputs);
    compareAll(name, c.outputs ?? {}, outputs, (field) => router.exact.includes(field), outcome);
  }
  for (const option of config.unknown()) outcome.fail(`the library's ${name} has no option ${option}`);
  for (const input of inputs.unknown()) outcome.fail(`the library's ${name} has no input ${input}`);
}

function compareAll(
  name: string,
  expected: Readonly<Record<string, unknown>>,
  actual: Readonly<Record<string, Numbers>>,
  isExact: (field: string) => boolean,
  outcome: Outcome,
): void {
  for (const [field, value] of Object.entries(expected)) {
    const tolerance = isExact(field) ? tolerances.exact : tolerances.routing;
    if (!actual[field]) outcome.fail(`the library's ${name} has no output ${field}`);
    else outcome.add(compare(field, actual[field], nested(value), tolerance));
  }
}
