import { greatest, max } from "d3";
import {
  type Accessors,
  either,
  flag,
  number,
  optional,
  readRows,
  share,
  text,
  type Columns,
} from "../rows/columns.js";
import { Figure } from "../figure.js";
import { LETTER, lettersOf, Options, type FrameOptions, shorten } from "../options.js";
import { largestOf, listed, someOf } from "../rows/few.js";
import { digits } from "../../text/numbers.js";
import { below, fill, muted, nothing, picture, px, rect, stroke, words } from "../marks/svg.js";

/** One expert, seen by one token. */
export interface SoftmaxStepRow {
  /** Default: its place in the list. */
  readonly expert?: number | string;
  /** What the router says. */
  readonly logit: number;
  /** Whether it is among the topK largest; the others are set to −∞. */
  readonly kept: boolean;
  /** What its output is multiplied by. */
  readonly weight: number;
}

const COLUMNS: Columns<SoftmaxStepRow> = {
  logit: number,
  weight: share,
  kept: flag,
  expert: optional(either(number, text)),
};
const MOST = 32; // experts
const ROW = 24;

/** From logits to weights in four steps, from left to right: the logits; all but the topK set to −∞; their exponentials (of the
 *  distance to the largest, as computed); divided by their sum. One row an expert, the kept ones in color. */
export function softmaxSteps<T extends object>(
  rows: Iterable<T>,
  options: FrameOptions & Accessors<SoftmaxStepRow, T>,
): Figure;
export function softmaxSteps(rows: Iterable<SoftmaxStepRow>, options?: FrameOptions): Figure;
export function softmaxSteps(data: Iterable<object>, options: FrameOptions = {}): Figure {
  const all = readRows("softmaxSteps", data, COLUMNS, options).map((row, i) => ({ ...row, expert: row.expert ?? i }));
  const rows = largestOf(
    all,
    MOST,
    ({ kept, weight, logit }) => (kept ? 1e9 * (1 + weight) : 0) + (Number.isFinite(logit) ? logit : -1e6),
  );
  const given = new Options("softmaxSteps", options);
  const width = given.size("width", 680);
  const head = given.head(
    finding(all),
    "one token, a row an expert · in color: the ones it is sent to",
    someOf(rows.length, all.length, "experts", "the largest"),
  );
  const top = below(head, width) + 26;
  const height = given.size("height", Math.max(120, top + rows.length * ROW + 8));
  const largest = Math.max(...rows.filter((row) => row.kept).map((row) => row.logit));
  const columns: Column[] = [
    { name: "1  logits z", short: "1  z", value: ({ logit }) => logit },
    { name: "2  not in the top: −∞", short: "2  top", value: ({ logit, kept }) => (kept ? logit : -Infinity) },
    { name: "3  exp(z − max z)", short: "3  exp", value: ({ logit, kept }) => (kept ? Math.exp(logit - largest) : 0) },
    { name: "4  ÷ sum = weight", short: "4  ÷ sum", value: ({ weight }) => weight },
  ];
  const GAP = width < 560 ? 12 : 26;
  const LEFT =
    16 +
    LETTER.bold *
      Math.min(
        max(rows, ({ expert }) => lettersOf(`expert ${expert}`)) ?? 0,
        Math.min(0.24 * width, 240) / LETTER.bold,
      );
  const space = (width - LEFT + GAP) / columns.length - GAP;
  const names = rows.map((row, i) =>
    words(
      LEFT - 8,
      top + i * ROW + 16,
      shorten(`expert ${row.expert}`, (LEFT - 12) / LETTER.bold),
      `text-anchor="end" ${row.kept ? `font-weight="600" ${fill("ink")}` : muted}`,
    ),
  );
  const panels = columns.map((column, c) => panel(column, rows, LEFT + c * (space + GAP), top, space));
  const kept = all.filter((row) => row.kept);
  const weightsOf = (some: readonly SoftmaxStepRow[]) =>
    listed(
      some,
      ({ expert, weight }) => `expert ${expert} ${Number.isFinite(weight) ? digits(weight, 3) : "not a number"}`,
      MOST,
      ", ",
    );
  const others = all.filter((row) => !row.kept);
  const rest = others.every((row) => row.weight === 0) ? "the others weigh 0" : `the others: ${weightsOf(others)}`;
  return new Figure({
    name: "softmax-steps",
    width,
    height,
    markup: picture(
      width,
      height,
      head,
      rows.length > 0 ? names.join("") + panels.join("") : nothing(head, width, height),
    ),
    description: `${head.title}: ${kept.length} of ${all.length} kept, with weights ${weightsOf(kept) || "none"}${others.length > 0 ? `; ${rest}` : ""}.`,
    facts: rows.map(({ expert, logit, kept: isKept, weight }) => ({ expert, logit, kept: isKept, weight })),
  });
}

/** "Expert 4 gets 62 % of the weight" */
function finding(rows: readonly SoftmaxStepRow[]): string {
  const best = greatest(rows, ({ weight }) => weight);
  if (!best || !(best.weight > 0)) return "From logits to weights";
  return `Expert ${best.expert} has the largest weight, ${digits(best.weight, 3)}`;
}

interface Column {
  readonly name: string;
  /** The same where there is little room. */
  readonly short: string;
  readonly value: (row: SoftmaxStepRow) => number;
}

/** Bars from a common zero line, each with its number behind it. */
function panel(
  { name, short, value }: Column,
  rows: readonly SoftmaxStepRow[],
  x: number,
  top: number,
  space: number,
): string {
  const values = rows.map(value);
  const finite = values.filter(Number.isFinite);
  const [low, high] = [Math.min(0, ...finite), Math.max(0, ...finite)];
  const room = space - 50; // the number behind the longest bar
  const scale = high > low ? room / (high - low) : 0;
  const zero = x - low * scale;
  const marks = rows.map((row, i) => {
    const v = values[i];
    const y = top + i * ROW;
    const length = Number.isFinite(v) ? Math.abs(v) * scale : 0;
    const look = row.kept ? fill("moe") : `${fill("sixth")} fill-opacity="0.35"`;
    const bar = length > 0 ? rect(v < 0 ? zero - length : zero, y + 5, length, ROW - 10, `class="bar" ${look}`) : "";
    const text = words(
      Math.max(zero, zero + (Number.isFinite(v) ? v : 0) * scale) + 5,
      y + 16,
      digits(v, 3),
      `font-size="11" ${row.kept ? fill("ink") : muted}`,
    );
    return bar + text;
  });
  const line = `<path d="M${px(zero)},${top + 2}v${rows.length * ROW - 4}" ${stroke("muted")} stroke-opacity="0.6"/>`;
  return `<g class="step">${words(x, top - 9, space < 116 ? short : name, muted)}${line}${marks.join("")}</g>`;
}
