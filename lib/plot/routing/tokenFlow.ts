import { show } from "../../text/show.js";
import { percent } from "../../text/numbers.js";
import { type Accessors, amount, index, optional, readRows, text, type Columns } from "../rows/columns.js";
import { shorten, spread } from "../endLabels.js";
import { escapeHtml } from "../escape.js";
import { Figure } from "../figure.js";
import { expertsOf, Options, type FrameOptions } from "../options.js";
import { color, type ColorName } from "../palette.js";
import { below, fill, picture, px, rect, words } from "./svg.js";

/** How many tokens of one kind went to one expert of one layer. */
export interface FlowRow {
  /** 0 is the first; default 0. */
  readonly layer?: number;
  /** Kind of token, in the words of the reader. */
  readonly from: string;
  readonly expert: number;
  readonly count: number;
}

export interface TokenFlowOptions extends FrameOptions {
  /** E; default one more than the largest expert of the rows. An expert without tokens keeps its place. */
  readonly nExpert?: number;
  /** What stands at the right; default the expert's number. */
  readonly name?: (expert: number) => string;
}

const COLUMNS: Columns<FlowRow> = { expert: index, count: amount, from: text, layer: optional(index) };
const COLORS: readonly ColorName[] = ["dense", "moe", "third", "fourth", "fifth", "sixth"];
const NODE = 7; // px, width
const AIR = 5; // px between nodes

/** Who goes where: at the left of each layer the kinds of tokens, at the right its experts, a ribbon as thick as the number of tokens
 *  between them (a Sankey diagram of two columns). Equal pictures side by side: the layers agree; one node at the right: all tokens
 *  take one path. */
export function tokenFlow<T extends object>(
  rows: Iterable<T>,
  options: TokenFlowOptions & Accessors<FlowRow, T>,
): Figure;
export function tokenFlow(rows: Iterable<FlowRow>, options?: TokenFlowOptions): Figure;
export function tokenFlow(data: Iterable<object>, options: TokenFlowOptions = {}): Figure {
  const rows = readRows("tokenFlow", data, COLUMNS, options);
  const given = new Options("tokenFlow", options);
  const layers = [...new Set(rows.map((row) => row.layer ?? 0))].sort((a, b) => a - b);
  const kinds = [...new Set(rows.map((row) => row.from))];
  const experts = expertsOf(given, rows);
  const width = given.size("width", 680);
  const head = {
    title: given.text("title", "Which tokens go to which expert"),
    subtitle: given.text("subtitle", "left: kinds of tokens · right: experts · thickness: number of tokens"),
  };
  const top = below(head) + 22;
  const height = given.size("height", top + 260);
  const nameOf = options.name ?? String;
  if (typeof nameOf !== "function") throw new TypeError(`tokenFlow needs a function as name, got ${show(nameOf)}`);
  const name = (expert: number): string => {
    const given: unknown = nameOf(expert);
    return typeof given === "string" ? given : show(given);
  };
  const left = 8 + 7.2 * Math.max(...kinds.map((kind) => Math.min(kind.length, 12)), 0);
  const right = 8 + 6.6 * Math.max(0, ...Array.from({ length: experts }, (_, e) => name(e).length));
  const space = width / Math.max(layers.length, 1);
  const panels = layers.map((layer, l) => {
    const own = rows.filter((row) => (row.layer ?? 0) === layer);
    const box = {
      x: l * space + left,
      width: Math.min(space - left - right - 14, 340),
      y: top,
      height: height - top - 8,
    };
    const title = words(box.x, top - 10, `layer ${layer + 1}`, `font-weight="600" ${fill("ink")}`);
    return `<g class="layer">${title}${panel(own, kinds, experts, name, box)}</g>`;
  });
  return new Figure({
    name: "flow",
    width,
    height,
    markup: picture(width, height, head, panels.join("")),
    description: describe(head.title, rows, layers, kinds),
    facts: rows.filter((row) => (row.layer ?? 0) === layers[layers.length - 1]),
  });
}

