/** How a model prints: one line a module, like PyTorch's, with the shapes and the number of its parameters. */

import { show } from "../../tensor/check.js";
import type { Tensor } from "../../tensor/tensor.js";

/** What can be printed as a tree: a `Module`. */
export interface HasParts {
  namedChildren(): [string, HasParts][];
  namedParameters(): [string, Tensor][];
}

/** One line of the tree. */
export interface TreeRow {
  /** 0 for the model itself. */
  readonly depth: number;
  /** Name in the module above: `attention`; `blocks.0-3` for several in a row that are built alike. */
  readonly name: string;
  /** The class: `Linear`. */
  readonly kind: string;
  /** How many equal modules the line stands for. */
  readonly copies: number;
  /** Its own parameters, those of its parts not included. */
  readonly own: readonly { readonly name: string; readonly shape: readonly number[]; readonly sharedWith?: string }[];
  /** Trainable numbers of one copy, parts included. A shared tensor counts where it comes first. */
  readonly count: number;
}

/** The lines of the tree from top to bottom. Neighbors in an array that are built alike take one line.
 *  @example
 *  const layer = new FeedForward(4, 16, { rng: new Generator(1) });
 *  treeRows(layer).map(({ kind, count }) => [kind, count]); // => [["FeedForward", 148], ["Linear", 80], ["Linear", 68]] */
export function treeRows(model: HasParts): TreeRow[] {
  return rowsOf(model, "", "", 0, 1, new Map());
}

/** @param seen tensors and the path at which each was first met */
function rowsOf(
  module: HasParts,
  path: string,
  name: string,
  depth: number,
  copies: number,
  seen: Map<object, string>,
): TreeRow[] {
  const at = (inner: string): string => (path ? `${path}.${inner}` : inner);
  const parameters = module.namedParameters();
  const children = module.namedChildren();
  const inChildren = new Set(children.flatMap(([child, m]) => m.namedParameters().map(([p]) => `${child}.${p}`)));
  let count = 0;
  const own: TreeRow["own"][number][] = [];
  for (const [inner, parameter] of parameters) {
    if (inChildren.has(inner)) continue;
    const sharedWith = seen.get(parameter);
    if (sharedWith === undefined) {
      seen.set(parameter, at(inner));
      count += parameter.size;
    }
    own.push({ name: inner, shape: parameter.shape, ...(sharedWith === undefined ? {} : { sharedWith }) });
  }
  const below: TreeRow[] = [];
  let alike: { first: string; signature: string; rows: TreeRow[]; copies: number } | undefined;
  const close = (): void => {
    if (alike) below.push(...repeated(alike.rows, alike.copies, alike.first));
  };
  for (const [child, part] of children) {
    const rows = rowsOf(part, at(child), child, depth + 1, copies, seen);
    count += rows[0].count;
    const signature = JSON.stringify([{ ...rows[0], name: child.replace(/\d+$/, "") }, ...rows.slice(1)]);
    if (
      alike?.signature === signature &&
      child === `${child.replace(/\d+$/, "")}${numberOf(alike.first) + alike.copies}`
    )
      alike.copies++;
    else {
      close();
      alike = { first: child, signature, rows, copies: 1 };
    }
  }
  close();
  return [
    { depth, name, kind: (Object.getPrototypeOf(module) as object).constructor.name, copies, own, count },
    ...below,
  ];
}

/** The number at the end of a name: 3 of `blocks.3`; NaN where there is none. */
const numberOf = (name: string): number => Number(/\d+$/.exec(name)?.[0] ?? NaN);

/** The lines of the first of several modules that are built alike, standing for all of them. */
function repeated(rows: readonly TreeRow[], times: number, first: string): TreeRow[] {
  if (times === 1) return [...rows];
  const last = numberOf(first) + times - 1;
  return rows.map((row, i) => ({ ...row, copies: row.copies * times, name: i === 0 ? `${first}-${last}` : row.name }));
}

/** `weight [65, 128], bias [65]` */
export function ownWords({ own }: TreeRow): string {
  return own
    .map(({ name, shape, sharedWith }) => `${name} ${show(shape)}${sharedWith ? ` shared with ${sharedWith}` : ""}`)
    .join(", ");
}

/** `12,345`, or `4 × 12,345` where the line stands for several. */
export function countWords({ copies, count }: TreeRow): string {
  return `${copies > 1 ? `${copies} × ` : ""}${count.toLocaleString("en")}`;
}

/** The tree as aligned columns: module, class, own parameters, number of parameters. */
export function printTree(model: HasParts): string {
  const rows = treeRows(model);
  const table = rows.map((row) => [
    row.depth === 0 ? row.kind : `${"  ".repeat(row.depth)}${row.name}`,
    row.depth === 0 ? "" : row.kind,
    ownWords(row),
    `${countWords(row)}${row.depth === 0 ? " parameters" : ""}`,
  ]);
  const number = (cell: string): string => cell.replace(" parameters", "");
  const widths = [0, 1, 2, 3].map((column) => Math.max(...table.map((cells) => number(cells[column]).length)));
  return table
    .map(([name, kind, own, count]) => {
      const words = `${name.padEnd(widths[0])}  ${kind.padEnd(widths[1])}  ${own.padEnd(widths[2])}`;
      return `${words}  ${" ".repeat(widths[3] - number(count).length)}${count}`;
    })
    .join("\n");
}
