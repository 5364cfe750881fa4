import * as Plot from "@observablehq/plot";
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
import { draw, head } from "../frame.js";
import { headHeight, Options, type FrameOptions } from "../options.js";
import { color, type ColorName, SERIES } from "../palette.js";
import { BAR, colorKey, endWords, keyHeight, type Piece, pieces, widthOf } from "./bars.js";
import { inBytes } from "../../text/numbers.js";

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
  const title = given.text("title", "What lies in memory");
  const subtitle = given.text("subtitle", "decimal units: 1 GB is 10⁹ bytes");
  const references = readRows("memoryBars with references", options.references ?? [], { value: number, label: text });
  const names = [...new Set(rows.map(({ by }) => by))];
  const whats = [...new Set(rows.map(({ what }) => what ?? "weights"))];
  const tint = (what: string): ColorName => SERIES[whats.indexOf(what)] ?? "muted";
  const sums = names.map((bar) => ({
    bar,
    bytes: rows.filter((row) => row.by === bar).reduce((sum, row) => sum + row.bytes, 0),
  }));

  const marginTop = headHeight(title, subtitle, width) + (references.length > 0 ? 24 : 10);
  const top = (bar: string): number => marginTop + 4 + names.indexOf(bar) * (BAR + 8);
  const all: Piece[] = names.flatMap((bar) => {
    let x = 0;
    return rows
      .filter((row) => row.by === bar)
      .map(({ what = "weights", bytes }) => ({
        y: top(bar),
        name: what,
        x1: x,
        x2: (x += bytes),
        color: tint(what),
        title: `${what}, ${inBytes(bytes)}`,
        inside: whats.length > 1 ? [what] : [],
      }));
  });
  const key = whats.length > 1 ? keyHeight(whats, width - 4) : 0;
  const height = marginTop + names.length * (BAR + 8) + key + 8;
  const marginLeft = 16 + Math.max(20, ...names.map(widthOf));
  const largest = Math.max(1, ...sums.map(({ bytes }) => bytes), ...references.map(({ value }) => value));
  const markup = draw({
    width,
    height,
    marginTop,
    marginBottom: key + 4,
    marginLeft,
    marginRight: 76,
    x: { domain: [0, largest], axis: null },
    y: { type: "identity", axis: null },
    marks: [
      ...references.map(({ value }) =>
        Plot.ruleX([value], { stroke: color("muted"), strokeDasharray: "3,3", insetTop: -2 }),
      ),
      Plot.text(references, {
        x: "value",
        text: "label",
        frameAnchor: "top",
        dy: -14,
        fill: color("muted"),
        fontSize: 11,
      }),
      pieces(all),
      Plot.text(names, {
        x: 0,
        y: (bar: string) => top(bar) + BAR / 2,
        text: (bar: string) => bar,
        dx: -8,
        textAnchor: "end",
        fill: color("ink"),
      }),
      endWords(sums.map(({ bar, bytes }) => ({ y: top(bar), x: bytes, value: inBytes(bytes) }))),
      ...(key > 0
        ? [
            colorKey(
              whats.map((name) => ({ name, color: tint(name) })),
              2,
            ),
          ]
        : []),
      head(title, subtitle, width),
    ],
  });
  return new Figure({
    name: "memory",
    width,
    height,
    markup,
    description: `${title}: ${sums.map(({ bar, bytes }) => `${bar} ${inBytes(bytes)}`).join("; ") || "nothing"}.`,
    facts: Object.fromEntries(sums.map(({ bar, bytes }) => [bar, bytes])),
  });
}
