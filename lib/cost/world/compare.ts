/** Our bound beside what others measured. */

import { findModel } from "../../account/models/index.js";
import { account, type Account } from "../account.js";
import type { WeightFormat } from "../bytes/weights.js";
import { bound, type BoundOptions, type Limit } from "../roofline/bound.js";
import { capacity } from "../roofline/capacity.js";
import { measurements } from "./measurements.js";
import type { Measurement } from "./types.js";

export interface Compared {
  readonly measurement: Measurement;
  /** Texts at the same time, counted where the source does not say it. */
  readonly batch: number;
  /** Bits of a weight, scales of its group included where the source says so. */
  readonly bits: number;
  /** Tokens per second, at most: with as few experts read as any routing can. */
  readonly bound: number;
  /** What the bound is made by. */
  readonly by: Limit;
  /** Measured / bound. */
  readonly ratio: number;
  /** The same with as many experts read as by chance, which is an estimate and no bound; null for a dense model and for one token. */
  readonly ratioByChance: number | null;
}

/** Each published measurement beside the bound for the same model, device and conditions. No ratio may be above 1.
 *  @example
 *  ```ts
 *  import { compareWithWorld } from "twinformer/cost";
 *
 *  const ratios = compareWithWorld().map(({ ratio }) => ratio);
 *  console.log(Math.max(...ratios) < 1); // true: nobody was faster than the bound
 *  ```
 */
export const compareWithWorld = (rows: readonly Measurement[] = measurements): Compared[] => rows.map(compared);

function compared(measurement: Measurement): Compared {
  const { model, device, devices, sharing, phase, context, cache, tokensPerSecond } = measurement;
  const counted = accountOf(model);
  const { dtype, bits } = formatOf(measurement, counted);
  const batch = measurement.batch === "most" ? mostTexts(measurement, counted, dtype) : measurement.batch;
  const options: BoundOptions = { phase, context, batch, dtype, kvDtype: cache, devices, sharing };
  const least = (touched: "uniform" | "fewest") => bound(counted, device, { ...options, touched });
  const { bound: by, seconds } = least("fewest");
  const tokens = batch * (phase === "decode" ? 1 : context);
  const ratioOf = (seconds: number): number => (tokensPerSecond * seconds) / tokens;
  return {
    measurement,
    batch,
    bits,
    bound: tokens / seconds,
    by,
    ratio: ratioOf(seconds),
    ratioByChance: counted.experts.total === 0 || tokens === 1 ? null : ratioOf(least("uniform").seconds),
  };
}

function accountOf(model: string): Account {
  const config = findModel(model)?.config;
  if (!config) throw new RangeError(`compareWithWorld: ${model} is not in the table of models, see twinformer models`);
  return account(config);
}

function formatOf({ weights }: Measurement, counted: Account): { dtype: WeightFormat; bits: number } {
  if (typeof weights === "string") return { dtype: weights, bits: weights === "fp8" || weights === "int8" ? 8 : 16 };
  const bits = "bits" in weights ? weights.bits : (weights.fileBytes * 8) / Number(counted.total);
  return { dtype: { bits }, bits };
}

/** As many texts of that length as fill the memory, and at least one. */
function mostTexts({ device, devices, context, cache }: Measurement, counted: Account, dtype: WeightFormat): number {
  const one = capacity(counted, device, { context, dtype, kvDtype: cache, devices, share: 1 });
  return Math.max(1, Math.floor((one.memory - one.weights) / one.cache));
}
