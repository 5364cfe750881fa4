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
