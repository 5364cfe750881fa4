import { escapeHtml } from "../escape.js";

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

/** Something that a notebook can show. */
export interface Markup {
  readonly name: string;
  readonly description: string;
  html(): string;
}

const BAR = 48; // px of a part that holds everything

/** The component tree as a table: shapes, how many of each, total and active, and its share of the whole. Plain markup: an
 *  untrusted notebook shows all of it. */
export function partTable(rows: readonly PartRow[]): Markup {
  const whole = Number(rows[0]?.total ?? 1n);
  const heads = ["part", "how many", "shape", "each", "total", "active", "share of total"];
  const numbers = new Set(["each", "total", "active"]);
  const head = heads.map((word) => cell("th", word, numbers.has(word))).join("");
  const description = `${grouped(rows[0]?.total ?? 0n)} parameters in ${rows.length} parts`;
  return {
    name: "parts",
    description,
    html: () =>
      `<div class="twinformer-parts" style="overflow-x:auto"><table style="border-collapse:collapse;font-size:12px;margin:4px 0">` +
      `<thead><tr>${head}</tr></thead><tbody>${rows.map((row) => line(row, whole)).join("")}</tbody></table></div>`,
  };
}

function line(row: PartRow, whole: number): string {
  const { depth, name, shape, sizes, times, activeTimes, each, total, active, buffer } = row;
  const bold = (text: string): string => (depth === 0 || times > 1n ? `<b>${text}</b>` : text);
  const many =
    times === 1n
      ? ""
      : activeTimes === times
        ? `× ${grouped(times)}`
        : `× ${grouped(times)}, ${grouped(activeTimes)} active`;
  const counts = buffer ? ["", "not counted", ""] : [grouped(each), grouped(total), grouped(active)];
  return `<tr>${[
    cell("td", bold("\u2003".repeat(depth) + escapeHtml(name))), // em spaces: no sanitizer takes them away
    cell("td", many),
    cell("td", shape ? `${escapeHtml(product(shape))} = ${escapeHtml(sizes)}` : ""),
    ...counts.map((text) => cell("td", bold(text), true)),
    cell("td", buffer ? "" : share(Number(total) / whole)),
  ].join("")}</tr>`;
}

const grouped = (value: bigint): string => value.toLocaleString("en");
const product = (shape: string): string => shape.replaceAll("*", "·");

function share(part: number): string {
  if (!Number.isFinite(part)) return "";
  const bar = `display:inline-block;height:8px;margin-right:6px;width:${Math.max(1, Math.round(part * BAR))}px;background-color:#3f8fc4`;
  return `<span style="${bar}"></span>${part > 0 && part < 0.001 ? "&lt; 0.1 %" : `${Number((part * 100).toFixed(1))} %`}`;
}

/** JupyterLab would set numbers and words alike flush right, and break shapes into several lines. */
function cell(tag: "th" | "td", content: string, right = false): string {
  const side = right ? "right" : "left";
  return `<${tag} align="${side}" style="text-align:${side};padding:2px 12px 2px 2px;white-space:nowrap">${content}</${tag}>`;
}
