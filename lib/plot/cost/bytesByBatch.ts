import { group, nice, scaleBand, sort, sum, ticks as ticksOf } from "d3";
import { digits, inBytes, percent, prefixFor } from "../../text/numbers.js";
import { named as inSentence } from "../../text/show.js";
import { Figure } from "../figure.js";
import { legend } from "../marks/legend.js";
import { LETTER, type FrameOptions, lettersOf, Options, shorten } from "../options.js";
import type { ColorName } from "../palette.js";
import { below, fill, muted, picture, px, rect, stroke, words } from "../marks/svg.js";
import { type Accessors, amount, type Columns, label, number, optional, readRows } from "../rows/columns.js";
import { isPlaced, pixelsOf, plain } from "./parts/axes.js";
import { listed } from "../rows/few.js";
import { leftOut } from "./parts/words.js";

/** Bytes of one step: what `stepBytes` of twinformer/cost returns, and its batch. */
export interface BatchBytesRow {
  /** Texts at the same time. */
  readonly batch: number;
  /** Of the experts that the batch touches. */
  readonly experts?: number;
  /** Of weights that every token needs. */
  readonly dense: number;
  /** Of keys and values, or states. */
  readonly cache?: number;
  /** Rows of one name have a picture of their own; default one for all. */
  readonly by?: string | number;
}

const COLUMNS: Columns<BatchBytesRow> = {
  batch: number,
  dense: amount,
  experts: optional(amount),
  cache: optional(amount),
  by: optional(label),
};
const PARTS = ["dense", "experts", "cache"] as const;
type PartName = (typeof PARTS)[number];
const TINTS: Readonly<Record<PartName, ColorName>> = { dense: "dense", experts: "moe", cache: "third" };
const NAMES: Readonly<Record<PartName, string>> = { dense: "dense parts", experts: "experts", cache: "cache" };
const PANELS = 4;
const TOLD = 60; // pictures in the facts
const BARS = 24; // of a panel
const WIDEST = 80; // px of a bar with the air beside it
const PANEL = 200; // px of height
const BELOW = 58; // px below a panel: batches, and the name of the next one
const NARROW = 560; // px of width below which panels stand one below another

/** Bytes that a step moves, by batch: more texts touch more experts, until all are read; dense parts are read once for all; the cache
 *  grows with each text. A bar is a batch, its pieces add up.
 *  @example
 *  ```ts
 *  import { account, findModel } from "twinformer/account";
 *  import { stepBytes } from "twinformer/cost";
 *  import { bytesByBatch } from "twinformer/plot";
 *
 *  const mixtral = account(findModel("Mixtral-8x7B")!.config!);
 *  const batches = [1, 2, 4, 8, 16, 32, 64];
 *  bytesByBatch(batches.map((batch) => ({ batch, ...stepBytes(mixtral, { phase: "decode", context: 1000, batch }) })));
 *  ```
 */
