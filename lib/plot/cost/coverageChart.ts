import * as Plot from "@observablehq/plot";
import { group, mean } from "d3";
import { digits, percent } from "../../text/numbers.js";
import { named as inSentence } from "../../text/show.js";
import { Figure } from "../figure.js";
import { type FrameOptions, Options } from "../options.js";
import { color, type ColorName } from "../palette.js";
import { type Accessors, type Columns, label, number, optional, readRows, share } from "../rows/columns.js";
import type { Point } from "../rows/series.js";
import { isPlaced, linearAxis, logAxis, plain } from "./parts/axes.js";
import { chart } from "./parts/chart.js";
import { type Curve, curveMarks, curvesOf, endsOf, lastOf, undrawnNote } from "./parts/curves.js";
import { listed } from "../rows/few.js";
import { colorsOf, grayNote, leftOut, NAMED } from "./parts/words.js";

/** Experts of a layer that a batch touches: as a number or as a share. */
export interface CoverageChartRow {
  /** Tokens at the same time. */
  readonly batch: number;
  /** Experts that at least one of them is sent to. */
  readonly experts?: number;
  /** The same as a share of all, from 0 to 1. */
  readonly share?: number;
  /** Rows of one name are one line; default "measured". Several of one name and batch are gathered: their mean, and a whisker from
   *  the least to the most. */
  readonly by?: string | number;
  /** The interval of one measurement, in the unit of the row. */
  readonly low?: number;
  readonly high?: number;
}

export interface CoverageChartOptions extends FrameOptions {
  /** E, experts of a layer. With `topK` it gives the line by chance, E · (1 - (1 - topK / E)^batch). */
  readonly nExpert?: number;
  /** Experts that work on a token. */
  readonly topK?: number;
  /** What the horizontal axis counts. Default "batch". */
  readonly xLabel?: string;
}

const COLUMNS: Columns<CoverageChartRow> = {
  batch: number,
  experts: optional(number),
  share: optional(share),
  by: optional(label),
  low: optional(number),
  high: optional(number),
};

/** How many experts a batch touches: dots where it was measured, dashed what independent even choices would give. Dots below the line:
 *  tokens of a batch want the same experts.
 *  @example
 *  ```ts
 *  import { coverageRows } from "twinformer/cost";
 *  import { coverageChart } from "twinformer/plot";
 *
 *  const trace = { nExpert: 4, chosen: [[[[0]], [[0]]], [[[0]], [[3]]]] }; // two texts of two tokens, one layer
 *  coverageChart(coverageRows(trace, { batches: [1, 2] }), { experts: "touched", by: "tokens", nExpert: 4, topK: 1 });
 *  ```
 */
