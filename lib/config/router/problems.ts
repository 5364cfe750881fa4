/** What does not make sense in a router config, in one sentence. */

import { balanceFactors, blind, even, factorIn, isLimited } from "./defaults.js";
import type { RouterConfig } from "./fields.js";

const WORDS = {
  score: ["softmax", "sigmoid", "cosine"],
  select: ["topK", "gshard", "groupLimited", "topP", "expertChoice", "hash", "random", "sinkhorn", "base", "soft"],
  ties: ["first", "spread"],
  noise: ["none", "normal", "learned", "jitter", "gumbel"],
  capacityPer: ["batch", "sequence"],
  queue: ["position", "probability", "random"],
  order: ["slotMajor", "tokenMajor"],
  overflow: ["dropless", "drop", "nextBest"],
  groupScore: ["max", "top2"],
  secondExpert: ["all", "random", "threshold"],
} as const;
const TERMS: readonly string[] = ["switch", "gshard", "importance", "load", "z", "sequence", "bias"];

/** The first thing that does not make sense, in a sentence; null for a config that does.
 *  @param nExpert 0 for a dense model: then only the fields themselves are checked */
export function routerProblem(config: RouterConfig, nExpert: number): string | null {
  return values(config, nExpert) ?? (nExpert > 0 ? combinations(config, nExpert) : null);
}

type Check = readonly [ok: boolean, sentence: string];
const firstOf = (checks: readonly Check[]): string | null => checks.find(([ok]) => !ok)?.[1] ?? null;
const whole = (x: number, from: number): boolean => Number.isInteger(x) && x >= from;

/** Each field for itself. */
function values(config: RouterConfig, nExpert: number): string | null {
  const words = (Object.keys(WORDS) as (keyof typeof WORDS)[]).map((name): Check => {
    const known: readonly string[] = WORDS[name];
    return [known.includes(config[name]), `${name} must be one of ${known.join(", ")}, got "${config[name]}"`];
  });
  const counts = (["topK", "minCapacity", "nGroup", "topKGroup", "nSlot"] as const).map((name): Check => [
    whole(config[name], 1),
    `${name} must be a whole number from 1, got ${config[name]}`,
  ]);
  const { capacityFactor, evalCapacityFactor } = config;
  const above0 = (factor: unknown): boolean => factor === null || (typeof factor === "number" && factor > 0);
  const positive = (["temperature", "scale"] as const).map((name): Check => [
    config[name] > 0 && config[name] < Infinity,
    `${name} must be above 0, got ${config[name]}`,
  ]);
  const { balance, renormalize } = config;
  const terms = typeof balance === "number" ? {} : balance;
  const unknown = Object.keys(terms).find((name) => !TERMS.includes(name));
  const wrong = Object.entries(balanceFactors(balance)).find(([, n]) => !(Number.isFinite(n) && n >= 0));
  return firstOf([
    ...words,
    ...counts,
    [config.topK <= nExpert || nExpert === 0, `topK ${config.topK} must not exceed nExpert ${nExpert}`],
    [above0(capacityFactor), `capacityFactor must be above 0, or null for no limit, got ${capacityFactor}`],
    [
      evalCapacityFactor === "same" || above0(evalCapacityFactor),
      `evalCapacityFactor must be above 0, null for no limit, or "same", got ${evalCapacityFactor}`,
    ],
    ...positive,
    [
      typeof renormalize === "boolean" || renormalize === "kept",
      `renormalize must be true, false or "kept", got ${renormalize}`,
    ],
    [unknown === undefined, `balance has no term "${unknown}"; the terms are ${TERMS.join(", ")}`],
    [
      wrong === undefined,
      typeof balance === "number"
        ? `balance must be a number from 0, got ${balance}`
        : `balance.${wrong?.[0]} must be a number from 0, got ${wrong?.[1]}`,
    ],
    [config.noiseScale >= 0, `noiseScale must be a number from 0, got ${config.noiseScale}`],
    [
      config.expertDropout >= 0 && config.expertDropout < 1,
      `expertDropout must be from 0 to below 1, got ${config.expertDropout}`,
    ],
    [config.topP > 0 && config.topP <= 1, `topP must be above 0 and at most 1, got ${config.topP}`],
    [whole(config.nSharedExpert, 0), `nSharedExpert must be a whole number from 0, got ${config.nSharedExpert}`],
  ]);
}

