import { greatest, mean } from "d3";
import { counted, digits } from "../../text/numbers.js";
import { Figure } from "../figure.js";
import { type FrameOptions, Options } from "../options.js";
import { type Accessors, type Columns, index, numbers, oneOf, readRows } from "../rows/columns.js";
import { heatMapParts } from "../tensor/heatMap.js";

/** One expert. */
export interface SimilarityRow {
  readonly expert: number;
  /** [D] its weights, its mean output, or its row of the router; equally long for all experts. */
  readonly vector: ArrayLike<number>;
}

export interface SimilarityOptions extends Omit<FrameOptions, "height"> {
  /** "cosine" (default): of the vectors. "given": the vectors are the rows of a square matrix that holds the similarities already, in the
   *  order of the rows. */
  readonly measure?: "cosine" | "given";
  /** "cluster" (default): experts that are alike stand beside each other; "given": by number. */
  readonly order?: "cluster" | "given";
}

interface Read extends SimilarityRow {
  readonly vector: readonly number[];
}

const COLUMNS: Columns<Read> = { expert: index, vector: numbers };
const CLUSTERED = 512; // experts that can be put in order

/** How alike experts are: the cosine between each two vectors. Orange: they point the same way; blue: opposite ways.
 *  @example
 *  const figure = similarity([{ expert: 0, vector: [1, 0] }, { expert: 1, vector: [3, 4] }]);
 *  figure.facts // => { experts: 2, pair: [0, 1], largest: 0.6, mean: 0.6, notNumbers: 0 }
 */
export function similarity<T extends object>(
  rows: Iterable<T>,
  options: SimilarityOptions & Accessors<SimilarityRow, T>,
): Figure;
export function similarity(rows: Iterable<SimilarityRow>, options?: SimilarityOptions): Figure;
export function similarity(data: Iterable<object>, options: SimilarityOptions = {}): Figure {
  const read = readRows("similarity", data, COLUMNS, options);
  const given = new Options("similarity", options);
  const measure = given.read("measure", oneOf("cosine", "given")) ?? "cosine";
  check(read, measure);
  const place = new Map(read.map((row, i) => [row, i])); // of its column, where the similarities are given
  const rows = [...read].sort((a, b) => a.expert - b.expert);
  const lengths = rows.map(({ vector }) => lengthOf(vector));
  const alike = (a: number, b: number): number =>
    measure === "given"
      ? rows[a].vector[place.get(rows[b])!]
      : dot(rows[a].vector, rows[b].vector) / (lengths[a] * lengths[b]);
  const values = rows.map((_, a) => rows.map((_, b) => (a === b ? NaN : alike(a, b))));
  const pairs = rows.flatMap((_, a) =>
    rows.slice(a + 1).map((_, i) => ({ a, b: a + 1 + i, value: values[a][a + 1 + i] })),
  );
  const finite = pairs.filter(({ value }) => Number.isFinite(value));
  const best = greatest(finite, (p, q) => p.value - q.value || q.a - p.a || q.b - p.b);
  const facts = {
    experts: rows.length,
    pair: best ? [rows[best.a].expert, rows[best.b].expert] : null,
    largest: best?.value ?? null,
    mean: mean(finite, ({ value }) => value) ?? null,
    notNumbers: pairs.length - finite.length,
  };
  const isNumbered = rows.every(({ expert }, i) => expert === i);
  const names = rows.map(({ expert }) => String(expert));
  const isLess = facts.notNumbers > 0 ? `red: ${counted(facts.notNumbers, "pair")} without a number` : "";
  const how =
    measure === "cosine"
      ? "cosine of two experts: 1 the same direction, 0 unrelated, −1 opposite"
      : "similarity of two experts";
  const head = given.head(finding(facts), how, isLess);
  const order = given.read("order", oneOf("cluster", "given")) ?? (rows.length <= CLUSTERED ? "cluster" : "given");
  const parts = heatMapParts(
    values.flatMap((own, a) => own.map((value, b) => (a === b ? Math.max(best?.value ?? 0, 0) : value))), // most alike itself
    [rows.length, rows.length],
    { width: given.size("width", 680), order, ...(isNumbered ? {} : { rowNames: names, columnNames: names }) },
    { head, isBlank: (a, b) => a === b },
  );
  const said = [counted(rows.length, "expert"), isLess].filter(Boolean).join(", ");
  return new Figure({ ...parts, name: "similarity", facts, description: `${head.title}; ${said}.` });
}

function check(rows: readonly Read[], measure: "cosine" | "given"): void {
  const seen = new Set<number>();
  rows.forEach(({ expert, vector }, i) => {
    const length = measure === "given" ? rows.length : rows[0].vector.length;
    if (vector.length !== length)
      throw new RangeError(`similarity needs vectors of ${length} numbers, row ${i} has ${vector.length}`);
    if (seen.has(expert))
      throw new RangeError(`similarity needs one row an expert, row ${i} has expert ${expert} again`);
    seen.add(expert);
  });
}

function lengthOf(vector: readonly number[]): number {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  if (!(largest > 0 && Number.isFinite(largest))) return largest;
  return largest * Math.sqrt(vector.reduce((sum, value) => sum + (value / largest) ** 2, 0)); // no square overflows
}

function dot(a: readonly number[], b: readonly number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i] * b[i];
  return sum;
}

function finding({
  pair,
  largest,
  mean: average,
}: {
  pair: number[] | null;
  largest: number | null;
  mean: number | null;
}): string {
  if (!pair || largest === null || average === null) return "How alike the experts are";
  return `Experts ${pair[0]} and ${pair[1]} are most alike: ${digits(largest, 2)}, the average is ${digits(average, 2)}`;
}