interface Area {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Nodes of both sides in their fixed order, each as high as its tokens; ribbons in the same order at both ends, so that they cross
 *  as little as that order allows. */
function panel(
  rows: readonly FlowRow[],
  kinds: readonly string[],
  experts: number,
  name: (e: number) => string,
  box: Area,
): string {
  const count = (kind: string, expert: number) =>
    rows.filter((row) => row.from === kind && row.expert === expert).reduce((sum, row) => sum + row.count, 0);
  const flows = kinds.map((kind) => Array.from({ length: experts }, (_, e) => count(kind, e)));
  const total = flows.flat().reduce((a, b) => a + b, 0);
  const nodes = Math.max(kinds.length, experts, 1);
  const scale = total > 0 ? (box.height - (nodes - 1) * AIR) / total : 0;
  const sums = {
    left: flows.map((row) => row.reduce((a, b) => a + b, 0)),
    right: Array.from({ length: experts }, (_, e) => flows.reduce((sum, row) => sum + row[e], 0)),
  };
  const stacked = (sizes: readonly number[]) => {
    const free = (box.height - total * scale) / Math.max(sizes.length - 1, 1);
    const gap = sizes.length > 1 ? Math.min(free, 4 * AIR) : 0;
    let at = box.y + (box.height - total * scale - gap * (sizes.length - 1)) / 2;
    return sizes.map((size) => {
      const y = at;
      at += size * scale + gap;
      return y;
    });
  };
  const [leftY, rightY] = [stacked(sums.left), stacked(sums.right)];
  const [from, to] = [[...leftY], [...rightY]]; // where the next ribbon begins
  const [x0, x1] = [box.x + NODE, box.x + box.width - NODE];
  const ribbons = flows.flatMap((row, k) =>
    row.map((n, e) => {
      if (!(n > 0)) return "";
      const thick = n * scale;
      const [a, b] = [from[k] + thick / 2, to[e] + thick / 2];
      from[k] += thick;
      to[e] += thick;
      const middle = (x0 + x1) / 2;
      const look = `stroke-width="${px(Math.max(thick, 0.5))}" stroke="${ink(k)}"`;
      return `<path d="M${px(x0)},${px(a)}C${px(middle)},${px(a)} ${px(middle)},${px(b)} ${px(x1)},${px(b)}" ${look}>${tooltip(kinds[k], e, n, sums.left[k])}</path>`;
    }),
  );
  // Labels of thin nodes move apart.
  const middles = (tops: readonly number[], sizes: readonly number[]) =>
    spread(
      tops.map((y, i) => y + (sizes[i] * scale) / 2),
      12,
      box.y,
      box.y + box.height,
    );
  const [leftMiddle, rightMiddle] = [middles(leftY, sums.left), middles(rightY, sums.right)];
  const lefts = kinds.map((kind, k) => {
    const label = words(
      box.x - 6,
      leftMiddle[k] + 4,
      shorten(kind, 12),
      `font-size="11" text-anchor="end" ${fill("ink")}`,
    );
    return (
      rect(box.x, leftY[k], NODE, sums.left[k] * scale, `class="kind" fill="${ink(k)}"`) +
      (sums.left[k] > 0 ? label : "")
    );
  });
  const rights = sums.right.map((n, e) => {
    const look = `font-size="11" ${n > 0 ? fill("ink") : fill("alarm")}`;
    return (
      rect(x1, rightY[e], NODE, n * scale, `class="expert" ${fill("muted")}`) +
      words(x1 + NODE + 5, rightMiddle[e] + 4, name(e), look)
    );
  });
  return `<g class="ribbons" fill="none" stroke-opacity="0.5">${ribbons.join("")}</g>${lefts.join("")}${rights.join("")}`;
}

const ink = (kind: number): string => color(COLORS[Math.min(kind, COLORS.length - 1)]);

const tooltip = (kind: string, expert: number, count: number, of: number): string =>
  `<title>${escapeHtml(`${kind} → expert ${expert}: ${count} (${percent(count / of)} of them)`)}</title>`;

function describe(
  title: string,
  rows: readonly FlowRow[],
  layers: readonly number[],
  kinds: readonly string[],
): string {
  if (rows.length === 0) return `${title}: no tokens.`;
  const parts = layers.map((layer) => {
    const own = rows.filter((row) => (row.layer ?? 0) === layer);
    const favorite = kinds.map((kind) => {
      const sums = new Map<number, number>();
      for (const { from, expert, count } of own) if (from === kind) sums.set(expert, (sums.get(expert) ?? 0) + count);
      const [best] = [...sums].filter(([, count]) => count > 0).sort(([, a], [, b]) => b - a);
      return best ? `${kind} most often to ${best[0]}` : "";
    });
    return `layer ${layer + 1}: ${favorite.filter(Boolean).join(", ") || "no tokens"}`;
  });
  return `${title}; ${parts.join("; ")}.`;
}
