import { greatest, mean, randomLcg, range, shuffler } from "d3";
import { counted, digits, grouped } from "../../text/numbers.js";
import { clip } from "../../text/show.js";
import { Figure } from "../figure.js";
import { type FrameOptions, Options } from "../options.js";
import { type Accessors, type Columns, either, index, optional, readRows, step, text } from "../rows/columns.js";
import { sample } from "../rows/series.js";
import { heatMapParts } from "../tensor/heatMap.js";

/** Where one token of a text went, in one layer of one run. */
export interface AgreementRow {
  /** Which token it is: its place in the text. */
  readonly position: number;
  /** Of several experts of a token, that of the first row counts. */
  readonly expert: number;
  /** 0 is the first; default 0. */
  readonly layer?: number;
  /** A repetition: a seed, a model. Default: all rows are one run. */
  readonly run?: string | number;
}

export type AgreementOptions = Omit<FrameOptions, "height">;

const COLUMNS: Columns<AgreementRow> = {
  position: step,
  expert: index,
  layer: optional(index),
  run: optional(either(text, step)),
};
const LINES = 64; // layers, of all runs
const TOKENS = 4096;
const SHUFFLES = 4;
const MOST = 2048; // experts

/** How much two layers, or two runs, agree on which tokens belong together: the normalized mutual information of their choices,
 *  2 I(a; b) / (H(a) + H(b)), on a scale from what shuffled tokens give (0) to the same groups (1). The numbers of the experts do not
 *  matter. The shuffles are seeded: the same rows make the same picture.
 *  @example
 *  const layers = [[0, 0, 1, 1], [5, 5, 2, 2]]; // the same groups under other numbers
 *  const figure = agreement(layers.flatMap((all, layer) => all.map((expert, position) => ({ layer, position, expert }))));
 *  figure.facts // => { lines: 2, tokens: 4, pair: ["1", "2"], largest: 1, mean: 1 }
 */
export function agreement<T extends object>(
  rows: Iterable<T>,
  options: AgreementOptions & Accessors<AgreementRow, T>,
): Figure;
export function agreement(rows: Iterable<AgreementRow>, options?: AgreementOptions): Figure;
export function agreement(data: Iterable<object>, options: AgreementOptions = {}): Figure {
  const rows = readRows("agreement", data, COLUMNS, options);
  const given = new Options("agreement", options);
  const { lines, tokens, experts, all, later } = linesOf(rows);
  const compare = comparison(tokens, experts);
  const values = lines.map(() => lines.map(() => 0));
  const pairs = lines.flatMap((a, i) =>
    lines.slice(i + 1).map((b, k) => {
      const value = compare(a.experts, b.experts);
      const j = i + 1 + k;
      values[i][j] = values[j][i] = value;
      return { a: a.name, b: b.name, value };
    }),
  );
  const finite = pairs.filter(({ value }) => Number.isFinite(value));
  const best = greatest(finite, (p, q) => p.value - q.value);
  const facts = {
    lines: lines.length,
    tokens,
    pair: best ? [best.a, best.b] : null,
    largest: best?.value ?? null,
    mean: mean(finite, ({ value }) => value) ?? null,
  };
  const isRuns = lines.length > 1 && lines.every(({ layer }) => layer === lines[0].layer);
  const what = isRuns ? "runs" : "layers";
  const notes = [
    lines.length < all.lines ? `${lines.length} of ${all.lines} ${what}` : "",
    tokens < all.tokens ? `${grouped(tokens)} of ${grouped(all.tokens)} tokens` : "",
    later > 0 ? "the first expert of each token" : "",
    finite.length < pairs.length
      ? `red: ${counted(pairs.length - finite.length, "pair")} without a choice to compare`
      : "",
  ].filter(Boolean);
  const head = given.head(
    best
      ? `${isRuns ? "Runs" : "Layers"} ${best.a} and ${best.b} agree most: ${digits(best.value, 2)}, the average is ${digits(facts.mean!, 2)}`
      : `How much the ${what} agree on the tokens`,
    `agreement of two ${what}: 1 the same groups of tokens, 0 chance`,
    notes,
  );
  const names = lines.map(({ name }) => name);
  const parts = heatMapParts(
    values.flat(),
    [lines.length, lines.length],
    {
      width: given.size("width", 680),
      rowNames: names,
      columnNames: names,
      ...(lines.length > 1 ? { domain: [0, 1] as const } : {}),
    },
    {
      head,
      isBlank: (a, b) => a === b,
    },
  );
  const said = [`${lines.length} ${what}, ${grouped(tokens)} tokens`, ...notes].join(", ");
  return new Figure({ ...parts, name: "agreement", facts, description: `${head.title}; ${said}.` });
}

