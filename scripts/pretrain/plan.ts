/** What `npm run pretrain` makes: the text, the models, and how they are trained. */

import { readFileSync } from "node:fs";
import type { ConfigInput } from "../../lib/config/model.js";
import type { BpeTokenizer } from "../../lib/data/bpe/tokenizer.js";
import { trainBpe } from "../../lib/data/bpe/train.js";
import { heldOut } from "../../lib/data/domains.js";
import type { Domain } from "../../lib/data/mixture.js";
import type { TrainOptions } from "../../lib/train/loop.js";

export const domainNames = ["english", "spanish", "code", "arithmetic"] as const;

export const domains: readonly Domain[] = domainNames.map((name) => ({
  name,
  text: readFileSync(new URL(`../../assets/domains/${name}.txt`, import.meta.url), "utf8"),
}));

/** Learned from what the models learn from, not from what is held out. */
export const newTokenizer = (): BpeTokenizer =>
  trainBpe(domains.map(({ text }) => heldOut(text).train).join(""), { vocabSize: 512 });

const dense = {
  vocabSize: 512,
  blockSize: 128,
  nLayer: 4,
  nHead: 4,
  dModel: 128,
  dHidden: 352,
  normalization: "rmsNorm",
  positions: "rotary",
  gated: true,
} as const satisfies ConfigInput;

const moe = { ...dense, nExpert: 8, topK: 2, balance: 0.01 } as const satisfies ConfigInput;

/** Twins of equal active size, and the MoE again without anything that keeps its experts in use. */
export const models = { dense, moe, unbalanced: { ...moe, balance: 0 } } as const satisfies Record<string, ConfigInput>;
export type ModelName = keyof typeof models;

/** First weights. */
export const seed = 1;

const recipe = {
  steps: 8000,
  batchSize: 6,
  lr: 3e-3,
  minLr: 0,
  warmup: 200,
  seed: 1,
} as const satisfies TrainOptions;

/** The mixture without balance shows early whether it collapses: fewer steps. */
export const trainings = {
  dense: recipe,
  moe: recipe,
  unbalanced: { ...recipe, steps: 3000 },
} as const satisfies Record<ModelName, TrainOptions>;

/** Steps between looks at held-out text, and blocks of each domain that are looked at. */
export const evaluation = { every: 500, blocks: 32 } as const;
