/** What several devices must send one another in a step. */

import type { Account } from "../account.js";
import { storedAs, type WeightFormat } from "../bytes/weights.js";
import { placesTouched } from "../coverage.js";
import { type Sharing, type StepOptions, tokensOf } from "../step.js";

export interface NetworkOptions {
  dtype: WeightFormat;
  devices: number;
  sharing: Sharing;
  touched: "uniform" | "fewest";
}

/** Bytes of one device, see `bound`. */
export function sentBytes(counted: Account, step: Required<StepOptions>, options: NetworkOptions): number {
  if (options.devices === 1) return 0;
  return options.sharing === "layers" ? allReduced(counted, step, options) : exchanged(counted, step, options);
}

/** All-reduce in a ring, twice a layer, of D numbers of 2 bytes for each token. */
function allReduced(
  counted: Account,
  { phase, batch, context }: Required<StepOptions>,
  { devices }: NetworkOptions,
): number {
  const tokens = batch * (phase === "decode" ? 1 : context);
  return ((2 * (devices - 1)) / devices) * 2 * counted.layers * tokens * Number(counted.width) * 2;
}

/** All-to-all in each layer with experts: the rows of the tokens on one device, there and back. */
function exchanged(counted: Account, step: Required<StepOptions>, options: NetworkOptions): number {
  const { devices, touched, dtype } = options;
  if (touched === "fewest") return 0;
  const { total, topK } = counted.experts;
  const tokens = Math.ceil(step.batch / devices) * tokensOf(counted, step).text;
  const away = placesTouched(total, topK, devices) * (1 - 1 / devices);
  return counted.moeLayers * tokens * away * rowWidth(counted) * (dispatchBytes(counted, dtype, "bound") + 2);
}

/** Numbers of the row that an expert takes and gives: D, or the width in which experts work where that is another (Nemotron 3). */
export const rowWidth = ({ letters, width }: Account): number =>
  Number(letters.find(({ field }) => field === "moe_latent_size")?.value ?? width);

/** Bytes of a number on its way to an expert that multiplies in that format; 2 where there are no experts.
 *  Source: DeepSeek-AI 2025, "matrix multiplications and dispatch transmissions adopt the FP8 format", see world/sources/deepseek.ts */
export function dispatchBytes(counted: Account, dtype: WeightFormat, operation: string): number {
  const formats = storedAs(counted, dtype, operation).filter(({ tensor }) => tensor.choice !== null);
  return formats.length > 0 && formats.every(({ dtype }) => dtype === "fp8" || dtype === "int8") ? 1 : 2;
}