export function coverageChart<T extends object>(
  rows: Iterable<T>,
  options: CoverageChartOptions & Accessors<CoverageChartRow, T>,
): Figure;
export function coverageChart(rows: Iterable<CoverageChartRow>, options?: CoverageChartOptions): Figure;
export function coverageChart(data: Iterable<object>, options: CoverageChartOptions = {}): Figure {
  const all = readRows("coverageChart", data, COLUMNS, options);
  const given = new Options("coverageChart", options);
  const [nExpert, topK] = [given.count("nExpert"), given.count("topK")];
  if (nExpert !== undefined && topK !== undefined && topK > nExpert)
    throw new RangeError(`coverageChart needs topK to be no more than nExpert ${nExpert}, got ${topK}`);
  const xLabel = given.text("xLabel", "batch");
  const isShare = all.some((row) => row.share !== undefined);
  const whole = isShare ? 1 : nExpert;
  const words = isShare ? percent : (value: number) => digits(value, 3);

  const points = all.map((row, i) => pointOf(row, i, { isShare, nExpert }));
  const placed = points.filter(({ x, y }) => isPlaced(x) && Number.isFinite(y) && y >= 0);
  const gathered = [...group(placed, ({ by, x }) => JSON.stringify([by, x])).values()].map(gather);
  const { curves } = curvesOf(gathered);
  const named = curves.slice(0, NAMED);
  const byChance =
    nExpert && topK !== undefined
      ? (batch: number): number => -Math.expm1(batch * Math.log1p(-topK / nExpert)) * whole!
      : undefined;
  const chance = byChance && chanceOf(byChance, gathered);
  const tint = colorsOf(curves.map(({ name }) => name));
  const drawn = [...curves.flatMap(({ points: own }) => own), ...(chance?.points ?? [])];

  const x = logAxis(drawn.map((point) => point.x), xLabel); // prettier-ignore
  const heights = [...drawn.map(({ y }) => y), ...named.flatMap(({ points: own }) => own.map(({ high }) => high ?? 0))];
  const nice = linearAxis(heights, isShare ? "share of the experts" : "experts that work", words);
  const highest = heights.reduce((a, b) => Math.max(a, b), 0);
  const isWhole = whole !== undefined && highest > 0.4 * whole && highest <= whole;
  const y = isWhole ? { ...nice, domain: [0, whole] as const } : nice;
  const finding = findingOf(named, byChance, xLabel || "batch", { words, nExpert, isShare });
  const several = placed.length > gathered.length;
  const head = given.head(
    finding,
    [curves.length > 0 ? "dots: measured" : "", chance ? "dashed: by chance, all experts alike" : ""]
      .filter(Boolean)
      .join(" · "),
    [
      several ? "dot: the mean of several rows · whisker: from the least to the most" : "",
      ...[grayNote(curves.length), undrawnNote(curves)],
      leftOut(all.length - placed.length, all.length, "no batch above 0, or no number of experts"),
    ],
  );
  const at = ({ x: batch, y: value }: Point): string => `${words(value)} at ${plain(batch)}`;
  const ends = endsOf(named, tint, at);
  const picture = chart(given, {
    ...{ head, x, y },
    empty: drawn.length === 0 ? "no rows" : "",
    ends: [...ends, ...(chance ? endsOf([chance], () => "muted", at) : [])],
    marks: [
      ...(isWhole && !isShare
        ? [
            Plot.ruleY([whole], { stroke: color("muted"), strokeDasharray: "2,3" }),
            Plot.text([`all ${whole}`], { frameAnchor: "top-left", dx: 4, dy: 3, fill: color("muted"), fontSize: 11 }),
          ]
        : []),
      ...(chance
        ? [Plot.line(chance.points, { x: "x", y: "y", stroke: color("muted"), strokeWidth: 2, strokeDasharray: "5,4" })]
        : []),
      ...named.map((curve) => whiskers(curve, tint(curve.name))),
      ...curveMarks(curves, tint, at),
    ],
  });
  const said = listed([...curves, ...(chance ? [chance] : [])], (curve) => `${curve.name} ${at(lastOf(curve))}`);
  return new Figure({
    name: "coverage",
    ...picture,
    description: `${head.title || finding}: ${said || "no rows"}.`,
    facts: {
      ends: Object.fromEntries(curves.map((curve) => [curve.name, endOf(curve)])),
      chance: chance ? endOf(chance) : null,
      left: all.length - placed.length,
    },
  });
}

interface Covered extends Point {
  readonly by: string;
  readonly low?: number | undefined;
  readonly high?: number | undefined;
}

interface Unit {
  readonly isShare: boolean;
  readonly nExpert: number | undefined;
}

