/** What somebody else measured, and where it can be read. */

import type { Sharing } from "../step.js";

/** A page, a report or a thread that states figures. */
export interface MeasurementSource {
  readonly title: string;
  readonly address: string;
  /** Of what was read there: year, month and, where it has one, day. */
  readonly date: string;
  /** When it was read for this table. */
  readonly read: string;
  /** What it says about all of its figures. */
  readonly quote: string;
}

/** How many bits a weight has: a format, a number, or the bytes of a file that holds all of them. */
export type WeightSize =
  "float16" | "bfloat16" | "fp8" | "int8" | { readonly bits: number } | { readonly fileBytes: number };

/** Tokens per second of a model on a device, as published. */
export interface Measurement {
  /** A name of `twinformer models`. */
  readonly model: string;
  /** A name of the devices' table. */
  readonly device: string;
  readonly devices: number;
  /** "decode": a token for each text at a time. "prefill": whole prompts. */
  readonly phase: "decode" | "prefill";
  readonly sharing: Sharing;
  /** Texts at the same time, over all devices; "most": as many as their memory holds, where the source does not say it. */
  readonly batch: number | "most";
  /** Decode: tokens of a text, the mean while it was measured. Prefill: tokens of a prompt. */
  readonly context: number;
  readonly weights: WeightSize;
  /** Format of the cache. */
  readonly cache: "bfloat16" | "fp8";
  /** The figure as it is printed in the quote. */
  readonly figure: string;
  /** Of all texts and devices together; from the figure, and what it is for. */
  readonly tokensPerSecond: number;
  /** The words around the figure. */
  readonly quote: string;
  readonly source: MeasurementSource;
  /** What the source leaves open, and how that was decided: always in favor of the bound. */
  readonly note?: string;
}

/** What the rows of one source have in common, written once. */
export const from = (
  source: MeasurementSource,
  common: Partial<Measurement> & Pick<Measurement, "device" | "context">,
  rows: readonly (Partial<Measurement> & Pick<Measurement, "model" | "figure" | "quote" | "tokensPerSecond">)[],
): readonly Measurement[] =>
  rows.map((row) => ({
    devices: 1,
    batch: 1,
    phase: "decode" as const,
    cache: "bfloat16" as const,
    weights: "bfloat16" as const,
    sharing: "layers" as const,
    ...common,
    ...row,
    source,
  }));

export const GiB = 2 ** 30;