/** Fields against each other. */
function combinations(c: RouterConfig, nExpert: number): string | null {
  const { select, topK, overflow } = c;
  const factors = balanceFactors(c.balance);
  const blindly = blind.has(select);
  const named = `select "${select}"`;
  const limited = isLimited(c);
  const factor = c.capacityFactor ?? factorIn(false, c);
  const unqueued =
    c.queue === "position" && c.order === "slotMajor" && c.minCapacity === 1 && c.capacityPer === "batch";
  const varies = select === "topP" || select === "expertChoice"; // the number of experts of a token
  const groups: readonly Check[] = [
    [nExpert % c.nGroup === 0, `${nExpert} experts cannot be divided into ${c.nGroup} equal groups (nGroup)`],
    [c.topKGroup <= c.nGroup, `topKGroup ${c.topKGroup} must not exceed nGroup ${c.nGroup}`],
    [
      topK <= (c.topKGroup * nExpert) / c.nGroup,
      `topK ${topK} must not exceed the ${(c.topKGroup * nExpert) / c.nGroup} experts of topKGroup ${c.topKGroup} groups`,
    ],
  ];
  return firstOf([
    [select !== "gshard" || topK === 2, `${named} sends each token to two experts: use topK 2, got ${topK}`],
    [select !== "base" || topK === 1, `${named} gives each token one expert: use topK 1, got ${topK}`],
    [
      select === "groupLimited" || (c.nGroup === 1 && c.topKGroup === 1),
      `nGroup and topKGroup have an effect with select "groupLimited" alone, not with ${named}`,
    ],
    ...(select === "groupLimited" ? groups : []),
    [!blindly || c.noise === "none", `${named} does not look at logits, so noise "${c.noise}" would change nothing`],
    [!blindly || c.score === "softmax", `${named} does not look at logits, so score "${c.score}" would change nothing`],
    [
      !blindly || !c.straightThrough,
      `${named} has no router that a gradient could go straight through to: leave straightThrough out`,
    ],
    [!blindly || !c.routerBias, `${named} has no router that could learn, so routerBias would change nothing`],
    [
      !blindly || Object.keys(factors).length === 0,
      `${named} has no router that could learn, so balance would change nothing: use balance 0`,
    ],
    [
      factors.bias === undefined || select === "topK" || select === "groupLimited",
      `balance.bias shifts the scores that "topK" and "groupLimited" compare; ${named} has no use for it`,
    ],
    [
      factors.load === undefined || c.noise === "learned" || c.noise === "normal",
      `balance.load is the chance to be chosen under noise: it needs noise "learned" or "normal", got "${c.noise}"`,
    ],
    [
      (factors.load ?? factors.sequence) === undefined || !varies,
      `balance.load and balance.sequence need the same number of experts for every token, which ${named} does not give`,
    ],
    [
      c.noise === "none" || c.noiseScale > 0,
      `noise "${c.noise}" of noiseScale 0 would change nothing: give noiseScale, or use noise "none"`,
    ],
    [
      c.expertDropout === 0 || !(blindly || even.has(select)),
      `expertDropout hides experts from a choice by score; with ${named} there is none`,
    ],
    [
      c.expertDropout === 0 || select !== "groupLimited",
      `expertDropout may hide all experts of the groups that ${named} allows: use select "topK"`,
    ],
    [
      limited || overflow === "dropless",
      `overflow "${overflow}" needs a limit to flow over: give capacityFactor, or use overflow "dropless"`,
    ],
    [
      !limited || overflow !== "dropless" || select === "expertChoice",
      `capacityFactor ${factor} limits nothing with overflow "dropless": use "drop" or "nextBest", or capacityFactor null`,
    ],
    [
      select !== "expertChoice" || overflow === "dropless",
      `${named} fills each expert exactly, so nothing flows over: leave overflow out`,
    ],
    [
      overflow !== "nextBest" || !blindly,
      `${named} ranks no experts, so there is no next-best one: use overflow "drop"`,
    ],
    [
      limited || unqueued,
      "queue, order, minCapacity and capacityPer have an effect only where places are limited: give capacityFactor",
    ],
    [
      select !== "expertChoice" || unqueued,
      `${named} lets every expert choose from the whole batch, so queue, order, minCapacity and capacityPer would change nothing`,
    ],
    [select !== "soft" || !limited, `${named} mixes all tokens into fixed slots, so capacityFactor has no meaning`],
    [select !== "soft" || c.noise === "none", `${named} chooses nothing that noise "${c.noise}" could change`],
    [select !== "soft" || c.score === "softmax", `${named} takes softmaxes over tokens and slots: use score "softmax"`],
    [select !== "soft" || Object.keys(factors).length === 0, `${named} gives every expert equally much: use balance 0`],
    [
      select !== "soft" || !c.straightThrough,
      `${named} has no hard choice to send a gradient through: leave straightThrough out`,
    ],
  ]);
}
