import { bigint, flag, number, readRows, text, type Columns } from "../rows/columns.js";
import { HtmlFigure } from "../figure.js";
import { bold, cell, shareBar, table } from "../table/markup.js";

/** One part of a model: what `partRows` of twinformer/account gives. */
export interface PartRow {
  readonly depth: number;
  readonly name: string;
  readonly shape: string;
  readonly sizes: string;
  readonly times: bigint;
  readonly activeTimes: bigint;
  readonly each: bigint;
  readonly total: bigint;
  readonly active: bigint;
  readonly buffer: boolean;
}

const COLUMNS: Columns<PartRow> = {
  depth: number,
  name: text,
  shape: text,
  sizes: text,
  times: bigint,
  activeTimes: bigint,
  each: bigint,
  total: bigint,
  active: bigint,
  buffer: flag,
};
const BAR = 48; // px of a part that holds everything

/** The component tree as a table: shapes, how many of each, total and active, and its share of the whole. Plain markup: an
 *  untrusted notebook shows all of it. */
export function partTable(rows: readonly PartRow[]): HtmlFigure {
  rows = readRows("partTable", rows, COLUMNS);
  const whole = Number(rows[0]?.total ?? 1n);
  const heads = ["part", "how many", "shape", "each", "total", "active", "share of total"];
  const numbers = new Set(["each", "total", "active"]);
  const head = heads.map((word) => cell("th", word, numbers.has(word)));
  return new HtmlFigure({
    name: "parts",
    description: `${grouped(rows[0]?.total ?? 0n)} parameters in ${rows.length} parts`,
    facts: { total: rows[0]?.total ?? 0n, parts: rows.length },
    html: () =>
      `<div class="twinformer-parts" style="overflow-x:auto">${table(
        head,
        rows.map((row) => line(row, whole)),
      )}</div>`,
  });
}

function line(row: PartRow, whole: number): string {
  const { depth, name, shape, sizes, times, activeTimes, each, total, active, buffer } = row;
  const strong = (words: string) => (depth === 0 || times > 1n ? bold(words) : words);
  const some = activeTimes === times ? "" : `, ${grouped(activeTimes)} active`;
  const counts = buffer ? ["", "not counted", ""] : [grouped(each), grouped(total), grouped(active)];
  return `<tr>${[
    cell("td", strong("\u2003".repeat(Math.min(Math.max(depth, 0), 40) || 0) + name)), // em spaces: no sanitizer takes them away
    cell("td", times === 1n ? "" : `× ${grouped(times)}${some}`),
    cell("td", shape ? `${product(shape)} = ${sizes}` : ""),
    ...counts.map((words) => cell("td", strong(words), true)),
    cell("td", buffer ? "" : shareBar(Number(total) / whole, BAR)),
  ].join("")}</tr>`;
}

const grouped = (value: bigint): string => value.toLocaleString("en");
const product = (shape: string): string => shape.replaceAll("*", "·");
