/** What treemap and icicle have in common: rows, cells with their lit part, words, key. */

import { group } from "d3";
import { grouped, inWords, percent } from "../../text/numbers.js";
import { Figure } from "../figure.js";
import { type Legend, legend } from "../marks/legend.js";
import type { ColorName } from "../palette.js";
import { type FrameOptions, type Head, lettersOf, Options } from "../options.js";
import { fill, picture, px, rect, words } from "../marks/svg.js";
import { type Columns, readRows } from "../rows/columns.js";
import { fit, widthOf } from "./fit.js";
import { type Group, groupOf, type GroupSum, groupSums } from "./groups.js";
import { gathered, type Node, type Placed, PLACED, type Sized, SIZED, treeOf } from "./tree.js";

/** A part of a model with its parameters, such as a row of `partRows`. It has `path`, or `name` and `depth`. */
export interface SizeRow extends Placed {
  /** Parameters; of a part with parts of its own, theirs included. */
  readonly total: number | bigint;
  /** Those that work on a token; default all. */
  readonly active?: number | bigint;
}

export interface SizesOptions extends FrameOptions {
  /** The smallest share of the whole that has a cell of its own; what is less is one cell with its neighbors. Default 0.002. */
  readonly least?: number;
}

const COLUMNS: Columns<Sized> = { ...PLACED, ...SIZED };
const LEAST = 0.002;
const MIXED = "muted"; // parameters for several things

/** A part as it is drawn. */
export interface Cell {
  readonly name: string;
  readonly color: ColorName;
  readonly total: number;
  readonly active: number;
  readonly parts: readonly Cell[];
  /** Its names from the top, as one text. */
  readonly path: string;
}

export interface Sizes {
  readonly tree: Cell;
  readonly groups: readonly GroupSum[];
  readonly head: Head;
  readonly width: number;
  readonly given: Options<SizesOptions>;
  readonly words: Pick<Figure, "description" | "facts">;
}

export function sizesOf(figure: string, data: Iterable<object>, options: SizesOptions, how: string): Sizes {
  const rows = readRows(figure, data, COLUMNS, options);
  const given = new Options(figure, options);
  const width = given.size("width", 680);
  const least = given.number("least") ?? LEAST;
  if (!(least >= 0.0001 && least < 1))
    throw new RangeError(`${figure} needs a least share from 0.0001 to 1, got ${least}`);
  const tree = gathered(treeOf(figure, rows));
  const groups = groupSums(tree);
  const small = { count: 0, total: 0 };
  const cell = cellOf(tree, [], least * tree.total, small);
  const { total, active } = tree;
  const [largest] = groups;
  const most = largest && total > 0 ? `, ${percent(largest.total / total)} of them in ${largest.name}` : "";
  const some = `${percent(active / total)} of ${inWords(total)} parameters work on a token`;
  const finding = rows.length === 0 ? "No parts yet" : active < total ? some : `${inWords(total)} parameters${most}`;
  const note =
    small.count > 0 && total > 0
      ? `${grouped(small.count)} parts of less than ${percent(least)} are drawn together: ${percent(small.total / total)}`
      : "";
  const head = given.head(finding, how, note);
  const said = groups.map((one) => {
    const works = one.active < one.total ? `, ${inWords(one.active)} active` : "";
    return `${one.name} ${inWords(one.total)}${works}`;
  });
  return {
    ...{ tree: cell, groups, head, width, given },
    words: {
      description: [`${head.title}.`, ...(said.length > 0 ? [`${said.join("; ")}.`] : [])].join(" "),
      facts: {
        total,
        active,
        groups: Object.fromEntries(groups.map((one) => [one.name, { total: one.total, active: one.active }])),
      },
    },
  };
}

/** That of what all of its parameters are for; gray where they are for several things. */
function colorOf(node: Node<Sized>, above: readonly string[]): ColorName {
  const groups = groupSums(node, undefined, above);
  return groups.length === 1 ? groups[0].color : node.parts.length > 0 ? MIXED : groupOf([...above, node.name]).color;
}

