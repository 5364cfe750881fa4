import { group, max, rollup, sum } from "d3";
import { percent } from "../../text/numbers.js";
import { show } from "../../text/show.js";
import { spread } from "../marks/endLabels.js";
import { escapeHtml } from "../escape.js";
import { Figure } from "../figure.js";
import { LETTER, expertsOf, Options, type FrameOptions, shorten } from "../options.js";
import { color, SERIES } from "../palette.js";
import { type Accessors, amount, type Columns, either, index, optional, readRows, text } from "../rows/columns.js";
import { spreadOver } from "../rows/few.js";
import { favoritesOf, finding } from "./flowWords.js";
import { type Area, flowLayout, type FlowLink, type FlowNode, NODE_WIDTH, type PlacedNode } from "./flowLayout.js";
import { below, fill, muted, nothing, picture, rect, words } from "../marks/svg.js";

/** How many tokens went from one place to one expert of one layer. */
export interface FlowRow {
  /** 0 is the first; default 0. */
  readonly layer?: number;
  /** Kind of token, in the words of the reader; or the expert that it had in the layer before. */
  readonly from: string | number;
  readonly expert: number;
  readonly count: number;
}

export interface TokenFlowOptions extends FrameOptions {
  /** E; default one more than the largest expert of the rows. An expert without tokens keeps its place. */
  readonly nExpert?: number;
  /** Experts of a layer, and kinds of tokens, that are drawn one by one: those with the most tokens. The rest is one node. Default 12. */
  readonly most?: number;
  /** What stands beside an expert; default its number. */
  readonly name?: (expert: number) => string;
}

const COLUMNS: Columns<FlowRow> = {
  expert: index,
  count: amount,
  from: either(text, index),
  layer: optional(index),
};
const LABEL = 13; // px, height
const HEADING = 22;
const PANEL = 170; // px, the narrowest
const LAYERS = 16; // panels

/** Who goes where: at the left the kinds of tokens, at the right the experts of a layer, a ribbon as thick as the number of tokens
 *  between them (a Sankey diagram), a panel a layer. Equal panels: the layers agree; one node at the right: all tokens take one path.
 *  Rows that come `from` an expert (a number) make one flow of all layers, from left to right. */
export function tokenFlow<T extends object>(
  rows: Iterable<T>,
  options: TokenFlowOptions & Accessors<FlowRow, T>,
): Figure;
export function tokenFlow(rows: Iterable<FlowRow>, options?: TokenFlowOptions): Figure;
export function tokenFlow(data: Iterable<object>, options: TokenFlowOptions = {}): Figure {
  const rows = readRows("tokenFlow", data, COLUMNS, options);
  const given = new Options("tokenFlow", options);
  const nExpert = expertsOf(given, rows);
  const most = given.count("most") ?? 12;
  const { name: nameOf = String } = options;
  if (typeof nameOf !== "function") throw new TypeError(`tokenFlow needs a function as name, got ${show(nameOf)}`);
  const name = (expert: number): string => {
    const given: unknown = nameOf(expert);
    return typeof given === "string" ? given : show(given);
  };
  const width = given.size("width", 680);
  const isOneFlow = rows.some(({ from }) => typeof from === "number");
  const layers = [...group(rows, ({ layer = 0 }) => layer)].sort(([a], [b]) => a - b);
  const shownLayers = spreadOver(layers, LAYERS);
  const panels = isOneFlow ? [layers] : shownLayers.map((layer) => [layer]);
  const flows = panels.map((panel) => flowOf(panel, { nExpert, most, name }));
  const gathered = max(flows, ({ gathered }) => gathered) ?? 0;
  const head = given.head(finding(rows, name), "left: kinds of tokens · right: experts · thickness: number of tokens", [
    gathered > 0 ? `the ${most} busiest, the others together` : "",
    !isOneFlow && shownLayers.length < layers.length ? `${shownLayers.length} of ${layers.length} layers` : "",
  ]);

  const longest = max(flows, ({ columns }) => max(columns, (column) => column.length)) ?? 0;
  const own = Math.max(220, longest * (LABEL + 1));
  const abreast = Math.max(1, Math.min(panels.length, Math.floor(width / PANEL)));
  const lines = Math.max(1, Math.ceil(panels.length / abreast));
  const top = below(head, width);
  const height = given.size("height", top + lines * (HEADING + own + 14));
  const tall = Math.max(10, (height - top) / lines - HEADING - 14);
  const space = width / abreast;
  const left =
    8 + LETTER.words * (max(flows, ({ columns }) => max(columns[0] ?? [], ({ label }) => shown(label).length)) ?? 0);
  const right =
    8 +
    LETTER.words * (max(flows, ({ columns }) => max(columns.at(-1) ?? [], ({ label }) => shown(label).length)) ?? 0);
  const drawn = flows.map((flow, p) => {
    const x = (p % abreast) * space + left;
    const box = { x, width: Math.max(30, space - left - right - 14), height: tall };
    const wide = isOneFlow ? box.width : Math.min(box.width, 340);
    return panelMarkup(flow, {
      ...box,
      width: wide,
      y: top + HEADING + Math.floor(p / abreast) * (tall + HEADING + 14),
    });
  });
  return new Figure({
    name: "flow",
    width,
    height,
    markup: picture(width, height, head, rows.length > 0 ? drawn.join("") : nothing(head, width, height)),
    description: describe(head.title, layers),
    facts: layers.slice(0, SAID.layers).map(([layer, own]) => ({
      layer,
      tokens: sum(own, ({ count }) => count),
      experts: nExpert,
      favorites: Object.fromEntries(favoritesOf(own).slice(0, SAID.places)),
    })),
  });
}

