import type { Read } from "./columns.js";

/** What the figures of training read of a row. Further columns are welcome, and are left out of the picture. */
export interface LossRow {
  /** Rows of one name make one line: the name of a model. Default "model". */
  readonly by?: string | number;
  /** A repetition: a seed. Runs of one name are drawn thin, and their mean as its line. Default: all rows of a name are one run. */
  readonly run?: string | number;
  readonly step: number;
  /** Training loss of this step's batch, cross-entropy in nats per token; null where only held-out text was looked at. */
  readonly loss: number | null;
  /** The same on held-out text, where it was measured at this step. */
  readonly valLoss?: number | null;
}

export interface LoadRow {
  readonly by?: string | number;
  readonly step: number;
  /** [layer][expert]: share of the layer's assignments that each expert received; each layer sums to 1. Counts of tokens do as well. */
  readonly load?: readonly ArrayLike<number>[] | null;
}

/** A LoadRow as it is read: with lists. */
export interface Loads extends Omit<Read<LoadRow>, "load"> {
  readonly load?: readonly (readonly number[])[] | null;
}

/** The rows of each line, in order of first appearance, each in order of arrival. */
export function byLine<Row extends { readonly by?: string }>(rows: readonly Row[]): Map<string, Row[]> {
  const groups = new Map<string, Row[]>();
  for (const row of rows) {
    const name = row.by ?? "model";
    const group = groups.get(name);
    if (group) group.push(row);
    else groups.set(name, [row]);
  }
  return groups;
}

/** The last row of each line: what a figure says that it shows. */
export function lastRows<Row extends { readonly by?: string }>(rows: readonly Row[]): Record<string, Row> {
  return Object.fromEntries([...byLine(rows)].map(([by, group]) => [by, group[group.length - 1]]));
}

/** A log in the order of its steps. */
export interface Ordered<Row> {
  readonly rows: Row[];
  /** What was done to it, for the subtitle; "" where nothing was. */
  readonly note: string;
}

/** The rows of each line in the order of their steps. A run that was resumed logs some steps twice: what came later counts, and fills
 *  in only what it has. @param lineOf what the rows of one line have in common */
export function inOrder<Row extends { readonly step: number }>(
  rows: readonly Row[],
  lineOf: (row: Row) => string,
): Ordered<Row> {
  const lines = new Map<string, Map<number, Row>>();
  const last = new Map<string, number>();
  let [twice, unsorted] = [0, false];
  for (const row of rows) {
    const line = lineOf(row);
    const bySteps = lines.get(line) ?? new Map<number, Row>();
    lines.set(line, bySteps);
    const earlier = bySteps.get(row.step);
    if (earlier && isTwice(earlier, row)) twice++;
    else if (row.step < (last.get(line) ?? -Infinity)) unsorted = true;
    bySteps.set(row.step, earlier ? merged(earlier, row) : row);
    last.set(line, row.step);
  }
  const halves = [...lines.values()].reduce((sum, bySteps) => sum + bySteps.size, 0) < rows.length;
  if (twice === 0 && !unsorted && !halves) return { rows: [...rows], note: "" };
  const sorted = [...lines.values()].flatMap((bySteps) => [...bySteps.values()].sort((a, b) => a.step - b.step));
  const again = `${twice} ${twice === 1 ? "step" : "steps"} logged twice: the later counts`;
  return { rows: sorted, note: twice > 0 ? again : unsorted ? "rows sorted by step" : "" };
}

/** True where both have a value of their own in one column: two halves of a step, logged apart, are no repetition. */
const isTwice = (earlier: object, later: object): boolean =>
  Object.entries(later).some(
    ([name, value]) => !LINE.has(name) && value != null && (earlier as Readonly<Record<string, unknown>>)[name] != null,
  );
const LINE: ReadonlySet<string> = new Set(["by", "run", "step"]);

const merged = <Row extends object>(earlier: Row, later: Row): Row => ({
  ...earlier,
  ...Object.fromEntries(Object.entries(later).filter(([, value]) => value !== null && value !== undefined)),
});
