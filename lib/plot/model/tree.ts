/** Parts of a model as a tree: from rows with paths, or with names and depths from the top down. */

import { sum } from "d3";
import { named } from "../../text/show.js";
import { amount, type Columns, either, index, optional, text, texts } from "../rows/columns.js";

/** Where a part stands. A row has `path`, or `name` and `depth`. */
export interface Placed {
  /** "layers.0.attention", or its names from the top: ["layers", "0", "attention"]. */
  readonly path?: string | readonly string[];
  /** The name alone; its depth says below which of the rows before it belongs. */
  readonly name?: string;
  /** 0 for the model itself. */
  readonly depth?: number;
}

export const PLACED: Columns<Placed> = {
  path: optional(either(text, texts)),
  name: optional(text),
  depth: optional(index),
};

/** A row with its place and its numbers of parameters, parts included. */
export interface Sized extends Placed {
  readonly total: number;
  readonly active?: number;
}

export const SIZED = { total: amount, active: optional(amount) } as const;

export interface Node<Row> {
  /** "attention"; "0–31" for several that are alike. */
  readonly name: string;
  readonly row: Row | undefined;
  /** How many alike it stands for. */
  readonly copies: number;
  readonly total: number;
  readonly active: number;
  readonly parts: readonly Node<Row>[];
}

interface Branch<Row> {
  name: string;
  row?: Row;
  at?: number;
  parts: Branch<Row>[];
  byName?: Map<string, Branch<Row>>;
}

/** The model itself, with its parts below it. Throws where a part is less than its own parts, or more of it works than there is. */
export function treeOf<Row extends Sized>(figure: string, rows: readonly Row[]): Node<Row> {
  const root: Branch<Row> = { name: "", parts: [] };
  const above: Branch<Row>[] = [root];
  rows.forEach((row, i) => {
    const branch = row.path === undefined ? byDepth(row, i) : byPath(row.path);
    if (branch.row) throw new RangeError(`${figure} needs one row a part, row ${i} has "${named(branch.name)}" again`);
    Object.assign(branch, { row, at: i });
  });
  const [only] = root.parts;
  return sized(!root.row && root.parts.length === 1 ? only : root);

  function byPath(path: string | readonly string[]): Branch<Row> {
    const names = typeof path === "string" ? path.split(".").filter(Boolean) : path;
    let branch = root;
    for (const name of names) {
      branch.byName ??= new Map();
      let next = branch.byName.get(name);
      if (!next) {
        next = { name, parts: [] };
        branch.byName.set(name, next);
        branch.parts.push(next);
      }
      branch = next;
    }
    return branch;
  }

  function byDepth({ name, depth }: Row, i: number): Branch<Row> {
    if (name === undefined || depth === undefined)
      throw new TypeError(`${figure} needs rows with a 'path', or with a 'name' and a 'depth', row ${i} has neither`);
    above.length = Math.min(above.length, depth + 1);
    const branch: Branch<Row> = { name, parts: [] };
    above[above.length - 1].parts.push(branch);
    above.push(branch);
    return branch;
  }

  function sized({ name, row, at, parts }: Branch<Row>): Node<Row> {
    const inner = parts.map(sized);
    const own = { total: sum(inner, (part) => part.total), active: sum(inner, (part) => part.active) };
    const total = row?.total ?? own.total;
    const active = row?.active ?? (inner.length > 0 ? own.active + total - own.total : total);
    if (own.total > total * (1 + 1e-9))
      throw new RangeError(
        `${figure} needs a part to be no less than its own parts, row ${at} has ${total} and below it ${own.total}`,
      );
    if (active > total * (1 + 1e-9))
      throw new RangeError(`${figure} needs 'active' to be no more than 'total', row ${at} has ${active} of ${total}`);
    return { name, row, copies: 1, total, active, parts: inner };
  }
}

/** The same tree, where neighbors that are alike, such as 0 to 255 of the experts, are one part.
 *  @param look what else must be equal, beside names and sizes */
export function gathered<Row>(node: Node<Row>, look: (row: Row | undefined) => string = () => ""): Node<Row> {
  const parts = node.parts.map((part) => gathered(part, look));
  const areAlike = (a: Node<Row>, b: Node<Row>, isFirst = true): boolean =>
    (isFirst ? stem(a.name) === stem(b.name) : a.name === b.name) &&
    a.total === b.total &&
    a.parts.length === b.parts.length &&
    look(a.row) === look(b.row) &&
    a.parts.every((part, i) => areAlike(part, b.parts[i], false));
  const runs: Node<Row>[][] = [];
  for (const part of parts) {
    const run = runs.at(-1);
    const isNext = run && numberOf(part.name) === numberOf(run[0].name) + run.length;
    if (isNext && areAlike(part, run[0])) run.push(part);
    else runs.push([part]);
  }
  return { ...node, parts: runs.map(together) };
}

const stem = (name: string): string => name.replace(/\d+$/, "");
const numberOf = (name: string): number => Number(/\d+$/.exec(name)?.[0] ?? NaN);

function together<Row>(run: readonly Node<Row>[], isInner: unknown = 0): Node<Row> {
  const [first] = run;
  if (run.length === 1) return first;
  return {
    ...first,
    name: isInner === true ? first.name : `${first.name}–${numberOf(first.name) + run.length - 1}`,
    copies: sum(run, ({ copies }) => copies),
    total: sum(run, ({ total }) => total),
    active: sum(run, ({ active }) => active),
    parts: first.parts.map((_, i) =>
      together(
        run.map(({ parts }) => parts[i]),
        true,
      ),
    ),
  };
}