type Layer = readonly [layer: number, rows: readonly FlowRow[]];

interface Flow {
  /** The layers of its columns, from the second on. */
  readonly layers: readonly number[];
  readonly columns: readonly (readonly FlowNode[])[];
  readonly links: readonly FlowLink[];
  /** Most places that one node stands for; 0 where each has its own. */
  readonly gathered: number;
}

/** The nodes and links of layers that follow one another. What has few tokens is gathered, column by column. */
function flowOf(
  layers: readonly Layer[],
  { nExpert, most, name }: { nExpert: number; most: number; name: (expert: number) => string },
): Flow {
  const kinds = rollup(
    layers[0][1],
    (rows) => sum(rows, ({ count }) => count),
    ({ from }) => label(from, name),
  );
  const first = columnOf([...kinds], 0, most, (kind) => kind, true);
  const experts = layers.map(([, rows], l) => {
    const counts = rollup(
      rows,
      (own) => sum(own, ({ count }) => count),
      ({ expert }) => expert,
    );
    const all = Array.from({ length: nExpert }, (_, e): [number, number] => [e, counts.get(e) ?? 0]);
    return columnOf(all, l + 1, most, name, false);
  });
  const links = layers.flatMap(([, rows], l) => {
    const source = ({ from }: FlowRow): FlowNode =>
      l > 0 && typeof from === "number" ? experts[l - 1].nodeOf(from) : first.nodeOf(label(from, name));
    const counted = rollup(
      rows,
      (own) => sum(own, ({ count }) => count),
      source,
      ({ expert }) => experts[l].nodeOf(expert),
    );
    return [...counted].flatMap(([from, targets]) => [...targets].map(([to, count]) => ({ from, to, count })));
  });
  return {
    layers: layers.map(([layer]) => layer),
    columns: [first, ...experts].map(({ nodes }) => nodes),
    links,
    gathered: Math.max(first.gathered, ...experts.map(({ gathered }) => gathered)),
  };
}

const label = (from: string | number, name: (expert: number) => string): string =>
  typeof from === "number" ? name(from) : from;

/** One column: the places with the most tokens in their own order, and one node for the others. */
function columnOf<Place extends string | number>(
  counts: readonly (readonly [Place, number])[],
  column: number,
  most: number,
  name: (place: Place) => string,
  isTinted: boolean,
) {
  const few = counts.length > most ? [...counts].sort(([, a], [, b]) => b - a).slice(Math.max(most, 0)) : [];
  const gathered = new Set(few.map(([place]) => place));
  const own = counts.filter(([place]) => !gathered.has(place));
  const nodes = own.map(([place], i): FlowNode => ({
    key: JSON.stringify([column, place]),
    column,
    label: name(place),
    tint: isTinted ? i : null,
  }));
  const others: FlowNode = {
    key: `${column} others`,
    column,
    label: `${few.length} ${few.length === 1 ? "other" : "others"}`,
    tint: isTinted ? SERIES.length : null,
  };
  const byPlace = new Map(own.map(([place], i) => [place, nodes[i]]));
  return {
    nodes: few.length > 0 ? [...nodes, others] : nodes,
    nodeOf: (place: Place): FlowNode => byPlace.get(place) ?? others,
    gathered: few.length,
  };
}

