/** How a router works, as plain words and numbers: every combination that makes sense is one of these. Knows no tensor.
 *  Each option is a line of the interface and a line of the table below it: its default and what a value must be. */

import { flag, integer, number, word } from "../options.js";
import type { Option } from "./option.js";
import { factsOf, type Select, selectionOptions, type SelectionOptions, selections } from "./selections.js";

export type { Select } from "./selections.js";

/** Whether a token's scores are a softmax over the experts, and so sum to 1. */
const scores = { softmax: true, sigmoid: false, sqrtSoftplus: false, cosine: true };
/** From logits zₑ to scores sₑ: softmax, sigmoid (DeepSeek-V3), √softplus (DeepSeek-V4), or the softmax of cosines between token and
 *  expert (X-MoE). */
export type Score = keyof typeof scores;
export const isSoftmax = (score: Score): boolean => scores[score];

/** The default size of each noise, for E experts. */
const noises = {
  none: () => 0,
  normal: (E: number) => 1 / Math.max(E, 1),
  learned: () => 1,
  jitter: () => 0.01,
  gumbel: () => 1,
};
/** What shakes the logits in training. */
export type Noise = keyof typeof noises;

const queues = ["position", "probability", "random"] as const;
/** In which order assignments take the places of an expert. */
export type Queue = (typeof queues)[number];

const overflows = ["dropless", "drop", "nextBest"] as const;
/** What becomes of an assignment whose expert is full. */
export type Overflow = (typeof overflows)[number];

/** Factors of the terms that keep experts in use; each has a file in `lib/moe/balance/`. All but `bias` and `quantile` are added to the loss. */
export interface BalanceFactors {
  /** Switch's E · Σ f P over the batch. */
  switch?: number;
  /** GShard's mean of c/N · m over first choices. */
  gshard?: number;
  /** CV² of the summed weights (Shazeer). */
  importance?: number;
  /** CV² of the smooth load (Shazeer); needs noise. */
  load?: number;
  /** Mean of logsumexp(z)² (ST-MoE): keeps logits small, balances nothing. */
  z?: number;
  /** Σ f P within each sequence (DeepSeek-V3). */
  sequence?: number;
  /** Not a loss: step of the selection bias (DeepSeek-V3). */
  bias?: number;
  /** Not a loss either: how far the selection bias moves in a step, of the way to where loads are even (quantile balancing); at most 1. */
  quantile?: number;
}

/** The terms that move the selection bias, between steps, where others add to the loss. */
export type BiasTerm = "bias" | "quantile";

const balanceTerms: { readonly [Name in keyof Required<BalanceFactors>]: true } = {
  ...{ switch: true, gshard: true, importance: true, load: true, z: true, sequence: true, bias: true, quantile: true },
};
/** The names of all balance terms. */
export const balanceNames = Object.keys(balanceTerms) as (keyof BalanceFactors)[];

/** N tokens, E experts, K experts per token. */
export interface RouterConfig extends SelectionOptions {
  /** Default "topK". */
  select: Select;
  /** K: experts per token, null ones included; the most of them with "topP" and "adaptive", their average with "expertChoice". Default 2, or
   *  what `select` allows. */
  topK: number;
  /** Divide a token's weights by their sum. "kept" divides by the sum of those that found room. Default true for topK > 1. */
  renormalize: boolean | "kept";
  /** Default "softmax". */
  score: Score;
  /** Divides cosines: smaller is sharper. Default 0.07. */
  temperature: number;
  /** Who wins among equal scores: the expert that comes first, or one that differs from place to place in the text. Default "first". */
  ties: "first" | "spread";
  /** Default "none". */
  noise: Noise;
  /** Size of the noise: a standard deviation for "normal" (default 1/E), the half-width for "jitter" (0.01), else a factor (1). */
  noiseScale: number;
  /** A number n stands for { switch: n }. Default 0.01 where it can change who is chosen, else 0. */
  balance: number | BalanceFactors;
  /** Probability that an expert sits out a training step. Default 0. */
  expertDropout: number;
  /** Places of an expert as a multiple of its fair share N·K/E; null for no limit. Default null. */
  capacityFactor: number | null;
  /** The same at evaluation; "same" follows capacityFactor, whatever a copy of the config changes it to. Default "same". */
  evalCapacityFactor: number | null | "same";
  /** Places that an expert has at least. Default 1. */
  minCapacity: number;
  /** Whether places are counted, and tokens compared where a selection compares them, over the whole batch or within each sequence.
   *  Default "batch". */
  capacityPer: "batch" | "sequence";
  /** Default "position". */
  queue: Queue;
  /** All first choices are placed before any second one, or each token places all of its choices in turn. Default "slotMajor". */
  order: "slotMajor" | "tokenMajor";
  /** Default "dropless" without a capacity, else "drop". */
  overflow: Overflow;
  /** Experts that every token passes through besides. Default 0. */
  nSharedExpert: number;
  /** Z: null experts beside the E that work. The router scores and chooses them like any other, but they compute nothing, so that k
   *  varies from token to token. Default 0. */
  nNullExpert: number;
  /** What a null expert gives back: the token itself (LongCat-Flash; "copy" in MoE++), or nothing ("zero" in MoE++). Default
   *  "identity". */
  nullExpert: "identity" | "zero";
  /** Width in which the experts work: tokens are projected down to it, and the weighted sum back up (LatentMoE). Null: the model's
   *  width, without projections. Default null. */
  dLatent: number | null;
  /** Multiplies all weights (DeepSeek's routed_scaling_factor). Default 1. */
  scale: number;
  /** Weights are exactly 1/K going forward, and the scores' going backward. Default false. */
  straightThrough: boolean;
  /** A learned offset per expert in the router. Default false. */
  routerBias: boolean;
}

