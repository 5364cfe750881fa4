/** Axes of the charts of cost: which numbers they run between, and which of them are written where. */

import { extent, scaleLinear, scaleLog } from "d3";
import { digits, short } from "../../../text/numbers.js";
import { LETTER, lettersOf } from "../../options.js";

export interface Axis {
  readonly type: "log" | "linear";
  readonly domain: readonly [number, number];
  /** What the axis counts; empty: no words. */
  readonly label: string;
  /** How its numbers are written. */
  readonly words: (value: number) => string;
}

/** A logarithmic axis over the numbers, or one octave to both sides of a single one.
 *  @param beyond factor by which it goes further at both ends */
export function logAxis(
  values: readonly number[],
  label: string,
  words: (value: number) => string = plain,
  beyond = 1,
): Axis {
  const [low, high] = extent(values.filter(isPlaced));
  if (low === undefined) return { type: "log", domain: [1, 10], label, words };
  const further = Math.max(beyond, low < high ? 1 : 2);
  const domain = [Math.max(low / further, Number.MIN_VALUE), Math.min(high * further, Number.MAX_VALUE)] as const;
  return { type: "log", domain, label, words };
}

/** An axis from 0 to the next round number. */
export function linearAxis(values: readonly number[], label: string, words: (value: number) => string = plain): Axis {
  const high = Math.min(
    values.filter(Number.isFinite).reduce((a, b) => Math.max(a, b), 0),
    Number.MAX_VALUE / 2,
  );
  const [from, to] = scaleLinear([0, high || 1], [0, 1])
    .nice(5)
    .domain();
  return { type: "linear", domain: [from, to], label, words };
}

/** Pixels for numbers from 0: `from` is 0, `to` is `most`. In place of d3's scaleLinear, whose mixing of colors is 10 kB in a page. */
export const pixelsOf =
  (most: number, from: number, to: number) =>
  (value: number): number =>
    from + (value / most) * (to - from);

/** A number that has a place on a logarithmic axis. */
export const isPlaced = (value: number): boolean => Number.isFinite(value) && value > 0;

/** 0.5, 1,024 and 65,536, but 3M. */
export function plain(value: number): string {
  if (value >= 1e6) return short(value);
  return digits(value >= 1000 ? Math.round(value) : value, 3);
}

/** Numbers to write beside an axis of so many pixels: as many as have room, with `each` pixels for one or, without it, for its words. */
export function ticksOf({ type, domain, words }: Axis, pixels: number, each?: number): number[] {
  const scale = (type === "log" ? scaleLog : scaleLinear)(domain, [0, pixels]);
  const room = (tick: number): number => each ?? lettersOf(words(tick)) * LETTER.words + 14;
  const fits = (ticks: readonly number[]): boolean =>
    ticks.every((tick, i) => i === 0 || scale(tick) - scale(ticks[i - 1]) >= (room(tick) + room(ticks[i - 1])) / 2);
  const choices = type === "log" ? logTicks(domain) : [5, 4, 3, 2].map((count) => scale.ticks(count));
  return (choices.find((ticks) => ticks.length > 1 && fits(ticks)) ?? []).filter((tick) => tick > 0 || type !== "log");
}

/** Sets of round numbers on a logarithmic axis, the fullest first. */
function logTicks([low, high]: readonly [number, number]): number[][] {
  const inside = (ticks: readonly number[]): number[] =>
    ticks.filter((tick) => tick >= low * (1 - 1e-9) && tick <= high * (1 + 1e-9));
  const powers = (base: number): number[] => {
    const [from, to] = [low, high].map((end) => Math.round(Math.log(end) / Math.log(base)));
    return inside(Array.from({ length: to - from + 1 }, (_, i) => base ** (from + i)));
  };
  const every = (ticks: readonly number[], n: number): number[] => ticks.filter((_, i) => i % n === 0);
  const isDoubling = Number.isInteger(Math.log2(low)) && Number.isInteger(Math.log2(high)) && high <= 2 ** 40 * low;
  const steps = [1, 2, 3, 4, 6, 8, 12, 16, 24, 48, 96];
  if (isDoubling) return steps.map((n) => every(powers(2), n));
  const tens = powers(10);
  const fine = inside(
    [...new Set([...tens.map((ten) => ten / 10), ...tens])].flatMap((ten) => [1, 2, 5].map((f) => f * ten)),
  );
  const even = [5, 4, 3, 2].map((count) => scaleLinear([low, high], [0, 1]).ticks(count));
  return [...(fine.length < 3 ? even : []), fine, ...steps.map((n) => every(tens, n)), ...even];
}