/** In the unit of the picture: shares, where some row has one. */
function pointOf(row: CoverageChartRow, i: number, { isShare, nExpert }: Unit): Covered {
  const { batch: x, by = "measured", experts, low, high } = row;
  if (row.share === undefined && experts === undefined)
    throw new TypeError(`coverageChart needs a number 'experts' or 'share' in each row, row ${i} has neither`);
  if (nExpert !== undefined && experts !== undefined && experts > nExpert * (1 + 1e-9))
    throw new RangeError(`coverageChart has ${nExpert} experts, but row ${i} has ${experts} that work`);
  if (isShare && row.share === undefined && !nExpert)
    throw new TypeError(
      `coverageChart needs nExpert where some rows have 'share' and others 'experts', row ${i} has no share`,
    );
  if (!isShare) return { by: String(by), x, y: experts!, low, high };
  if (row.share !== undefined) return { by: String(by), x, y: row.share, low, high };
  const part = (value: number | undefined) => (value === undefined ? undefined : value / nExpert!);
  return { by: String(by), x, y: experts! / nExpert!, low: part(low), high: part(high) };
}

function gather(rows: readonly Covered[]): Covered {
  const [{ by, x }] = rows;
  if (rows.length === 1) return rows[0];
  const ends = rows.flatMap(({ y, low = y, high = y }) => [low, high]).filter(Number.isFinite);
  return {
    ...{ by, x, y: mean(rows, ({ y }) => y)! },
    low: ends.reduce((a, b) => Math.min(a, b), Infinity),
    high: ends.reduce((a, b) => Math.max(a, b), 0),
  };
}

/** What independent choices touch, all experts alike, at batches between those of the rows. */
function chanceOf(touched: (batch: number) => number, rows: readonly Covered[]): Curve {
  const last = rows.reduce((most, { x }) => Math.max(most, x), 0) || 256;
  const first = rows.reduce((least, { x }) => Math.min(least, x), Math.min(1, last));
  const steps = last > first ? 80 : 1;
  const points = Array.from({ length: steps }, (_, i) => {
    const x = i === steps - 1 ? last : first * (last / first) ** (i / (steps - 1));
    return { x, y: touched(x) };
  });
  return { name: "by chance", points };
}

const whiskers = ({ points }: Curve<Covered>, tint: ColorName): Plot.Markish =>
  Plot.ruleX(points.filter(({ low, high }) => low !== undefined && high !== undefined && high > low).slice(0, 200), {
    x: "x",
    y1: "low",
    y2: "high",
    stroke: color(tint),
    strokeWidth: 2,
    strokeOpacity: 0.5,
  });

const endOf = (curve: Curve): { batch: number; value: number } => {
  const { x, y } = lastOf(curve);
  return { batch: x, value: y };
};

/** At the first batch that touches nine of ten experts, or else at the largest: how many, and how many by chance. */
function findingOf(
  curves: readonly Curve<Covered>[],
  chance: ((batch: number) => number) | undefined,
  x: string,
  { words, nExpert, isShare }: Unit & { words: (value: number) => string },
): string {
  const of = isShare ? "of the experts" : nExpert ? `of ${nExpert} experts` : "experts";
  const points = curves.flatMap(({ name, points: own }) => own.map((point) => ({ ...point, name })));
  const whole = isShare ? 1 : (nExpert ?? Infinity);
  const enough = points
    .filter(({ y }) => y >= 0.9 * whole)
    .reduce((least, point) => Math.min(least, point.x), Infinity);
  const isEnough = Number.isFinite(enough);
  const at = isEnough ? enough : points.reduce((most, point) => Math.max(most, point.x), 0);
  const there = points.filter((point) => point.x === at).sort((a, b) => a.y - b.y);
  const expected = (batch: number): string => (chance ? words(chance(batch)) : "");
  if (there.length === 0) return chance ? `By chance, ${expected(8)} ${of} work at ${x} 8` : "Experts by batch";
  const [least, most] = [there[0], there[there.length - 1]];
  const start = `At ${x} ${plain(at)}`;
  const end = `${of} ${isEnough ? "already work" : "work"}${chance ? `, by chance ${expected(at)}` : ""}`;
  if (there.length > 1)
    return `${start}, between ${words(least.y)} (${inSentence(least.name)}) and ${words(most.y)} (${inSentence(most.name)}) ${end}`;
  return `${start}, ${words(least.y)} ${end}${curves.length > 1 ? ` (${inSentence(least.name)})` : ""}`;
}
