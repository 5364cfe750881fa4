import { Graph, layout } from "@dagrejs/dagre";
import { type Accessors, number, numbers, optional, orNull, readRows, text, type Columns } from "../rows/columns.js";
import { escapeHtml } from "../escape.js";
import { Figure } from "../figure.js";
import { LETTER, Options } from "../options.js";
import { color } from "../palette.js";
import { grouped } from "../../text/numbers.js";

/** One op or leaf of a recorded graph, as `graph(loss)` of twinformer lists them. */
export interface GraphRow {
  readonly id: number;
  /** "leaf" for what was not computed. */
  readonly op: string;
  readonly shape: readonly number[];
  /** Ids of rows before it. */
  readonly inputs: readonly number[];
  readonly name?: string | null;
}

export interface GraphChartOptions {
  /** Width in CSS pixels; default 680. A wider graph is drawn smaller. */
  readonly width?: number;
  /** First line, bold; default what the graph counts. Empty string: none. */
  readonly title?: string;
  /** Boxes drawn at most, those nearest to the result; default 60. */
  readonly most?: number;
}

const COLUMNS: Columns<GraphRow> = {
  id: number,
  op: text,
  shape: numbers,
  inputs: numbers,
  name: optional(orNull(text)),
};
const HEIGHT = 36; // of a box, in pixels

/** The graph that `backward` walks: from the leaves at the top down to the result, one box an operation with the shape of what it
 *  made, a line for each input. Gradients flow the other way, upwards. */
export function graphChart<T extends object>(
  rows: Iterable<T>,
  options: GraphChartOptions & Accessors<GraphRow, T>,
): Figure;
export function graphChart(rows: Iterable<GraphRow>, options?: GraphChartOptions): Figure;
export function graphChart(data: Iterable<object>, options: GraphChartOptions = {}): Figure {
  const rows = readRows("graphChart", data, COLUMNS, options);
  const given = new Options("graphChart", options);
  const width = given.size("width", 680);
  const { shown, note } = nearest(rows, given.count("most") ?? 60);
  const drawing = place(shown);
  const title = given.text("title", counts(rows));
  const top = (title ? 26 : 4) + (note ? 18 : 0);
  const scale = Math.min(1, width / drawing.width);
  const left = (width - drawing.width * scale) / 2;
  const height = Math.round(top + drawing.height * scale + 4);
  const result = rows[rows.length - 1];
  const markup = [
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" fill="currentColor" font-family="system-ui, sans-serif" font-size="12" text-anchor="start">`,
    title
      ? `<text x="2" y="15" font-size="14" font-weight="600" fill="${color("ink")}">${escapeHtml(title)}</text>`
      : "",
    note ? `<text x="2" y="${title ? 34 : 14}" fill="${color("muted")}">${escapeHtml(note)}</text>` : "",
    `<g transform="translate(${round(left)},${top}) scale(${round(scale, 1000)})">`,
    `<g class="lines" fill="none" stroke="${color("muted")}">${drawing.lines.map(curve).join("")}</g>`,
    `<g class="heads" fill="${color("muted")}">${drawing.lines.map(head).join("")}</g>`,
    `<g class="boxes" text-anchor="middle">${drawing.boxes.map((at) => box(at, at.row === result)).join("")}</g></g></svg>`,
  ].join("");
  const description = `${counts(rows)}: ${words(rows)}.${note ? ` ${note}.` : ""}`;
  const facts = { rows: rows.length, shown: shown.length, lines: drawing.lines.length };
  return new Figure({ name: "graph", width, height, markup, description, facts });
}