interface Line {
  readonly name: string;
  readonly layer: number;
  /** By token; −1 where it has none here. */
  readonly experts: Int32Array;
}

function linesOf(rows: readonly AgreementRow[]) {
  const positions = [...new Set(rows.map(({ position }) => position))].sort((a, b) => a - b);
  const shown = sample(positions, TOKENS);
  const numbers = new Map([...new Set(rows.map(({ expert }) => expert))].map((expert, i) => [expert, i])); // without gaps
  if (numbers.size > MOST)
    throw new RangeError(`agreement needs rows of ${grouped(MOST)} experts or less, got ${grouped(numbers.size)}`);
  const place = new Map(shown.map((position, i) => [position, i]));
  const runs = [...new Set(rows.map(({ run = "" }) => String(run)))];
  const layers = [...new Set(rows.map(({ layer = 0 }) => layer))].sort((a, b) => a - b);
  const isRuns = layers.length === 1 && runs.length > 1;
  const all = new Map<string, Line>();
  for (const run of runs)
    for (const layer of layers) {
      const own = clip(run, 40);
      const name = isRuns ? own : runs.length > 1 ? `${own} ${layer + 1}` : String(layer + 1);
      all.set(JSON.stringify([run, layer]), { name, layer, experts: new Int32Array(shown.length).fill(-1) });
    }
  let later = 0;
  for (const { position, expert, layer = 0, run = "" } of rows) {
    const at = place.get(position);
    const { experts } = all.get(JSON.stringify([String(run), layer]))!;
    if (at === undefined) continue;
    if (experts[at] >= 0) later++;
    else experts[at] = numbers.get(expert)!;
  }
  const filled = [...all.values()].filter(({ experts }) => experts.some((expert) => expert >= 0));
  const lines = sample(filled, LINES);
  return {
    lines,
    tokens: shown.length,
    experts: numbers.size,
    later,
    all: { lines: filled.length, tokens: positions.length },
  };
}

/** The agreement of two lines. @param experts one more than the largest number of one */
function comparison(tokens: number, experts: number) {
  const random = shuffler(randomLcg(0.42));
  const straight = Int32Array.from(range(tokens));
  const orders = Array.from({ length: SHUFFLES }, () => Int32Array.from(random(range(tokens))));
  const nLogN = (n: number): number => (n > 0 ? n * Math.log(n) : 0);
  const gained = Float64Array.from({ length: tokens + 1 }, (_, n) => nLogN(n) - nLogN(n - 1)); // by the n-th of its kind
  const [ofA, ofB, both] = [experts, experts, experts * experts].map((size) => new Int32Array(size));

  /** Normalized mutual information; token i of a stands beside token order[i] of b. */
  function information(a: Int32Array, b: Int32Array, order: Int32Array): number {
    let n = 0;
    let [sumA, sumB, sumBoth] = [0, 0, 0]; // of n ln n, over all counts so far
    for (let i = 0; i < tokens; i++) {
      const x = a[i];
      const y = b[order[i]];
      if (x < 0 || y < 0) continue;
      n++;
      sumA += gained[++ofA[x]];
      sumB += gained[++ofB[y]];
      sumBoth += gained[++both[x * experts + y]];
    }
    for (let i = 0; i < tokens; i++) {
      const x = a[i];
      const y = b[order[i]];
      if (x >= 0 && y >= 0) ofA[x] = ofB[y] = both[x * experts + y] = 0;
    }
    const [ha, hb, hBoth] = [sumA, sumB, sumBoth].map((sum) => (n > 0 ? Math.max(0, Math.log(n) - sum / n) : 0)); // −Σ p ln p
    return ha + hb > 1e-9 ? (2 * (ha + hb - hBoth)) / (ha + hb) : NaN;
  }
  return (a: Int32Array, b: Int32Array): number => {
    const chance = mean(orders, (order) => information(a, b, order)) ?? 0;
    const value = information(a, b, straight);
    if (!(chance < 1 - 1e-9)) return NaN;
    return value > 1 - 1e-9 ? 1 : (value - chance) / (1 - chance);
  };
}
