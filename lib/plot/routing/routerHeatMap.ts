import { range, rollup } from "d3";
import { grouped, percent } from "../../text/numbers.js";
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
import { Figure } from "../figure.js";
import { type ColorKey, colorKey, keyPlace } from "../marks/colorKey.js";
import { Options, type FrameOptions, shorten } from "../options.js";
import { largestOf, listed, someOf, spreadOver } from "../rows/few.js";
import { below, fill, muted, nothing, picture, px, rect, stroke, words } from "../marks/svg.js";
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

export interface RouterHeatMapOptions extends FrameOptions {
  /** K: how many experts every row chose; null where tokens have different numbers (top-p, experts that choose, dropped tokens).
   *  Default as many as the first row. */
  readonly topK?: number | null;
}

const COLUMNS: Columns<Read> = { token: text, probs: probabilities, chosen: numbers, layer: optional(index) };
const MOST = { tokens: 56, experts: 32, layers: 6 };
const TOOLTIPS = 1_200; // cells that have one each
const LEVELS = 12; // tints on each side, where there are more cells
const SAID = 8; // layers
const CELL = 14; // px, height
const SWATCHES = 20;
const LEFT = 74;

/** What the router says: one column a token, one row an expert; orange where the probability is above the fair share 1/E, blue where
 *  it is below, stronger the farther from it; the experts that the token is sent to are framed. One block a layer, tokens in the
 *  order of the rows. A router that knows nothing is a blank sheet. */
export function routerHeatMap<T extends object>(
  rows: Iterable<T>,
  options: RouterHeatMapOptions & Accessors<RouterRow, T>,
): Figure;
export function routerHeatMap(rows: Iterable<RouterRow>, options?: RouterHeatMapOptions): Figure;
export function routerHeatMap(data: Iterable<object>, options: RouterHeatMapOptions = {}): Figure {
  const rows = readRows("routerHeatMap", data, COLUMNS, options);
  const given = new Options("routerHeatMap", options);
  const topK = options.topK === null ? null : (given.count("topK") ?? rows[0]?.chosen.length ?? 0);
  const layers = byLayer(rows, topK);
  const nExpert = rows[0]?.probs.length ?? 0;
  const times = rollup(
    rows.flatMap(({ chosen }) => chosen),
    (all) => all.length,
    (e) => e,
  );
  const shownExperts = largestOf(range(nExpert), MOST.experts, (e) => times.get(e) ?? 0);
  const shownLayers = spreadOver(layers, MOST.layers);
  const experts = shownExperts.length;
  const tokens = layers[0]?.[1].map((row) => row.token) ?? [];
  const width = given.size("width", 680);
  const shown = Math.min(tokens.length, MOST.tokens, Math.max(4, Math.floor((width - LEFT) / 13)));
  const head = given.head(
    finding(layers, nExpert),
    "a column is a token, a row an expert · color: probability · framed: where it goes",
    [
      tokens.length > shown ? `the first ${shown} of ${grouped(tokens.length)} tokens` : "",
      someOf(experts, nExpert, "experts", "the most chosen"),
      someOf(shownLayers.length, layers.length, "layers"),
    ],
  );
  const column = Math.floor(Math.min(24, (width - LEFT - 4) / Math.max(shown, 1)) * 2) / 2;
  const labels = tokens.slice(0, shown).map((token) => shorten(visible(token), 10));
  const upright = column < 16 || labels.some((label) => label.length > 2); // words stand on end
  const labelHeight = upright ? 8 + 7 * Math.max(...labels.map((label) => label.length)) : 18;
  const block = experts * CELL + 12;
  const apart = (p: number) => (Number.isFinite(p) ? Math.abs(p - 1 / nExpert) : 0);
  const reach = rows.reduce((most, { probs }) => probs.reduce((far, p) => Math.max(far, apart(p)), most), 0);
  const key = reach > 0 && head.title ? keyOf(nExpert, reach) : undefined;
  const place = key && keyPlace(key, head, width);
  const top = below(head, width) + 10 + labelHeight + (place?.height ?? 0);
  const height = given.size("height", Math.max(120, top + shownLayers.length * block + 8));
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
  const isMany = shownLayers.length * experts * shown > TOOLTIPS;
  const blocks = shownLayers.map(([layer, group], l) => {
    const y = top + l * block;
    const name = words(0, y + (experts * CELL) / 2 + 4, `layer ${layer + 1}`, `font-weight="600" ${fill("ink")}`);
    const numbers = shownExperts.map((e, i) =>
      words(LEFT - 6, y + i * CELL + 11, String(e), `font-size="11" text-anchor="end" ${muted}`),
    );
    const frame = rect(LEFT - 0.5, y - 0.5, shown * column + 1, experts * CELL + 1, `fill="none" ${stroke("grid")}`);
    return (
      name +
      numbers.join("") +
      frame +
      (isMany
        ? strokes(group.slice(0, shown), { x, y, column, experts: shownExperts, reach })
        : group
            .slice(0, shown)
            .map((row, t) => cells(row, { x: x(t), y, column, experts: shownExperts, reach }))
            .join(""))
    );
  });
  const body = heading.join("") + blocks.join("") + (key && place ? key.at(place.x, place.y) : "");
  return new Figure({
    name: "router",
    width,
    height,
    markup: picture(width, height, head, rows.length > 0 ? body : nothing(head, width, height)),
    description: describe(head.title, layers, nExpert),
    facts: factsOf(layers).slice(0, SAID),
  });
}

