/** What a router config is where nothing is said. */

import type { BalanceFactors, RouterConfig, Select } from "./fields.js";

/** Selections without a router that learns: nothing to shake, to score or to balance. */
export const blind: ReadonlySet<Select> = new Set(["hash", "random"]);
/** Selections that are even by construction. */
export const even: ReadonlySet<Select> = new Set(["expertChoice", "base", "soft"]);

/** Fills in the defaults. Says nothing about whether they make sense together: see `routerProblem`. */
export function routerDefaults(input: Partial<RouterConfig>, nExpert: number): RouterConfig {
  const { select = "topK", noise = "none", capacityFactor = null, evalCapacityFactor = "same" } = input;
  const { topK = select === "base" ? 1 : Math.min(2, Math.max(nExpert, 1)) } = input;
  const taught = !blind.has(select) && !even.has(select);
  const size = { none: 0, normal: 1 / Math.max(nExpert, 1), jitter: 0.01, learned: 1, gumbel: 1 };
  return {
    topK,
    renormalize: topK > 1 && select !== "expertChoice" && select !== "soft",
    score: "softmax",
    temperature: 0.07,
    select,
    ties: "first",
    noise,
    noiseScale: size[noise] ?? 0,
    balance: taught ? 0.01 : 0,
    expertDropout: 0,
    capacityFactor,
    evalCapacityFactor,
    minCapacity: 1,
    capacityPer: "batch",
    queue: "position",
    order: "slotMajor",
    overflow: isLimited({ capacityFactor, evalCapacityFactor }) && select !== "expertChoice" ? "drop" : "dropless",
    nSharedExpert: 0,
    nGroup: 1,
    topKGroup: 1,
    groupScore: "top2",
    topP: 0.5,
    secondExpert: "random",
    scale: 1,
    straightThrough: false,
    routerBias: false,
    nSlot: 1,
    ...routerPart(input),
  };
}

type Factors = Pick<RouterConfig, "capacityFactor" | "evalCapacityFactor">;

/** The capacity factor that holds in training, or at evaluation. */
export const factorIn = (training: boolean, { capacityFactor, evalCapacityFactor }: Factors): number | null =>
  training || evalCapacityFactor === "same" ? capacityFactor : evalCapacityFactor;

/** Whether places are limited at any time. */
export const isLimited = (factors: Factors): boolean =>
  [true, false].some((training) => factorIn(training, factors) !== null);

/** The fields of a larger config that are a router's. */
export function routerPart(config: Partial<RouterConfig>): Partial<RouterConfig> {
  return Object.fromEntries(Object.entries(config).filter(([name, value]) => value !== undefined && FIELDS.has(name)));
}

const FIELDS: ReadonlySet<string> = new Set<keyof RouterConfig>([
  ...(["topK", "renormalize", "score", "temperature", "select", "ties", "noise", "noiseScale", "balance"] as const),
  ...(["expertDropout", "capacityFactor", "evalCapacityFactor", "minCapacity", "capacityPer", "queue"] as const),
  ...(["order", "overflow", "nSharedExpert", "nGroup", "topKGroup", "groupScore", "topP", "secondExpert"] as const),
  ...(["scale", "straightThrough", "routerBias", "nSlot"] as const),
]);

/** The names of all fields. */
export const routerFields: readonly string[] = [...FIELDS];

/** The balance terms as factors, those at 0 left out. */
export function balanceFactors(balance: number | BalanceFactors): BalanceFactors {
  const factors = typeof balance === "number" ? { switch: balance } : balance;
  return Object.fromEntries(Object.entries(factors).filter(([, factor]) => factor !== 0 && factor !== undefined));
}
