import { percent } from "../../text/numbers.js";
import { clip, show } from "../../text/show.js";
import {
  type Accessors,
  type Columns,
  index,
  numbers,
  optional,
  probabilities,
  readRows,
  text,
} from "../rows/columns.js";
import { shorten } from "../endLabels.js";
import { Figure } from "../figure.js";
import { noted, Options, type FrameOptions } from "../options.js";
import { below, fill, muted, picture, px, rect, stroke, words } from "./svg.js";
import { visible } from "./token.js";

/** One token in one layer. */
export interface RouterRow {
  readonly token: string;
  /** 0 is the first; default 0. Layers stand below one another. */
  readonly layer?: number;
  /** [E] probability of each expert. */
  readonly probs: ArrayLike<number>;
  /** The experts that it is sent to. */
  readonly chosen: ArrayLike<number>;
}

interface Read extends RouterRow {
  readonly probs: readonly number[];
  readonly chosen: readonly number[];
}

const COLUMNS: Columns<Read> = { token: text, probs: probabilities, chosen: numbers, layer: optional(index) };
const MOST = 56; // tokens in one line
const CELL = 14; // px, height
const SWATCHES = 20;
const LEFT = 74;

/** What the router says: one column a token, one row an expert; orange where the probability is above the fair share 1/E, blue where
 *  it is below, stronger the farther from it; the experts that the token is sent to are framed. One block a layer, tokens in the
 *  order of the rows. A router that knows nothing is a blank sheet. */
export function routerHeatMap<T extends object>(
  rows: Iterable<T>,
  options: FrameOptions & Accessors<RouterRow, T>,
): Figure;
export function routerHeatMap(rows: Iterable<RouterRow>, options?: FrameOptions): Figure;
export function routerHeatMap(data: Iterable<object>, options: FrameOptions = {}): Figure {
  const rows = readRows("routerHeatMap", data, COLUMNS, options);
  const given = new Options("routerHeatMap", options);
  const layers = byLayer(rows);
  const experts = rows[0]?.probs.length ?? 0;
  const tokens = layers[0]?.[1].map((row) => row.token) ?? [];
  const shown = Math.min(tokens.length, MOST);
  const width = given.size("width", 680);
  const head = {
    title: given.text("title", "What the router says"),
    subtitle: noted(
      given.text("subtitle", "a column is a token, a row an expert · color: probability · framed: where it goes"),
      tokens.length > shown ? `the first ${shown} of ${tokens.length} tokens` : "",
    ),
  };
  const column = Math.floor(Math.min(24, (width - LEFT - 4) / Math.max(shown, 1)) * 2) / 2;
  const labels = tokens.slice(0, shown).map((token) => shorten(visible(token), 10));
  const upright = labels.some((label) => label.length > 2); // words stand on end
  const labelHeight = upright ? 8 + 7 * Math.max(...labels.map((label) => label.length)) : 18;
  const block = experts * CELL + 12;
  const top = below(head, width) + 10 + labelHeight;
  const height = given.size("height", Math.max(120, top + layers.length * block + 8));

  const apart = (p: number) => (Number.isFinite(p) ? Math.abs(p - 1 / experts) : 0);
  const reach = rows.reduce((most, { probs }) => probs.reduce((far, p) => Math.max(far, apart(p)), most), 0);
  const x = (token: number) => LEFT + token * column;
  const heading = labels.map((label, t) => {
    const [left, base] = [x(t) + column / 2, top - 6];
    const turn = upright
      ? `transform="rotate(-90 ${px(left + 4)} ${px(base)})" text-anchor="start"`
      : `text-anchor="middle"`;
    return words(
      upright ? left + 4 : left,
      base,
      label,
      `font-family="ui-monospace, monospace" ${turn} ${fill("ink")}`,
    );
  });
  const blocks = layers.map(([layer, group], l) => {
    const y = top + l * block;
    const name = words(0, y + (experts * CELL) / 2 + 4, `layer ${layer + 1}`, `font-weight="600" ${fill("ink")}`);
    const numbers = Array.from({ length: experts }, (_, e) =>
      words(LEFT - 6, y + e * CELL + 11, String(e), `font-size="10" text-anchor="end" ${muted}`),
    );
    const frame = rect(LEFT - 0.5, y - 0.5, shown * column + 1, experts * CELL + 1, `fill="none" ${stroke("grid")}`);
    return (
      name +
      numbers.join("") +
      frame +
      group
        .slice(0, shown)
        .map((row, t) => cells(row, x(t), y, column, reach))
        .join("")
    );
  });
  const body = heading.join("") + blocks.join("") + (reach > 0 && head.title ? key(width, 1 / experts, reach) : "");
  return new Figure({
    name: "router",
    width,
    height,
    markup: picture(width, height, head, body),
    description: describe(head.title, layers, experts),
    facts: rows[rows.length - 1] ?? null,
  });
}

