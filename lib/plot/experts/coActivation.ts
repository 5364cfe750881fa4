import { greatest, max, sum } from "d3";
import { counted, digits } from "../../text/numbers.js";
import { show } from "../../text/show.js";
import { Figure } from "../figure.js";
import { expertsOf, type FrameOptions, Options } from "../options.js";
import { type Accessors, type Columns, index, numbers, oneOf, optional, readRows } from "../rows/columns.js";
import { logRatio } from "./ratio.js";
import { heatMapParts } from "../tensor/heatMap.js";

/** One token in one layer. */
export interface CoActivationRow {
  /** The experts that it is sent to. */
  readonly chosen: ArrayLike<number>;
  /** 0 is the first; default 0. */
  readonly layer?: number;
}

export interface CoActivationOptions extends Omit<FrameOptions, "height"> {
  /** E; default one more than the largest expert of the rows. */
  readonly nExpert?: number;
  /** The layer that is shown; default the first of the rows. */
  readonly onlyLayer?: number;
  /** "cluster" (default): experts that work with the same others stand beside each other; "given": by number. */
  readonly order?: "cluster" | "given";
}

interface Read extends CoActivationRow {
  readonly chosen: readonly number[];
}

const COLUMNS: Columns<Read> = { chosen: numbers, layer: optional(index) };
const CLUSTERED = 512; // experts that can be put in order
const SURE = 5; // standard deviations: among 30,000 pairs, chance alone makes none that far off

/** How often two experts are chosen by one token, against chance, as log₂ of the ratio: +1 is twice as often, −1 half as often. Chance
 *  knows how often each expert is chosen and how many a token chooses, but not who goes with whom: expected counts aᵢaⱼ for i ≠ j with
 *  the same sums as the counted ones. Half a token is added to both, so that a pair without tokens has a number, too.
 *  @example
 *  const chosen = [[0, 1], [0, 1], [2, 3], [2, 3]];
 *  const figure = coActivation(chosen.map((chosen) => ({ chosen })));
 *  figure.facts // => { layer: 0, tokens: 4, experts: 4, pair: [0, 1], together: 2, expected: 2 / 3 }
 */
export function coActivation<T extends object>(
  rows: Iterable<T>,
  options: CoActivationOptions & Accessors<CoActivationRow, T>,
): Figure;
export function coActivation(rows: Iterable<CoActivationRow>, options?: CoActivationOptions): Figure;
export function coActivation(data: Iterable<object>, options: CoActivationOptions = {}): Figure {
  const all = readRows("coActivation", data, COLUMNS, options);
  const given = new Options("coActivation", options);
  all.forEach(({ chosen }, i) => {
    const wrong = chosen.find((e) => !(Number.isInteger(e) && e >= 0 && e < 2048));
    if (wrong !== undefined)
      throw new RangeError(`coActivation needs experts from 0 to 2,047 in 'chosen', row ${i} has ${show(wrong)}`);
  });
  const layers = [...new Set(all.map(({ layer = 0 }) => layer))].sort((a, b) => a - b);
  const layer = given.count("onlyLayer") ?? layers[0] ?? 0;
  const rows = all.filter((row) => (row.layer ?? 0) === layer);
  const experts = expertsOf(
    given,
    rows.flatMap(({ chosen }) => chosen.map((expert) => ({ expert }))),
  );
  const counts = pairCounts(rows, experts);
  const expected = byChance(counts, experts);
  const order = given.read("order", oneOf("cluster", "given")) ?? (experts <= CLUSTERED ? "cluster" : "given");
  const best = surest(counts, expected, experts);
  const facts = {
    ...{ layer, tokens: rows.length, experts, pair: best ? [best.a, best.b] : null },
    ...{ together: best?.together ?? null, expected: best?.expected ?? null },
  };
  const head = given.head(
    finding(counts, best),
    "log₂ of how often two experts share a token, against chance: 1 is twice as often, −1 half",
    layers.length > 1 ? `layer ${layer + 1}, one of ${layers.length}` : "",
  );
  const ratios = counts.map((count, i) => (isDiagonal(i, experts) ? -Infinity : logRatio(count, expected[i])));
  const most = max(ratios) ?? 0;
  const parts = heatMapParts(
    ratios.map((ratio) => (ratio === -Infinity ? Math.max(most, 0) : ratio)), // an expert is most often with itself
    [experts, experts],
    { width: given.size("width", 680), order },
    { head, isBlank: (a, b) => a === b },
  );
  const said = `${counted(rows.length, "token")} of layer ${layer + 1}, ${counted(experts, "expert")}`;
  return new Figure({ ...parts, name: "co-activation", facts, description: `${head.title}; ${said}.` });
}

const isDiagonal = (i: number, experts: number): boolean => Math.floor(i / experts) === i % experts;

/** [E·E] tokens that have both experts. */
function pairCounts(rows: readonly Read[], experts: number): number[] {
  const counts = new Array<number>(experts * experts).fill(0);
  for (const { chosen } of rows) {
    const own = [...new Set(chosen)];
    for (const a of own) for (const b of own) if (a !== b) counts[a * experts + b]++;
  }
  return counts;
}

/** aᵢaⱼ off the diagonal, with the row sums of the counts: iterative proportional fitting of a symmetric table. */
function byChance(counts: readonly number[], experts: number): number[] {
  const rowSums = Array.from({ length: experts }, (_, a) => sum(counts.slice(a * experts, (a + 1) * experts)));
  const total = sum(rowSums);
  const factors = rowSums.map((own) => (total > 0 ? own / Math.sqrt(total) : 0));
  for (let round = 0; round < 200; round++) {
    const all = sum(factors);
    factors.forEach((factor, a) => {
      const others = all - factor;
      factors[a] = rowSums[a] > 0 && others > 0 ? Math.sqrt((factor * rowSums[a]) / others) : 0;
    });
  }
  return counts.map((_, i) => (isDiagonal(i, experts) ? 0 : factors[Math.floor(i / experts)] * factors[i % experts]));
}

interface Pair {
  readonly a: number;
  readonly b: number;
  readonly together: number;
  readonly expected: number;
}

/** The pair whose count is farthest above chance, in standard deviations (of square roots, which make small counts comparable). */
function surest(counts: readonly number[], expected: readonly number[], experts: number): Pair | undefined {
  const above = (i: number) => 2 * (Math.sqrt(counts[i] + 0.375) - Math.sqrt(expected[i] + 0.375));
  const pairs = counts.flatMap((count, i) => (count > 0 && Math.floor(i / experts) < i % experts ? [i] : []));
  const best = greatest(pairs, (i, j) => above(i) - above(j) || j - i);
  if (best === undefined) return undefined;
  return { a: Math.floor(best / experts), b: best % experts, together: counts[best], expected: expected[best] };
}

function finding(counts: readonly number[], best: Pair | undefined): string {
  if (counts.length === 0) return "Which experts are chosen together";
  if (!best) return "No token has two experts";
  const { a, b, together, expected } = best;
  const isSure = 2 * (Math.sqrt(together + 0.375) - Math.sqrt(expected + 0.375)) >= SURE;
  return isSure
    ? `Experts ${a} and ${b} are chosen together ${digits(together / expected, 2)} times as often as by chance`
    : "No two experts are chosen together clearly more often than by chance";
}