interface Place<X> {
  readonly x: X;
  readonly y: number;
  /** Width of a cell. */
  readonly column: number;
  /** The experts that are drawn, from above. */
  readonly experts: readonly number[];
  /** Distance from the fair share that gets the full color. */
  readonly reach: number;
}

/** From -1 (far below the fair share) to 1. */
const apartOf = (p: number, nExpert: number, reach: number): number =>
  Number.isFinite(p) && reach > 0 ? Math.max(-1, Math.min(1, (p - 1 / nExpert) / reach)) : 0;

/** Many cells: a path for each of a few tints, without tooltips. */
function strokes(rows: readonly Read[], { x, y, column, experts, reach }: Place<(token: number) => number>): string {
  const paths = new Map<number, string>();
  const frames: string[] = [];
  rows.forEach(({ probs, chosen }, t) => {
    experts.forEach((e, i) => {
      const p = probs[e];
      const tint = Number.isFinite(p) ? Math.round(apartOf(p, probs.length, reach) * LEVELS) : NaN;
      if (tint === 0) return;
      paths.set(tint, `${paths.get(tint) ?? ""}M${px(x(t))},${px(y + i * CELL + CELL / 2)}h${px(column)}`);
    });
    for (const e of chosen) {
      const i = experts.indexOf(e);
      if (i >= 0)
        frames.push(`M${px(x(t) + 1)},${px(y + i * CELL + 1)}h${px(column - 2)}v${CELL - 2}h${px(2 - column)}z`);
    }
  });
  const drawn = [...paths].map(([tint, d]) => {
    const look = Number.isNaN(tint)
      ? `class="not" ${stroke("alarm")} stroke-opacity="0.4"`
      : `${stroke(tint < 0 ? "dense" : "moe")} stroke-opacity="${px(Math.abs(tint) / LEVELS)}"`;
    return `<path d="${d}" ${look}/>`;
  });
  const chosen = `<path class="chosen" d="${frames.join("")}" fill="none" ${stroke("ink")} stroke-width="1.4"/>`;
  return `<g stroke-width="${CELL}">${drawn.join("")}</g>${chosen}`;
}

function cells({ token, probs, chosen }: Read, { x, y, column, experts, reach }: Place<number>): string {
  const tints = experts.map((e, i) => {
    const p = probs[e];
    const apart = apartOf(p, probs.length, reach);
    const look = Number.isFinite(p)
      ? `${fill(apart < 0 ? "dense" : "moe")} fill-opacity="${px(Math.abs(apart))}"`
      : `class="not" ${fill("alarm")} fill-opacity="0.4"`;
    const tooltip = `${visible(token)} → expert ${e}: ${Number.isFinite(p) ? percent(p) : String(p)}`;
    return rect(x, y + i * CELL, column, CELL, look, tooltip);
  });
  const frames = chosen
    .filter((e) => experts.includes(e))
    .map((e) =>
      rect(
        x + 1,
        y + experts.indexOf(e) * CELL + 1,
        column - 2,
        CELL - 2,
        `class="chosen" fill="none" ${stroke("ink")} stroke-width="1.4"`,
      ),
    );
  return `<g class="cells">${tints.join("")}</g><g pointer-events="none">${frames.join("")}</g>`;
}

/** From the lowest to the highest probability that there is a color for. */
function keyOf(nExpert: number, reach: number): ColorKey {
  const fair = 1 / nExpert;
  const [from, to] = [-Math.min(fair, reach), Math.min(1 - fair, reach)];
  return colorKey({
    strengths: Array.from({ length: SWATCHES }, (_, i) => (from + ((to - from) * (i + 0.5)) / SWATCHES) / reach),
    low: percent(fair + from),
    high: percent(fair + to),
    middle: { text: `fair ${percent(fair)}`, at: -from / (to - from) },
  });
}

function byLayer(rows: readonly Read[], topK: number | null): [number, Read[]][] {
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
    if (topK !== null && chosen.length !== topK)
      throw new RangeError(
        `routerHeatMap needs ${topK} chosen experts in each row, row ${i} has [${clip(chosen.join(", "), 40)}]; topK: null allows different numbers`,
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

const factsOf = (layers: readonly [number, Read[]][]) =>
  layers.map(([layer, group]) => ({
    layer,
    tokens: group.length,
    experts: group[0].probs.length,
    choices: group.reduce((sum, { chosen }) => sum + chosen.length, 0),
    used: new Set(group.flatMap(({ chosen }) => chosen)).size,
    broken: group.filter(({ probs }) => !probs.every(Number.isFinite)).length,
  }));

/** "The tokens go to 3 of 4 experts", of several layers from the fewest to the most. */
function finding(layers: readonly [number, Read[]][], nExpert: number): string {
  const used = factsOf(layers).map((layer) => layer.used);
  if (used.length === 0) return "What the router says";
  const [least, most] = [Math.min(...used), Math.max(...used)];
  const range = least === most ? String(least) : `${least} to ${most}`;
  const which = least === nExpert ? `all ${nExpert}` : `${range} of ${nExpert}`;
  return `The tokens go to ${which} experts${layers.length > 1 ? " in each layer" : ""}`;
}

function describe(title: string, layers: readonly [number, Read[]][], experts: number): string {
  if (layers.length === 0) return `${title}: no tokens.`;
  const said = ({ layer, tokens, used, broken }: ReturnType<typeof factsOf>[number]): string => {
    const note = broken > 0 ? `, ${broken} with probabilities that are not a number (red)` : "";
    return `layer ${layer + 1}: ${tokens} tokens go to ${used} of ${experts} experts${note}`;
  };
  return `${title}; ${listed(factsOf(layers), said, SAID)}.`;
}
