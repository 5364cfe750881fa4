import * as Plot from "@observablehq/plot";
import { group, maxIndex, minIndex, sum } from "d3";
import {
  type Accessors,
  amount,
  type Columns,
  label,
  number,
  optional,
  type Read,
  readRows,
  text,
} from "../rows/columns.js";
import { Figure } from "../figure.js";
import { draw, headMarks, waiting } from "../frame.js";
import { legend } from "../marks/legend.js";
import { headHeight, Options, type FrameOptions, shorten } from "../options.js";
import { alike, largestOf, listed, someOf } from "../rows/few.js";
import { color, type ColorName, SERIES } from "../palette.js";
import { BAR, endWords, type Piece, pieces, widthOf } from "./bars.js";
import { inBytes } from "../../text/numbers.js";
import { capital } from "../../text/show.js";

/** Bytes of one thing that lies in memory. */
export interface MemoryBarsRow {
  /** Rows of one name make one bar: "LoRA", "bfloat16". */
  readonly by: string | number;
  /** "weights", "gradients", ...; default "weights". */
  readonly what?: string;
  readonly bytes: number;
}

export interface MemoryBarsOptions extends Omit<FrameOptions, "height"> {
  /** Vertical lines to compare with, such as { value: 80e9, label: "one card of 80 GB" }. */
  readonly references?: readonly { readonly value: number; readonly label: string }[];
}

const MOST = 24; // bars
const COLUMNS: Columns<Read<MemoryBarsRow>> = { bytes: amount, by: label, what: optional(text) };

/** Bars of bytes, decimal units, each from its pieces; the sum stands at the end. */
export function memoryBars<T extends object>(
  rows: Iterable<T>,
  options: MemoryBarsOptions & Accessors<MemoryBarsRow, T>,
): Figure;
export function memoryBars(rows: Iterable<MemoryBarsRow>, options?: MemoryBarsOptions): Figure;
export function memoryBars(data: Iterable<object>, options: MemoryBarsOptions = {}): Figure {
  const rows = readRows("memoryBars", data, COLUMNS, options);
  const given = new Options("memoryBars", options);
  const width = given.size("width", 680);
  const references = readRows("memoryBars with references", options.references ?? [], { value: number, label: text });
  const groups = [...group(rows, ({ by }) => by)].map(([bar, own]) => ({
    bar,
    own,
    bytes: sum(own, (row) => row.bytes),
  }));
  const sums = largestOf(groups, MOST, ({ bytes }) => bytes);
  const head = given.head(
    finding(groups),
    "decimal units: 1 GB is 10⁹ bytes",
    someOf(sums.length, groups.length, "bars", "the largest"),
  );
  const names = sums.map(({ bar }) => bar);
  const whats = [...new Set(sums.flatMap(({ own }) => own.map(({ what = "weights" }) => what)))];
  const tint = (what: string): ColorName => SERIES[whats.indexOf(what)] ?? "muted";

  const marginTop = headHeight(head, width) + (references.length > 0 ? 24 : 10);
  const top = (bar: string): number => marginTop + 4 + names.indexOf(bar) * (BAR + 8);
  const all: Piece[] = sums.flatMap(({ bar, own }) => {
    let x = 0;
    return own.map(({ what = "weights", bytes }) => ({
      y: top(bar),
      name: what,
      x1: x,
      x2: (x += bytes),
      color: tint(what),
      title: `${what}, ${inBytes(bytes)}`,
      inside: whats.length > 1 ? [what] : [],
    }));
  });
  const entries = [
    ...whats.slice(0, SERIES.length).map((what) => ({ name: what, color: tint(what) })),
    ...(whats.length > SERIES.length
      ? [{ name: `${whats.length - SERIES.length} more`, color: "muted" as const }]
      : []),
  ];
  const key = legend(whats.length > 1 ? entries : [], width);
  const height = marginTop + Math.max(names.length, 1) * (BAR + 8) + key.height + (key.height > 0 ? 16 : 8);
  const marginLeft = 16 + Math.min(Math.max(20, ...names.map(widthOf)), width * 0.4);
  const room = (marginLeft - 16) / widthOf("m"); // letters
  const largest = Math.max(1, ...sums.map(({ bytes }) => bytes), ...references.map(({ value }) => value));
  const markup = draw(
    {
      width,
      height,
      marginTop,
      marginBottom: key.height + 4,
      marginLeft,
      marginRight: 76,
      x: { domain: [0, largest], axis: null },
      y: { type: "identity", axis: null },
      marks: [
        Plot.text(references, {
          x: "value",
          text: "label",
          frameAnchor: "top",
          dy: -14,
          fill: color("muted"),
          fontSize: 11,
        }),
        pieces(all),
        ...references.map(({ value }) =>
          Plot.ruleX([value], { stroke: color("ink"), strokeDasharray: "3,3", insetTop: -2 }),
        ),
        Plot.text(names, {
          x: 0,
          y: (bar: string) => top(bar) + BAR / 2,
          text: (bar: string) => shorten(bar, room),
          dx: -8,
          textAnchor: "end",
          fill: color("ink"),
        }),
        endWords(sums.map(({ bar, bytes }) => ({ y: top(bar), x: bytes, value: inBytes(bytes) }))),
        ...(rows.length === 0 ? [waiting("no rows yet")] : []),
        headMarks(head, width),
      ],
    },
    key.at(height - key.height - 4),
  );
  return new Figure({
    name: "memory",
    width,
    height,
    markup,
    description: `${head.title}: ${listed(sums, ({ bar, bytes }) => `${bar} ${inBytes(bytes)}`, 12) || "nothing"}.`,
    facts: Object.fromEntries(sums.map(({ bar, bytes }) => [bar, bytes])),
  });
}

/** "full takes 82.6 GB, LoRA 14.2 GB": the most and the least. */
function finding(bars: readonly { readonly bar: string; readonly bytes: number }[]): string {
  if (bars.length === 0) return "What lies in memory";
  const [most, least] = [maxIndex(bars, ({ bytes }) => bytes), minIndex(bars, ({ bytes }) => bytes)].map(
    (i) => bars[i],
  );
  if (bars.length > 1 && inBytes(most.bytes) === inBytes(least.bytes))
    return `${capital(alike(bars.map(({ bar }) => bar)))} take ${inBytes(most.bytes)}`;
  const first = `${most.bar} takes ${inBytes(most.bytes)}`;
  return most === least ? first : `${first}, ${least.bar} ${inBytes(least.bytes)}`;
}