/** @param reach distance from the fair share that gets the full color */
function cells({ token, probs, chosen }: Read, x: number, y: number, column: number, reach: number): string {
  const tints = probs.map((p, e) => {
    const apart = Number.isFinite(p) && reach > 0 ? Math.max(-1, Math.min(1, (p - 1 / probs.length) / reach)) : 0;
    const look = Number.isFinite(p)
      ? `${fill(apart < 0 ? "dense" : "moe")} fill-opacity="${px(Math.abs(apart))}"`
      : `class="not" ${fill("alarm")} fill-opacity="0.4"`;
    const tooltip = `${visible(token)} → expert ${e}: ${Number.isFinite(p) ? percent(p) : String(p)}`;
    return rect(x, y + e * CELL, column, CELL, look, tooltip);
  });
  const frames = chosen.map((e) =>
    rect(
      x + 1,
      y + e * CELL + 1,
      column - 2,
      CELL - 2,
      `class="chosen" fill="none" ${stroke("ink")} stroke-width="1.4"`,
    ),
  );
  return `<g class="cells">${tints.join("")}</g><g pointer-events="none">${frames.join("")}</g>`;
}

/** The color key at the top right: from the lowest to the highest probability that there is a color for. */
function key(width: number, fair: number, reach: number): string {
  const [from, to] = [-Math.min(fair, reach), Math.min(1 - fair, reach)];
  const left = width - 48 - SWATCHES * 5; // room for "38.9 %"
  const swatches = Array.from({ length: SWATCHES }, (_, i) => {
    const apart = (from + ((to - from) * (i + 0.5)) / SWATCHES) / reach;
    return rect(left + i * 5, 5, 5, 11, `${fill(apart < 0 ? "dense" : "moe")} fill-opacity="${px(Math.abs(apart))}"`);
  });
  const small = `font-size="11" ${muted}`;
  const label = (x: number, y: number, share: number, anchor: string, word = "") =>
    words(x, y, `${word}${percent(share)}`, `text-anchor="${anchor}" ${small}`);
  const even = left + (SWATCHES * 5 * -from) / (to - from);
  return (
    `<g class="key">${swatches.join("")}</g>${label(left - 6, 15, fair + from, "end")}` +
    `${label(left + SWATCHES * 5 + 6, 15, fair + to, "start")}${label(even, 29, fair, "middle", "fair ")}`
  );
}

function byLayer(rows: readonly Read[]): [number, Read[]][] {
  const layers = new Map<number, Read[]>();
  rows.forEach((row, i) => {
    const { token, probs, chosen, layer = 0 } = row;
    if (probs.length !== rows[0].probs.length || probs.length === 0)
      throw new TypeError(
        `routerHeatMap needs rows with a text 'token' and equally long lists 'probs', row ${i} has token ${show(token)} and probs [${clip(probs.join(", "), 40)}]`,
      );
    const wrong = chosen.find((e) => !(Number.isInteger(e) && e >= 0 && e < probs.length));
    if (wrong !== undefined)
      throw new RangeError(
        `routerHeatMap: row ${i} chose expert ${wrong} of ${probs.length}, which are 0 to ${probs.length - 1}`,
      );
    const group = layers.get(layer);
    if (group) group.push(row);
    else layers.set(layer, [row]);
  });
  const [first, ...others] = [...layers].sort(([a], [b]) => a - b);
  for (const [layer, group] of others) {
    const t = group.findIndex(({ token }, at) => token !== first[1][at]?.token);
    if (t >= 0 || group.length !== first[1].length)
      throw new RangeError(
        `routerHeatMap needs the same tokens in each layer, layer ${layer} has ${t < 0 ? `${group.length} tokens` : show(group[t].token)} where layer ${first[0]} has ${t < 0 ? first[1].length : show(first[1][t]?.token)}`,
      );
  }
  return first ? [first, ...others] : [];
}

function describe(title: string, layers: readonly [number, Read[]][], experts: number): string {
  if (layers.length === 0) return `${title}: no tokens.`;
  const parts = layers.map(([layer, group]) => {
    const used = new Set(group.flatMap(({ chosen }) => chosen)).size;
    const broken = group.filter(({ probs }) => !probs.every(Number.isFinite)).length;
    const note = broken > 0 ? `, ${broken} with probabilities that are not a number (red)` : "";
    return `layer ${layer + 1}: ${group.length} tokens go to ${used} of ${experts} experts${note}`;
  });
  return `${title}; ${parts.join("; ")}.`;
}