type Factors = Pick<RouterConfig, "capacityFactor" | "evalCapacityFactor">;

/** The capacity factor that holds in training, or at evaluation. */
export const factorIn = (training: boolean, { capacityFactor, evalCapacityFactor }: Factors): number | null =>
  training || evalCapacityFactor === "same" ? capacityFactor : evalCapacityFactor;

/** Whether places are limited at any time. */
export const isLimited = (factors: Factors): boolean =>
  [true, false].some((training) => factorIn(training, factors) !== null);

const above0 = number("above 0", (x) => x > 0);
const capacity = (must: string, ...others: readonly unknown[]) => ({
  ok: (value: unknown) => others.includes(value) || above0.ok(value),
  must,
});

/** All options: what is not given is read from top to bottom, so that a default may look at the options above it. */
export const options: { readonly [Name in keyof RouterConfig]: Option<RouterConfig[Name], RouterConfig> } = {
  select: { standard: "topK", ...word(Object.keys(selections)) },
  topK: {
    standard: ({ select }, nExpert) => factsOf(select).topK?.[0] ?? Math.min(2, Math.max(nExpert, 1)),
    ...integer(1),
  },
  renormalize: {
    standard: ({ select, topK }) => factsOf(select).renormalize ?? topK > 1,
    ok: (value) => typeof value === "boolean" || value === "kept",
    must: 'true, false or "kept"',
  },
  score: { standard: "softmax", ...word(Object.keys(scores)) },
  temperature: { standard: 0.07, ...above0 },
  ties: { standard: "first", ...word(["first", "spread"]) },
  noise: { standard: "none", ...word(Object.keys(noises)) },
  noiseScale: {
    standard: ({ noise }, nExpert) => (Object.hasOwn(noises, noise) ? noises[noise](nExpert) : 0),
    ...number("a number from 0", (x) => x >= 0),
  },
  balance: {
    standard: ({ select }) => {
      const { weight, even, without } = factsOf(select);
      return weight && !even && !without?.balance ? 0.01 : 0;
    },
    ok: (value) => (typeof value === "object" && value !== null) || (Number.isFinite(value) && (value as number) >= 0), // terms: see problems.ts
    must: "a number from 0",
  },
  expertDropout: { standard: 0, ...number("from 0 to below 1", (p) => p >= 0 && p < 1) },
  capacityFactor: { standard: null, ...capacity("above 0, or null for no limit", null) },
  evalCapacityFactor: { standard: "same", ...capacity('above 0, null for no limit, or "same"', null, "same") },
  minCapacity: { standard: 1, ...integer(1) },
  capacityPer: { standard: "batch", ...word(["batch", "sequence"]) },
  queue: { standard: "position", ...word(queues) },
  order: { standard: "slotMajor", ...word(["slotMajor", "tokenMajor"]) },
  overflow: {
    standard: (config) => (isLimited(config) && config.select !== "expertChoice" ? "drop" : "dropless"),
    ...word(overflows),
  },
  nSharedExpert: { standard: 0, ...integer(0) },
  nNullExpert: { standard: 0, ...integer(0) },
  nullExpert: { standard: "identity", ...word(["identity", "zero"]) },
  dLatent: {
    standard: null,
    ok: (value) => value === null || integer(1).ok(value),
    must: "an integer from 1, or null for the model's width",
  },
  scale: { standard: 1, ...above0 },
  straightThrough: { standard: false, ...flag },
  routerBias: { standard: false, ...flag },
  ...selectionOptions,
};
