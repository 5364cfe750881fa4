/** What devices can do at most. */

import * as v from "valibot";
import { named, show, showAll } from "../../text/show.js";
import type { FrameOptions, Options } from "../options.js";
import { type Column, type Columns, number, readRows, text } from "../rows/columns.js";
import { isPlaced } from "./parts/axes.js";

/** A device: how fast it computes and reads, at most. Those of twinformer/cost are such. */
export interface RoofDevice {
  readonly name: string;
  /** FLOPs a second; or those of each format, such as { bfloat16: 989e12 }. */
  readonly peak: number | Readonly<Record<string, number>>;
  /** Bytes a second. */
  readonly bandwidth: number;
}

export interface RoofOptions extends FrameOptions {
  /** FLOPs a second, and bytes a second, of one device; in place of `devices`. */
  readonly peak?: number;
  readonly bandwidth?: number;
  /** Devices, each with a roof: those of twinformer/cost, or of one's own. */
  readonly devices?: Iterable<RoofDevice>;
  /** Which of a device's peaks, where it has several. Default "bfloat16", or the first that it has. */
  readonly format?: string;
}

export interface Roof {
  readonly name: string;
  readonly peak: number;
  readonly bandwidth: number;
  /** FLOPs for each byte from which on computing is the bound. */
  readonly knee: number;
}

const peaks: Column<RoofDevice["peak"]> = {
  words: "a number, or an object with one for each format, as",
  schema: v.union([number.schema, v.record(v.string(), number.schema)]),
};
const COLUMNS: Columns<RoofDevice> = { name: text, peak: peaks, bandwidth: number };
const MOST = 6; // roofs in a picture

/** The roof of each device. Throws a sentence where there is none, or one that is not above 0. */
export function roofsOf(given: Options<RoofOptions>): Roof[] {
  const [peak, bandwidth] = [given.number("peak"), given.number("bandwidth")];
  const { devices } = given.given;
  if (devices === undefined && (peak === undefined || bandwidth === undefined))
    throw new TypeError("roofline needs peak, FLOPs a second, and bandwidth, bytes a second; or devices");
  const rows = devices === undefined ? [] : readRows("roofline with devices", devices, COLUMNS);
  const own = devices === undefined ? [{ name: "", peak: peak!, bandwidth: bandwidth! }] : rows;
  if (own.length === 0 || own.length > MOST)
    throw new RangeError(`roofline needs 1 to ${MOST} devices, got ${own.length}`);
  const format = given.text("format", "");
  return own.map((device) => {
    const roof = { name: device.name, peak: peakOf(device, format), bandwidth: device.bandwidth };
    const knee = roof.peak / roof.bandwidth;
    if (![roof.peak, roof.bandwidth, knee].every(isPlaced))
      throw new RangeError(`roofline needs a peak and a bandwidth above 0, got ${roof.peak} and ${roof.bandwidth}`);
    return { ...roof, knee };
  });
}

function peakOf({ name, peak }: RoofDevice, format: string): number {
  if (typeof peak === "number") return peak;
  const formats = Object.keys(peak);
  const chosen = format || (formats.includes("bfloat16") ? "bfloat16" : formats[0]);
  if (chosen !== undefined && formats.includes(chosen)) return peak[chosen];
  throw new RangeError(
    `roofline needs a format in which ${named(name)} computes, one of ${showAll(formats) || "none"}, got ${show(chosen)}`,
  );
}