/** The last rows, as many as may be drawn. */
function nearest(rows: readonly GraphRow[], most: number): { shown: readonly GraphRow[]; note: string } {
  if (rows.length === 0) throw new RangeError("graphChart needs at least one row, such as those of graph(loss)");
  const shown = rows.slice(-Math.max(1, most));
  const isCut = shown.length < rows.length;
  return { shown, note: isCut ? `shown: the last ${shown.length} of ${grouped(rows.length)} boxes` : "" };
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** A row with the centre of its box. */
interface Placed extends Point {
  readonly row: GraphRow;
}

interface Drawing {
  readonly width: number;
  readonly height: number;
  readonly boxes: readonly Placed[];
  readonly lines: readonly (readonly Point[])[];
}

/** What we use of dagre; its own types name files without endings, which Node's resolution does not find. */
interface Layered {
  setGraph(options: Record<string, number>): void;
  setNode(id: string, size: { width: number; height: number }): void;
  setEdge(from: string, to: string, label: object, name: string): void;
  graph(): { width: number; height: number };
  node(id: string): Point;
  edges(): object[];
  edge(edge: object): { points: Point[] };
}
const LayeredGraph = Graph as unknown as new (options: { multigraph: boolean }) => Layered;
const arrange = layout as unknown as (graph: Layered) => void;

/** Boxes in layers and lines around them, by dagre (https://github.com/dagrejs/dagre). Lines to what is not shown are left out. */
function place(shown: readonly GraphRow[]): Drawing {
  const graph = new LayeredGraph({ multigraph: true });
  graph.setGraph({ nodesep: 16, edgesep: 10, ranksep: 30, marginx: 4, marginy: 4 });
  const places = new Map(shown.map(({ id }, i) => [id, String(i)]));
  for (const row of shown) graph.setNode(places.get(row.id)!, { width: boxWidth(row), height: HEIGHT });
  for (const { id, inputs } of shown) {
    inputs.forEach((input, i) => {
      const from = places.get(input);
      if (from !== undefined) graph.setEdge(from, places.get(id)!, {}, String(i));
    });
  }
  arrange(graph);
  const { width, height } = graph.graph();
  return {
    width,
    height,
    boxes: shown.map((row) => ({ row, ...graph.node(places.get(row.id)!) })),
    lines: graph.edges().map((edge) => graph.edge(edge).points),
  };
}

const isLeaf = (row: GraphRow): boolean => row.op === "leaf";
const nameOf = (row: GraphRow): string => (isLeaf(row) ? (row.name ?? "leaf") : row.op);
/** What fits into a box: of a long path, "blocks.0.attention.query.weight", its last two words. */
function label(row: GraphRow): string {
  const name = nameOf(row);
  return name.length > 18 ? `…${name.split(".").slice(-2).join(".").slice(-18)}` : name;
}
const shapeOf = (row: GraphRow): string => `[${row.shape.join(", ")}]`;
const boxWidth = (row: GraphRow): number =>
  Math.max(44, Math.round(18 + Math.max(LETTER.bold * label(row).length, LETTER.digits * shapeOf(row).length)));
const round = (value: number, to = 10): number => Math.round(value * to) / to;

function counts(rows: readonly GraphRow[]): string {
  const leaves = rows.filter(isLeaf).length;
  const plural = (n: number, word: string, more: string): string => `${grouped(n)} ${n === 1 ? word : more}`;
  return `${plural(rows.length - leaves, "operation", "operations")} from ${plural(leaves, "leaf", "leaves")}`;
}

/** The kinds of operations with their number, most frequent first. */
function words(rows: readonly GraphRow[]): string {
  const kinds = new Map<string, number>();
  for (const { op } of rows) if (op !== "leaf") kinds.set(op, (kinds.get(op) ?? 0) + 1);
  const sorted = [...kinds].sort(([, a], [, b]) => b - a).map(([op, n]) => `${op} ${n}`);
  return sorted.length > 0 ? sorted.join(", ") : `one leaf ${shapeOf(rows[0])}`;
}

/** Leaves are blue, what was computed grey, the result orange. */
function box({ row, x, y }: Placed, isResult: boolean): string {
  const width = boxWidth(row);
  const tint = isLeaf(row) ? "dense" : isResult ? "moe" : "muted";
  const from = row.inputs.length > 0 ? ` from ${row.inputs.map((id) => `#${id}`).join(", ")}` : "";
  return (
    `<g data-op="${escapeHtml(row.op)}"><title>${escapeHtml(`#${row.id} ${nameOf(row)} ${shapeOf(row)}${from}`)}</title>` +
    `<rect x="${round(x - width / 2)}" y="${round(y - HEIGHT / 2)}" width="${width}" height="${HEIGHT}" rx="${isLeaf(row) ? 12 : 4}" fill="${color(tint)}" fill-opacity="0.1" stroke="${color(tint)}"/>` +
    `<text x="${round(x)}" y="${round(y - 3)}" font-weight="600" fill="${color("ink")}">${escapeHtml(label(row))}</text>` +
    `<text x="${round(x)}" y="${round(y + 11)}" font-size="11" fill="${color("muted")}">${shapeOf(row)}</text></g>`
  );
}

const at = ({ x, y }: Point): string => `${round(x)},${round(y)}`;
const middle = (a: Point, b: Point): Point => ({ x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 });

/** A smooth line by way of the points: through the middle between each two of them, bent towards the points. */
function curve(points: readonly Point[]): string {
  const bends = points.slice(1, -1).map((point, i) => `Q${at(point)} ${at(middle(point, points[i + 2]))}`);
  return `<path d="M${at(points[0])}${bends.join("")}L${at(points[points.length - 1])}"/>`;
}

/** The head of an arrow at the end of a line. */
function head(points: readonly Point[]): string {
  const [from, to] = points.slice(-2);
  const angle = (Math.atan2(to.y - from.y, to.x - from.x) * 180) / Math.PI;
  return `<path d="M0,0l-7,-3.5v7z" transform="translate(${at(to)}) rotate(${round(angle)})"/>`;
}
