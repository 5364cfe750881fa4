import { grouped, inWords, percent } from "../../text/numbers.js";
import { escapeHtml } from "../escape.js";
import { Figure } from "../figure.js";
import { type FrameOptions, Options } from "../options.js";
import type { ColorName } from "../palette.js";
import { below, fill, muted, picture, px, rect, stroke, words } from "../marks/svg.js";
import { type Accessors, amount, type Columns, optional, readRows, text } from "../rows/columns.js";
import { fit, widthOf } from "./fit.js";
import { groupOf, groupSums } from "./groups.js";
import { gathered as alike, type Node, type Placed, PLACED, treeOf } from "./tree.js";

/** One module of a model, such as a line of PyTorch's `named_modules()`. It has `path`, or `name` and `depth`. */
export interface ModuleRow extends Placed {
  /** Its class: "Linear". */
  readonly kind?: string;
  /** Of its own weights: "weight [64, 32]". */
  readonly shape?: string;
  /** Those of its parts included, and of all copies where it stands for several. */
  readonly parameters: number;
}

export interface ModulesOptions extends Omit<FrameOptions, "height"> {
  /** Lines at most: what is deeper than there is room for is left out, and said. Default 48. */
  readonly most?: number;
}

const COLUMNS: Columns<ModuleRow> = { ...PLACED, kind: optional(text), shape: optional(text), parameters: amount };
const SAID = 12; // parts in the words for those who do not see
const ROW = 20; // px
const STEP = 14; // px of a level

/** The modules of a model as a tree, each with a bar for its parameters. Neighbors that are alike, as layers and experts are, take one
 *  line. Throws where a part has fewer parameters than its own parts.
 *  @example
 *  const layers = [0, 1].map((i) => ({ path: `layers.${i}`, kind: "Linear", parameters: 15 }));
 *  modules([{ path: "", kind: "Net", parameters: 30 }, ...layers]).facts; // => { parameters: 30, parts: 4, lines: 3 } */
export function modules<T extends object>(rows: Iterable<T>, options: ModulesOptions & Accessors<ModuleRow, T>): Figure;
export function modules(rows: Iterable<ModuleRow>, options?: ModulesOptions): Figure;
export function modules(data: Iterable<object>, options: ModulesOptions = {}): Figure {
  const rows = readRows("modules", data, COLUMNS, options).map((row) => ({ ...row, total: row.parameters }));
  const given = new Options("modules", options);
  const width = given.size("width", 680);
  const most = Math.max(2, given.count("most") ?? 48);
  const tree = alike(treeOf("modules", rows), (row) => JSON.stringify([row?.kind, row?.shape]));
  const { lines, missing } = linesOf(tree, most);
  const [largest] = groupSums(tree, (row) => row?.kind);
  const share = largest && tree.total > 0 ? `, ${percent(largest.total / tree.total)} of them in ${largest.name}` : "";
  const left =
    missing > 0
      ? `${grouped(missing)} ${missing === 1 ? "part" : "parts"} deeper down ${missing === 1 ? "is" : "are"} not shown`
      : "";
  const head = given.head(
    rows.length > 0 ? `${inWords(tree.total)} parameters${share}` : "No modules yet",
    "a line is a module, indented below the one that it is part of · bar: its share of all parameters",
    left,
  );
  const top = below(head, width) + 2;
  const height = top + (rows.length > 0 ? lines.length : 0) * ROW + 6;
  const marks =
    rows.length > 0 ? lines.map((line, i) => lineMarkup(line, top + i * ROW, width, tree.total)).join("") : "";
  const parts = lines
    .filter(({ depth }) => depth === 1)
    .slice(0, SAID)
    .map(({ name, total }) => `${name} ${inWords(total)}`)
    .join(", ");
  return new Figure({
    name: "modules",
    width,
    height,
    markup: picture(width, height, head, (rows.length > 0 ? guides(lines, top) : "") + marks),
    description: [`${head.title}.`, ...(parts ? [`${parts}.`] : [])].join(" "),
    facts: { parameters: tree.total, parts: countOf(tree), lines: lines.length },
  });
}

interface Line {
  readonly name: string;
  readonly kind: string;
  readonly shape: string;
  readonly depth: number;
  readonly total: number;
  readonly color: ColorName;
}

type Module = Node<ModuleRow>;

const countOf = ({ parts, copies }: Module): number => copies + parts.reduce((all, part) => all + countOf(part), 0);
const partsOf = ({ parts }: Module): number => parts.reduce((all, part) => all + countOf(part), 0);

