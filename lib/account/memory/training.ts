/** What training holds in memory besides the weights. */

import type { Account } from "../account.js";
import { loraParameters, type LoraOptions } from "./lora.js";
import { weightBytes } from "./dtypes.js";

/** A row of a table or a chart. */
export interface MemoryRow {
  readonly what: "weights" | "adapters" | "gradients" | "master weights" | "Adam states" | "activations";
  readonly bytes: number;
}

/** Mixed precision: gradients in bfloat16, and in float32 a copy of the weights and Adam's two averages: 14 bytes for each
 *  parameter that is trained, besides its weight. Source: Rajbhandari et al. 2019 (ZeRO), §3.1, https://arxiv.org/abs/1910.02054 */
const trained = (parameters: number): MemoryRow[] => [
  { what: "gradients", bytes: 2 * parameters },
  { what: "master weights", bytes: 4 * parameters },
  { what: "Adam states", bytes: 8 * parameters },
];

/** Every parameter is trained: 16 bytes each. */
export const fullFineTuning = (counted: Account): MemoryRow[] => [
  { what: "weights", bytes: weightBytes(counted, "bfloat16") },
  ...trained(Number(counted.total)),
];

/** Only the adapters are trained; the model is frozen in bfloat16. */
export const loraFineTuning = (counted: Account, options: LoraOptions): MemoryRow[] =>
  frozen(weightBytes(counted, "bfloat16"), loraParameters(counted, options));

/** LoRA on a model that is frozen in 4 bits. */
export const qloraFineTuning = (counted: Account, options: LoraOptions): MemoryRow[] =>
  frozen(weightBytes(counted, "nf4"), loraParameters(counted, options));

const frozen = (weights: number, adapters: number): MemoryRow[] => [
  { what: "weights", bytes: weights },
  { what: "adapters", bytes: 2 * adapters },
  ...trained(adapters),
];

export const totalBytes = (rows: readonly MemoryRow[]): number => rows.reduce((sum, { bytes }) => sum + bytes, 0);

export interface ActivationOptions {
  /** Length of a text, in tokens. */
  tokens: number;
  /** Texts in a batch. Default 1. */
  batch?: number;
  /** What is kept for the backward pass: everything; all but the attention scores (FlashAttention computes them again); or each
   *  layer's input alone (the layer is computed again). Default "no scores". */
  keep?: "all" | "no scores" | "layer inputs";
}

/** Numbers kept from the forward pass for the backward pass, in 16 bits, T tokens of B texts: for a layer with D wide residual
 *  and H heads 34·B·T·D bytes, 5·H·B·T² more with the scores, 2·B·T·D for its input alone. An estimate: it is exact for layers
 *  as GPT's, whose hidden width is 4 D. Source: Korthikanti et al. 2022, §4.1, https://arxiv.org/abs/2205.05198 */
export function activationBytes(
  counted: Account,
  { tokens: T, batch: B = 1, keep = "no scores" }: ActivationOptions,
): number {
  const D = Number(counted.width);
  const heads = Number(counted.letters.find(({ letter }) => letter === "H")?.value ?? 0n);
  const scores = keep === "all" ? 5 * heads * B * T ** 2 : 0;
  const row = keep === "layer inputs" ? 2 : 34;
  return counted.layers * (row * B * T * D + scores);
}
