import * as Plot from "@observablehq/plot";
import { digits } from "../../text/numbers.js";
import { named as inSentence } from "../../text/show.js";
import { Figure } from "../figure.js";
import { dot } from "../marks/legend.js";
import { type FrameOptions, Options } from "../options.js";
import { color } from "../palette.js";
import { type Accessors, type Columns, label, number, optional, readRows, share } from "../rows/columns.js";
import { isPlaced, logAxis, plain } from "./parts/axes.js";
import { chart } from "./parts/chart.js";
import { listed } from "../rows/few.js";
import { colorsOf, grayNote, leftOut, NAMED } from "./parts/words.js";

/** A measurement beside what was predicted, both in one unit. */
export interface PredictedRow {
  /** Rows of one name have one color; default: all have one. */
  readonly by?: string | number;
  /** What was measured; default none. */
  readonly name?: string | number;
  readonly predicted: number;
  readonly measured: number;
  /** Interval of the measurement. */
  readonly low?: number;
  readonly high?: number;
}

export interface PredictedOptions extends FrameOptions {
  /** Share of the prediction from which on a measurement is near it. Default 0.35. */
  readonly near?: number;
  /** What both axes count. Default "tokens per second". */
  readonly unit?: string;
}

const COLUMNS: Columns<PredictedRow> = {
  by: optional(label),
  name: optional(label),
  predicted: number,
  measured: number,
  low: optional(number),
  high: optional(number),
};
const DRAWN = 400; // dots
const NEEDED = 40; // dots up to which each has a name, or a number for it
const LABELED = 120; // of these, names that are tried

/** Measured against predicted, where a prediction is an upper bound: on the diagonal it is reached, in the tinted band nearly, above it
 *  refuted. Both axes are logarithmic, so that equal ratios have equal distances.
 *  @example
 *  ```ts
 *  import { compareWithWorld } from "twinformer/cost";
 *  import { predictedMeasured } from "twinformer/plot";
 *
 *  predictedMeasured(compareWithWorld(), {
 *    by: ({ by }) => `limited by ${by}`,
 *    name: ({ measurement }) => measurement.model,
 *    predicted: "bound",
 *    measured: ({ measurement }) => measurement.tokensPerSecond,
 *  });
 *  ```
 */