/** From the top down, as deep as there is room for; of too many on one level the first ones, the others in one line. */
function linesOf(tree: Module, most: number): { lines: Line[]; missing: number } {
  const onLevels: number[] = [];
  const count = ({ parts }: Module, depth: number): void => {
    onLevels[depth] = (onLevels[depth] ?? 0) + 1;
    for (const part of parts) count(part, depth + 1);
  };
  count(tree, 0);
  let [deepest, room] = [0, most - 1];
  while (deepest + 1 < onLevels.length && room >= onLevels[deepest + 1]) room -= onLevels[++deepest];
  const isCrowded = deepest === 0 && onLevels.length > 1;
  const lines: Line[] = [];
  let missing = 0;
  const add = (node: Module, depth: number, above: readonly string[]): void => {
    const names = depth === 0 ? [] : [...above, node.name];
    const { kind = "", shape = "" } = node.row ?? {};
    const name = node.name || "model";
    lines.push({ name, kind, shape, depth, total: node.total, color: colorOf(node, names) });
    if (depth < deepest) for (const part of node.parts) add(part, depth + 1, names);
    else if (!isCrowded) missing += partsOf(node);
  };
  add(tree, 0, []);
  if (!isCrowded) return { lines, missing };
  const shown = tree.parts.slice(0, most - 2);
  const others = tree.parts.slice(most - 2);
  for (const part of shown) lines.push(lineOf(part));
  const rest = others.reduce((all, part) => all + part.total, 0);
  const name = `and ${grouped(others.reduce((all, part) => all + part.copies, 0))} others`;
  lines.push({ name, kind: "", shape: "", depth: 1, total: rest, color: "muted" });
  return { lines, missing: tree.parts.reduce((all, part) => all + partsOf(part), 0) };
}

const lineOf = (part: Module): Line => {
  const { name, row, total } = part;
  return { name, total, kind: row?.kind ?? "", shape: row?.shape ?? "", depth: 1, color: colorOf(part, [name]) };
};

/** That of what all of its parameters are for; gray where they are for several things. */
function colorOf(part: Module, names: readonly string[]): ColorName {
  const groups = groupSums(part, (row) => row?.kind, names.slice(0, -1));
  if (part.parts.length > 0) return groups.length === 1 ? groups[0].color : "muted";
  return groupOf(names, part.row?.kind).color;
}

function lineMarkup({ name, kind, shape, depth, total, color }: Line, y: number, width: number, whole: number): string {
  const number = total < 1e6 ? grouped(total) : inWords(total);
  const full = width < 480 ? 52 : 130;
  const right = width - 84 - full; // where bars begin
  const left = 4 + Math.min(depth, Math.floor(right / STEP / 3)) * STEP;
  const first = fit(name, right - left - 6);
  const second = fit(kind, right - left - widthOf(first) - 18);
  const isRoomy = second === kind && widthOf(first + second + shape) + 30 < right - left;
  const more = [second, isRoomy ? shape : ""]
    .filter(Boolean)
    .map((text) => `<tspan dx="7" ${muted} font-weight="400">${escapeHtml(text)}</tspan>`);
  const bar = whole > 0 ? Math.max(0.5, (total / whole) * full) : 0;
  const exact = [name, kind, shape, `${grouped(total)} parameters`].filter(Boolean).join(" · ");
  return (
    `<g class="module">` +
    `<text x="${left}" y="${y + 14}" font-weight="${depth === 0 ? 600 : 500}" ${fill("ink")}>${escapeHtml(first)}${more.join("")}</text>` +
    (bar > 0
      ? rect(right, y + 5, bar, 10, `rx="1.5" ${fill(color)}${color === "muted" ? ` fill-opacity="0.5"` : ""}`, exact)
      : "") +
    words(width - 4, y + 14, number, `font-size="11.5" text-anchor="end" ${fill("ink")}`) +
    `</g>`
  );
}

/** Lines from a module down to the last of its parts. */
function guides(lines: readonly Line[], top: number): string {
  const paths: string[] = [];
  lines.forEach(({ depth }, i) => {
    let last = i;
    for (let next = i + 1; next < lines.length && lines[next].depth > depth; next++)
      if (lines[next].depth === depth + 1) last = next;
    const x = px(4 + depth * STEP + 5);
    if (last > i) paths.push(`M${x},${top + (i + 1) * ROW - 2}V${top + last * ROW + ROW / 2}`);
  });
  return paths.length > 0 ? `<path fill="none" ${stroke("grid")} d="${paths.join("")}"/>` : "";
}