export function bytesByBatch<T extends object>(
  rows: Iterable<T>,
  options: FrameOptions & Accessors<BatchBytesRow, T>,
): Figure;
export function bytesByBatch(rows: Iterable<BatchBytesRow>, options?: FrameOptions): Figure;
export function bytesByBatch(data: Iterable<object>, options: FrameOptions = {}): Figure {
  const all = readRows("bytesByBatch", data, COLUMNS, options);
  const given = new Options("bytesByBatch", options);
  const rows = all.filter(({ batch }) => isPlaced(batch));
  const panels = [...group(rows, ({ by = "" }) => String(by))].map(([name, own]) => panelOf(name, own));
  const shown = panels.slice(0, PANELS);
  const replaced = rows.length - sum(panels, ({ steps }) => steps.length);
  const finding = findingOf(panels);
  const head = given.head(finding, "a bar: the bytes of one step, and what they are of", [
    shown.some(({ steps }) => steps.length > BARS)
      ? `at most ${BARS} batches of each, at equal distances in the list`
      : "",
    panels.length > PANELS ? `the first ${PANELS} of ${panels.length}: ${panels.length - PANELS} others not drawn` : "",
    replaced > 0 ? "of rows of one batch the last counts" : "",
    leftOut(all.length - rows.length, all.length, "a batch that is not above 0"),
  ]);

  const width = given.size("width", 680);
  const used = PARTS.filter((part) => shown.some(({ steps }) => steps.some((step) => step[part] > 0)));
  const entries = used.map((part) => ({ name: NAMES[part], color: TINTS[part] }));
  const key = legend(entries, width);
  const lines = width < NARROW ? Math.max(shown.length, 1) : 1; // of panels
  const top = below(head, width) + key.height + (shown.length > 1 ? 26 : 10);
  const natural = top + lines * (PANEL + BELOW);
  const height = Math.max(given.size("height", natural), top + lines * (60 + BELOW));
  const inner = (height - top) / lines - BELOW;
  const most = shown.reduce((a, { steps }) => steps.reduce((b, { total }) => Math.max(b, total), a), 0) || 1;
  const [, end] = nice(0, most, 5);
  const ticks = ticksOf(0, end, Math.max(1, Math.min(5, inner / 32)));
  const { size, prefix } = prefixFor(end); // of all numbers of the axis
  const tickWords = (tick: number): string => (tick === 0 ? "0" : `${digits(tick / size, 3)} ${prefix}B`);
  const left = Math.round(
    14 + LETTER.words * ticks.reduce((most, tick) => Math.max(most, lettersOf(tickWords(tick))), 1),
  );
  const space = (width - left - 8) / Math.ceil(Math.max(shown.length, 1) / lines);
  const y = pixelsOf(end, inner, 0);
  const body = shown.map((panel, i) => {
    const place = lines > 1 ? { x: left, y: top + i * (inner + BELOW) } : { x: left + i * space, y: top };
    const grid = ticks.map((tick) => {
      const at = px(place.y + y(tick));
      const number = words(left - 8, at + 4, tickWords(tick), `font-size="11" text-anchor="end" ${muted}`);
      const line = `<path d="M${px(place.x)},${at}h${px(space - 10)}" ${stroke("grid")}/>`;
      return `${line}${lines > 1 || i === 0 ? number : ""}`;
    });
    const name = shown.length > 1 ? shorten(panel.name, Math.floor((space - 10) / 8)) : "";
    const title = words(place.x, place.y - 8, name, `font-weight="600" ${fill("ink")}`);
    return grid.join("") + title + barsOf(panel, used, place, { width: space - 10, height: inner, y });
  });
  const empty = shown.length === 0 ? words(width / 2, top + inner / 2, "no rows", `text-anchor="middle" ${muted}`) : "";
  const markup = picture(width, height, head, key.at(below(head, width) - 4) + body.join("") + empty);
  const ends = panels.flatMap(({ name, steps }) =>
    [...new Set([steps[0], steps[steps.length - 1]])].map((step) => ({ ...step, name })),
  );
  const said = listed(
    ends,
    ({ name, batch, total, experts, cache }) =>
      `${name ? `${name}, ` : ""}batch ${plain(batch)}: ${inBytes(total)}, of these ${inBytes(experts)} experts and ${inBytes(cache)} cache`,
  );
  return new Figure({
    name: "bytes",
    ...{ width, height, markup },
    description: `${head.title || finding}: ${said || "no rows"}.`,
    facts: panels
      .slice(0, TOLD)
      .map(({ name, steps }) => ({ by: name, first: steps[0], last: steps[steps.length - 1] })),
  });
}

interface Room {
  readonly width: number;
  readonly height: number;
  readonly y: (bytes: number) => number;
}