function panelMarkup({ layers, columns, links }: Flow, box: Area): string {
  const { nodes, ribbons } = flowLayout(columns.flat(), links, box);
  const step = (box.width - NODE_WIDTH) / layers.length;
  const headings = layers.map((layer, l) =>
    layers.length === 1
      ? words(box.x, box.y - 8, `layer ${layer + 1}`, `font-weight="600" ${fill("ink")}`)
      : words(
          box.x + (l + 1) * step + NODE_WIDTH,
          box.y - 8,
          `layer ${layer + 1}`,
          `font-weight="600" text-anchor="end" ${fill("ink")}`,
        ),
  );
  if (nodes.length === 0)
    return `<g class="layer">${headings.join("")}${words(box.x, box.y + 20, "no tokens", muted)}</g>`;
  const sources = new Map(nodes.map((node) => [node.key, node]));
  const paths = ribbons.map(({ from, to, count, path }) => {
    const of = sources.get(from.key)!.tokens;
    const tooltip = `${from.label} → ${to.label}: ${count.toLocaleString("en")} (${percent(count / of)} of them)`;
    return `<path d="${path}" fill="${ink(from.tint)}"><title>${escapeHtml(tooltip)}</title></path>`;
  });
  const placed = columns.map((column) => nodes.filter((node) => column.some(({ key }) => key === node.key)));
  const marks = placed.map((column, c) => column.map(nodeMark).join("") + labels(column, c, placed.length, box));
  return (
    `<g class="layer">${headings.join("")}<g class="ribbons" fill-opacity="0.5">${paths.join("")}</g>` +
    `${marks.join("")}</g>`
  );
}

const nodeMark = ({ x, y, height, tint }: PlacedNode): string =>
  rect(
    x,
    y,
    NODE_WIDTH,
    height,
    `class="${tint === null ? "expert" : "kind"}" fill="${tint === null ? color("muted") : ink(tint)}"`,
  );

/** Names beside the nodes of a column, moved apart where the nodes are thin; an expert that got nothing in red. */
function labels(column: readonly PlacedNode[], c: number, columns: number, box: Area): string {
  const wanted = column.map(({ y, height }) => y + height / 2);
  const places = spread(wanted, LABEL - 1, box.y, box.y + box.height);
  return column
    .map(({ x, label, tint, tokens }, i) => {
      if (tint !== null && tokens === 0) return "";
      const look = `font-size="11" ${tokens > 0 ? fill("ink") : fill("alarm")}`;
      if (c === 0) return words(x - 6, places[i] + 4, shown(label), `${look} text-anchor="end"`);
      const at = c === columns - 1 ? x + NODE_WIDTH + 5 : x + NODE_WIDTH + 3;
      return words(at, places[i] + 4, shown(label), look);
    })
    .join("");
}

const ink = (tint: number | null): string => color(tint === null ? "muted" : (SERIES[tint] ?? "muted"));
const shown = (label: string): string => shorten(label, 14);

const SAID = { layers: 8, places: 8 };

function describe(title: string, layers: readonly Layer[]): string {
  if (layers.length === 0) return `${title}: no tokens.`;
  const parts = layers.slice(0, SAID.layers).map(([layer, rows]) => {
    const favorites = favoritesOf(rows).map(([place, expert]) => `${place} most often to ${expert}`);
    const more = favorites.length > SAID.places ? `, and ${favorites.length - SAID.places} more` : "";
    return `layer ${layer + 1}: ${favorites.slice(0, SAID.places).join(", ") || "no tokens"}${more}`;
  });
  const more = layers.length > SAID.layers ? `; and ${layers.length - SAID.layers} more layers` : "";
  return `${title}; ${parts.join("; ")}${more}.`;
}