/** The tree without empty parts, and without parts that are all of the one above; what is small among the parts of one is one cell. */
function cellOf(
  node: Node<Sized>,
  above: readonly string[],
  least: number,
  small: { count: number; total: number },
): Cell {
  const { name, total, active } = node;
  const names = [...above, name].filter(Boolean);
  const own = {
    name: name.replace(/\.weight$/, "") || "model",
    color: colorOf(node, above),
    total,
    active,
    path: names.join("."),
  };
  const inner = node.parts.filter((part) => part.total > 0);
  if (inner.length === 0) return { ...own, parts: [] };
  const few = inner.filter((part) => part.total < least);
  const isMany = few.length > 1;
  const parts = inner.filter((part) => !isMany || part.total >= least).map((part) => cellOf(part, names, least, small));
  const sum = (all: readonly { total: number; active: number }[], of: "total" | "active"): number =>
    all.reduce((n, part) => n + part[of], 0);
  const added = (label: string, size: { total: number; active: number }): Cell => ({
    ...{ ...size, name: label, parts: [], path: [...names, label].join(".") },
    color: isMany ? groupOf([...names, few[0].name]).color : own.color,
  });
  const rest = { total: total - sum(inner, "total"), active: Math.max(0, active - sum(inner, "active")) };
  if (rest.total > total * 1e-9) parts.push({ ...added("itself", rest), color: groupOf(names).color });
  if (isMany) {
    small.count += few.length;
    small.total += sum(few, "total");
    parts.push(added(`${grouped(few.length)} small parts`, { total: sum(few, "total"), active: sum(few, "active") }));
  }
  const [only] = parts;
  if (isMany && parts.length === 1) return { ...own, parts: [] };
  if (parts.length === 1 && only.total === total)
    return { ...only, name: [own.name, only.name].join(".").replace(/^model\./, name ? "$&" : "") };
  return { ...own, parts };
}

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** A box that is pale, and lit from the left as far as its parameters are active. */
export function litBox({ x, y, width, height }: Box, { color, total, active, path, name }: Cell): string {
  const share = total > 0 ? active / total : 0;
  const works = active < total ? `, ${grouped(active)} active` : "";
  const tip = `${path || name}: ${grouped(total)} parameters${works}`;
  const full = `class="working" ${fill(color)}${color === MIXED ? ` fill-opacity="0.45"` : ""}`;
  if (share >= 1) return rect(x, y, width, height, full, tip);
  const pale = rect(
    x,
    y,
    width,
    height,
    `class="resting" ${fill(color)} fill-opacity="${color === MIXED ? 0.15 : 0.25}"`,
    tip,
  );
  return pale + (share > 0 ? rect(x, y, width * share, height, `${full} pointer-events="none"`) : "");
}

const INSET = 5; // px
const BOLD = 1.1; // its letters are wider
const FEW = 7; // letters of a name that say too little of it, where it can stand on end
const LEAST_LETTERS = 5; // with "…"

/** The name and, below or beside it, the size: in the lit or the pale part of the box, where there is more room. */
export function boxWords(box: Box, { name, color, total, active }: Cell, isBeside = false): string {
  const share = total > 0 ? active / total : 0;
  const isLit = share >= 0.5;
  const x = box.x + (isLit ? 0 : share * box.width) + INSET;
  const room = box.width * (isLit ? share : 1 - share) - 2 * INSET;
  if (room < 4 || box.height < 14) return "";
  const first = fit(name, room / BOLD);
  const size = [`${inWords(total)}${active < total ? `, ${inWords(active)} active` : ""}`, inWords(total)];
  const ink = fill(isLit && color !== MIXED ? "background" : "ink");
  if (first !== name && lettersOf(first) <= FEW) {
    const turned = upright(box, x - INSET, room + 2 * INSET, [name, ...size], ink);
    if (turned || lettersOf(first) < LEAST_LETTERS) return turned;
  }
  const baseline = isBeside && box.height < 34 ? box.y + box.height / 2 + 4 : box.y + 15;
  const name1 = words(x, baseline, first, `font-weight="600" ${ink}`);
  if (first !== name) return name1;
  if (box.height >= 34) {
    const below = size.find((text) => widthOf(text) <= room);
    return name1 + (below ? words(x, baseline + 15, below, `font-size="11" ${ink}`) : "");
  }
  const beside = size.find((text) => widthOf(`${name}   ${text}`) <= room);
  return name1 + (beside ? words(x + room, baseline, beside, `font-size="11" text-anchor="end" ${ink}`) : "");
}

/** The name from the top down, where the part from x on is too narrow for it, and its size where that fits, too. */
function upright(box: Box, x: number, width: number, [name, ...sizes]: readonly string[], ink: string): string {
  const room = box.height - 2 * INSET;
  const first = 1.2 * widthOf(name) + 6; // with air behind it
  if (first > room + 6) return "";
  const size = sizes.find((text) => first + widthOf(text) <= room);
  const place = `translate(${px(x + width / 2 - 4)},${px(box.y + INSET)})rotate(90)`;
  const after = size ? words(first, 0, size, `font-size="11" ${ink}`) : "";
  return `<g transform="${place}">${words(0, 0, name, `font-weight="600" ${ink}`)}${after}</g>`;
}

/** The drawn cells with the legend below them, as a figure. */
export const sizesFigure = (
  name: string,
  { head, width, words: said }: Sizes,
  { height, key, cells }: { readonly height: number; readonly key: Legend; readonly cells: readonly string[] },
): Figure =>
  new Figure({
    ...{ ...said, name, width, height },
    markup: picture(
      width,
      height,
      head,
      `<g class="cells" ${fill("ink")}>${cells.join("")}</g>${key.at(height - key.height - 4)}`,
    ),
  });

/** Groups of one color are one entry. */
export const legendOf = (groups: readonly Group[], width: number): Legend =>
  legend(
    [...group(groups, ({ color }) => color)].map(([color, own]) => ({
      name: own.map(({ name }) => name).join(", "),
      color,
    })),
    width,
  );

/** Coordinates of d3 as a box with hairlines between it and its neighbors. */
export const inside = (x0: number, y0: number, x1: number, y1: number): Box => ({
  ...{ x: px(x0 + 0.5), y: px(y0 + 0.5) },
  ...{ width: Math.max(0, px(x1 - x0 - 1)), height: Math.max(0, px(y1 - y0 - 1)) },
});