/** The bars of one panel, and their batches below where they have room. */
function barsOf(
  { name, steps }: Panel,
  parts: readonly PartName[],
  { x, y: top }: { readonly x: number; readonly y: number },
  { width, height, y }: Room,
): string {
  const shown = spaced(steps);
  const scale = scaleBand(shown.map(({ batch }) => batch), [0, Math.min(width, shown.length * WIDEST)]).padding(0.2); // prettier-ignore
  const room = shown.reduce((most, { batch }) => Math.max(most, LETTER.words * lettersOf(plain(batch)) + 8), 0);
  const every = Math.ceil(room / Math.max(scale.step(), 0.1));
  const bars = shown.map((step, i) => {
    const left = x + scale(step.batch)!;
    let below = 0;
    const pieces = parts.map((part) => {
      const [low, high] = [below, (below += step[part])];
      const whole = `batch ${plain(step.batch)}: ${NAMES[part]} ${inBytes(step[part])} of ${inBytes(step.total)}`;
      const hint = name ? `${name}, ${whole}` : whole;
      return rect(left, top + y(high), scale.bandwidth(), y(low) - y(high), fill(TINTS[part]), hint);
    });
    const middle = left + scale.bandwidth() / 2;
    const batch = words(middle, top + height + 16, plain(step.batch), `font-size="11" text-anchor="middle" ${muted}`);
    return pieces.join("") + (i % every === 0 ? batch : "");
  });
  const label = words(x + width, top + height + 32, "batch →", `font-size="11" text-anchor="end" ${muted}`);
  return `<g class="panel">${bars.join("")}${label}</g>`;
}

interface Step extends Readonly<Record<PartName, number>> {
  readonly batch: number;
  readonly total: number;
}

interface Panel {
  readonly name: string;
  readonly steps: readonly Step[];
}

function panelOf(name: string, rows: readonly BatchBytesRow[]): Panel {
  const last = new Map(rows.map((row) => [row.batch, row]));
  const steps = [...last.values()].map(({ batch, dense, experts = 0, cache = 0 }) => ({
    ...{ batch, dense, experts, cache, total: dense + experts + cache },
  }));
  return { name, steps: sort(steps, ({ batch }) => batch) };
}

/** At most as many as a panel has room for, with the first and the last. */
function spaced(steps: readonly Step[]): readonly Step[] {
  if (steps.length <= BARS) return steps;
  return Array.from({ length: BARS }, (_, i) => steps[Math.round((i * (steps.length - 1)) / (BARS - 1))]);
}

/** How bytes grow with the batch; of several models the one whose bytes grow most. */
function findingOf(panels: readonly Panel[]): string {
  const growing = panels
    .filter(({ steps }) => steps.length > 1 && steps[0].total > 0)
    .map(({ name, steps }) => ({ name, first: steps[0], last: steps[steps.length - 1] }))
    .map((one) => ({ ...one, times: one.last.total / one.first.total }));
  const [one] = panels;
  if (!one) return "Bytes of a step";
  if (growing.length === 0) {
    const [step] = one.steps;
    const part = step.total > 0 ? `, ${percent(step.experts / step.total)} of them of experts` : "";
    return `A step of batch ${plain(step.batch)} moves ${inBytes(step.total)}${part}`;
  }
  const sorted = [...growing].sort((a, b) => b.times - a.times);
  const [most, least] = [sorted[0], sorted[sorted.length - 1]];
  const batch = `${digits(most.last.batch / most.first.batch, 3)} times the batch`;
  const isShared = growing.every(
    ({ first, last }) => first.batch === most.first.batch && last.batch === most.last.batch,
  );
  if (growing.length === 1 || !isShared)
    return `${batch} moves ${digits(most.times, 3)} times the bytes${panels.length > 1 ? ` with ${inSentence(most.name)}` : ""}`;
  return `${batch} moves ${digits(most.times, 3)} times the bytes with ${inSentence(most.name)}, ${digits(least.times, 3)} times with ${inSentence(least.name)}`;
}
