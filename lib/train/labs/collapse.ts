/** The collapse lab: does a router keep its experts in use, what happens if it starts with a favorite, and what helps? */

import { checkNumbers, checkWord } from "../../config/options.js";
import { checkHasExperts } from "../../moe/check.js";
import type { Corpus } from "../../data/corpus.js";
import type { ConfigInput } from "../../config/model.js";
import { transformer } from "../../models/twins.js";
import { routersIn } from "../../moe/balance/selectionBias.js";
import type { RouterConfig } from "../../config/router/fields.js";
import { deadExperts, effectiveExperts } from "../../moe/metrics/load.js";
import { overwrite } from "../../tensor/tensor.js";
import { checkPlan, train, type TrainRow } from "../loop.js";

/** What is done against collapse. Each is a router config: one word changed. */
export const remedies = {
  none: { balance: 0 },
  /** All but the chosen logits at −∞ before the softmax, as sparse gating does, and nothing else. */
  mask: { balance: 0, renormalize: true },
  noise: { balance: 0, noise: "normal", noiseScale: 2 },
  switch: { balance: { switch: 0.01 } },
  z: { balance: { z: 0.01 } },
  /** With sigmoid scores, as DeepSeek-V3: a softmax that is sure of one expert leaves the others nothing to be lifted by. */
  bias: { balance: { bias: 0.01 }, score: "sigmoid" },
  nextBest: { balance: 0, capacityFactor: 1.25, overflow: "nextBest" },
  drop: { balance: 0, capacityFactor: 1.25 },
  expertDropout: { balance: 0, expertDropout: 0.2 },
} as const satisfies Record<string, Partial<RouterConfig>>;
export type Remedy = keyof typeof remedies;

export interface CollapseOptions {
  /** Weights and batches. Default 1. */
  seed?: number;
  /** Default "none". */
  remedy?: Remedy;
  /** "even": a router as it is usually made. "biased": one that prefers expert 0 by `lead`. Default "even". */
  start?: "even" | "biased";
  /** How much larger expert 0's logit is at a biased start. Default 2. */
  lead?: number;
  /** Default 200. */
  steps?: number;
  /** Blocks per step. Default 16. */
  batchSize?: number;
  /** Default 1e-3. */
  lr?: number;
  /** Steps between evaluations. Default: at the end only. */
  evalEvery?: number;
  /** Blocks of the validation split. Default 64. */
  evalBlocks?: number;
  /** Of the twin, instead of `collapseModel`. */
  model?: Partial<ConfigInput>;
  signal?: { readonly aborted: boolean };
}

/** A twin that trains in seconds: 8 experts of which each token uses one. */
export const collapseModel = { blockSize: 32, nLayer: 2, nHead: 2, dModel: 32, nExpert: 8, topK: 1 } as const;

/** One step of one run. */
export interface CollapseRow extends TrainRow {
  remedy: Remedy;
  seed: number;
  start: "even" | "biased";
  /** Of the layer where it is lowest: how many equally busy experts its load amounts to (1 to E). */
  effective: number;
  /** Experts of all layers that computed nothing in this step. */
  dead: number;
}

/** Trains a small twin without or with a remedy, and yields a row a step. */
export async function* collapse(
  corpus: Corpus,
  options: CollapseOptions = {},
): AsyncGenerator<CollapseRow, void, undefined> {
  const { seed = 1, remedy = "none", start = "even", lead = 2, steps = 200, batchSize = 16, lr = 1e-3 } = options;
  const { evalEvery = steps, evalBlocks = 64, signal } = options;
  const plan = { name: remedy, steps, batchSize, lr, seed, evalEvery, evalBlocks, metrics: true };
  checkWord("collapse", "remedy", remedy, Object.keys(remedies));
  checkWord("collapse", "start", start, ["even", "biased"]);
  checkNumbers("collapse", { lead });
  checkPlan("collapse", plan);
  const { vocabSize } = corpus.tokenizer;
  const config = { ...collapseModel, vocabSize, routerBias: true, ...options.model, ...remedies[remedy] };
  const model = transformer(config, { seed });
  checkHasExperts("collapse", model.config);
  // Router biases are 0 at first; the lead goes to the same expert of every layer.
  if (start === "biased") for (const { bias } of routersIn(model)) overwrite(bias!, "collapse")[0] = lead;
  for await (const row of train(model, corpus, { ...plan, ...(signal ? { signal } : {}) })) {
    const loads = row.load ?? [];
    const effective = Math.min(...loads.map(effectiveExperts));
    const dead = loads.reduce((sum, load) => sum + deadExperts(load), 0);
    yield { ...row, remedy, seed, start, effective, dead };
  }
}

/** What became of one run. */
export interface CollapseSummary {
  remedy: Remedy;
  seed: number;
  start: "even" | "biased";
  steps: number;
  /** Mean of `effective` over the last quarter of the steps. */
  effective: number;
  /** The lowest mean of 10 neighboring steps, and the step at which they end. */
  lowest: number;
  lowestStep: number;
  /** Whether the run ended collapsed: `effective` is at most `collapsedAt` · E. */
  collapsed: boolean;
  /** The first step from which `effective`, averaged over 10 steps, stays at `evenAt` · E or more to the end; null if there is none. */
  recovered: number | null;
  /** Experts that are idle in the last step, over all layers. */
  dead: number;
  valLoss: number | null;
}

/** The collapseCriteria: collapsed at no more than a quarter of the experts' worth, even at three quarters or more. */
export const collapseCriteria = { collapsedAt: 0.25, evenAt: 0.75, window: 10 } as const;

/** Sums up one run. */
export function collapseSummary(rows: readonly CollapseRow[]): CollapseSummary {
  const last = rows.at(-1);
  if (!last) throw new RangeError("collapseSummary: there are no rows: train for at least one step");
  const nExpert = last.load?.[0].length ?? 0;
  const smooth = rows.map((_, i) =>
    mean(rows.slice(Math.max(0, i + 1 - collapseCriteria.window), i + 1).map((r) => r.effective)),
  );
  const effective = mean(rows.slice(Math.floor(rows.length * 0.75)).map((r) => r.effective));
  const lowest = Math.min(...smooth);
  let from = smooth.length;
  while (smooth[from - 1] >= collapseCriteria.evenAt * nExpert) from--; // before the first there is nothing
  const { remedy, seed, start, step, dead, valLoss } = last;
  return {
    remedy,
    seed,
    start,
    steps: step,
    effective,
    lowest,
    lowestStep: rows[smooth.indexOf(lowest)].step,
    collapsed: effective <= collapseCriteria.collapsedAt * nExpert,
    recovered: from < smooth.length ? rows[from].step : null,
    dead,
    valLoss,
  };
}

const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