export function predictedMeasured<T extends object>(
  rows: Iterable<T>,
  options: PredictedOptions & Accessors<PredictedRow, T>,
): Figure;
export function predictedMeasured(rows: Iterable<PredictedRow>, options?: PredictedOptions): Figure;
export function predictedMeasured(data: Iterable<object>, options: PredictedOptions = {}): Figure {
  const all = readRows("predictedMeasured", data, COLUMNS, options);
  const given = new Options("predictedMeasured", options);
  const near = given.read("near", share) ?? 0.35;
  const unit = given.text("unit", "tokens per second");
  const points = all
    .filter(({ predicted, measured }) => isPlaced(predicted) && isPlaced(measured))
    .map(({ by = "", name = "", predicted, measured, low, high }) => {
      const ratio = measured / predicted;
      return { by: String(by), name: String(name), x: predicted, y: measured, low, high, ratio };
    });
  const sides = [...new Set(points.map(({ by }) => by))];
  const tint = colorsOf(sides);
  const above = points.filter(({ ratio }) => ratio > 1 + 1e-9);
  const close = points.filter(({ ratio }) => ratio >= near && ratio <= 1 + 1e-9);
  const others = points.filter(({ ratio }) => !(ratio > 1 + 1e-9));
  // Those above, which refute the prediction, are drawn before others are.
  const every = Math.max(1, Math.ceil(others.length / Math.max(DRAWN / 2, DRAWN - above.length)));
  const everyAbove = Math.max(1, Math.ceil(above.length / (DRAWN / 2)));
  const shown = [...others.filter((_, i) => i % every === 0), ...above.filter((_, i) => i % everyAbove === 0)];

  const ends = points.flatMap(({ x, y, low = y, high = y }) => [x, y, ...[low, high].filter(isPlaced)]);
  const x = logAxis(ends, `predicted${unit ? `, ${unit}` : ""}`, plain, 1.3);
  const y = { ...x, label: `measured${unit ? `, ${unit}` : ""}` };
  const [from, to] = points.length > 0 ? x.domain : [1, 1]; // nothing to compare with
  // No name may cover the line.
  const diagonal = Array.from({ length: 81 }, (_, i) => from * (to / from) ** (i / 80)).map((at) => ({ x: at, y: at }));
  const finding = findingOf(points.length, above.length, close.length, near);
  const head = given.head(finding, `diagonal: as predicted · band: ${digits(near, 3)} to 1 times the prediction`, [
    shown.length < points.length ? `dots: ${plain(shown.length)} of ${plain(points.length)}` : "",
    grayNote(sides.length),
    leftOut(all.length - points.length, all.length, "a number that is not above 0"),
  ]);
  const isOne = sides.length < 2;
  const text = (row: (typeof points)[number]): string =>
    `${[row.name, row.by].filter(Boolean).join(", ") || "measured"}: ${plain(row.y)} of ${plain(row.x)}, ${digits(row.ratio, 3)} of it`;
  const picture = chart(
    given,
    {
      ...{ head, x, y },
      points: {
        labels: eachFirst([...shown].reverse().filter(({ name }) => name))
          .slice(0, LABELED)
          .map((row) => ({
            ...row,
            color: row.ratio > 1 + 1e-9 ? ("alarm" as const) : tint(row.by),
            isNeeded: shown.length <= NEEDED,
          })),
        obstacles: [...shown, ...diagonal],
      },
      empty: points.length === 0 ? "no rows" : "",
      key: isOne ? [] : sides.slice(0, NAMED).map((name) => ({ name, color: tint(name), sign: dot })),
      marks: [
        Plot.areaY([from, Math.min(from / Math.max(near, 1e-9), to), to], {
          ...{ x: (at: number) => at, y1: (at: number) => Math.max(from, at * near), y2: (at: number) => at },
          ...{ fill: color("third"), fillOpacity: 0.12 },
        }),
        Plot.line([from, to], { ...{ x: (at: number) => at, y: (at: number) => at }, stroke: color("muted") }),
        Plot.ruleX(
          shown.filter(({ low, high }) => isPlaced(low ?? 0) && isPlaced(high ?? 0)),
          { x: "x", y1: "low", y2: "high", stroke: color("muted"), strokeWidth: 1.5 },
        ),
        Plot.dot(shown, {
          ...{ x: "x", y: "y", r: 4, stroke: color("background"), title: text },
          fill: (row: (typeof points)[number]) => color(row.ratio > 1 + 1e-9 ? "alarm" : tint(row.by)),
        }),
      ],
    },
    320,
  );
  const sorted = [...points].sort((a, b) => a.ratio - b.ratio);
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  const name = (row: (typeof points)[number]): string =>
    `${digits(row.ratio, 3)}${row.name ? ` (${inSentence(row.name)})` : ""}`;
  const range = points.length > 0 ? `measured / predicted is between ${name(least)} and ${name(most)}` : "no rows";
  const over = listed(above, (row) => `${row.name || "a measurement"} ${digits(row.ratio, 3)}`);
  return new Figure({
    name: "predicted",
    ...picture,
    description: `${head.title || finding}: ${range}${over ? `; above the prediction: ${over}` : ""}.`,
    facts: {
      ...{ measurements: points.length, above: above.length, near: close.length },
      ...{ least: least?.ratio ?? null, most: most?.ratio ?? null, left: all.length - points.length },
    },
  });
}

/** One row of each name before further rows of any: so that most names find room. */
function eachFirst<Row extends { readonly name: string }>(rows: readonly Row[]): Row[] {
  const firsts = new Set(new Map([...rows].reverse().map((row) => [row.name, row])).values());
  return [...rows.filter((row) => firsts.has(row)), ...rows.filter((row) => !firsts.has(row))];
}

function findingOf(count: number, above: number, close: number, near: number): string {
  if (count === 0) return "Predicted and measured";
  const over = above === 0 ? "none above" : `${plain(above)} above`;
  return `${plain(close)} of ${plain(count)} measurements are ${digits(near, 3)} to 1 times the prediction, ${over}`;
}
