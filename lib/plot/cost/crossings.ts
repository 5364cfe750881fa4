import * as Plot from "@observablehq/plot";
import { digits, inBytes, inWords, short } from "../../text/numbers.js";
import { named as inSentence } from "../../text/show.js";
import { Figure } from "../figure.js";
import { type FrameOptions, Options } from "../options.js";
import { color } from "../palette.js";
import { type Accessors, type Columns, label, number, oneOf, readRows } from "../rows/columns.js";
import { isPlaced, logAxis, plain } from "./parts/axes.js";
import { chart } from "./parts/chart.js";
import { type Comparison, compare, type Crossing } from "./crossing.js";
import { curveMarks, curvesOf, endsOf, lastOf, undrawnNote } from "./parts/curves.js";
import { listed } from "../rows/few.js";
import { colorsOf, grayNote, leftOut, NAMED } from "./parts/words.js";

/** One point of a line. */
export interface CrossingRow {
  /** Rows of one name are one line: "MoE", "dense". */
  readonly by: string | number;
  /** Texts at the same time; with another `xLabel`, what that says. */
  readonly batch: number;
  /** What is compared: tokens per second, bytes of a step. */
  readonly value: number;
}

export interface CrossingsOptions extends FrameOptions {
  /** Default "batch". */
  readonly xLabel?: string;
  /** What is compared, with its unit: "tokens per second". Default "value". */
  readonly yLabel?: string;
  /** How values are written. Default "number": 46.7 billion. */
  readonly unit?: "number" | "bytes";
}

const COLUMNS: Columns<CrossingRow> = { by: label, batch: number, value: number };

/** Where lines cross: at which batch a mixture stops to be faster than a dense model, or reads more. Each pair of the first six lines is
 *  compared; between two rows a line is straight on both logarithmic axes, and a crossing lies where both lines of a pair do.
 *  Rows without numbers above 0 are left out, and counted in the subtitle.
 *  @example
 *  ```ts
 *  import { account, findModel } from "twinformer/account";
 *  import { speedRows } from "twinformer/cost";
 *  import { crossings } from "twinformer/plot";
 *
 *  const rows = speedRows(account(findModel("Mixtral-8x7B")!.config!), "H100-SXM", { context: 256 });
 *  crossings(rows, { by: "model", value: "tokensPerSecond", yLabel: "tokens per second" });
 *  ```
 */
export function crossings<T extends object>(
  rows: Iterable<T>,
  options: CrossingsOptions & Accessors<CrossingRow, T>,
): Figure;
export function crossings(rows: Iterable<CrossingRow>, options?: CrossingsOptions): Figure;
export function crossings(data: Iterable<object>, options: CrossingsOptions = {}): Figure {
  const all = readRows("crossings", data, COLUMNS, options);
  const given = new Options("crossings", options);
  const [xLabel, yLabel] = [given.text("xLabel", "batch"), given.text("yLabel", "value")];
  const isBytes = given.read("unit", oneOf("number", "bytes")) === "bytes";
  const [words, tick] = isBytes ? [inBytes, inBytes] : [inWords, short];
  const rows = all
    .filter(({ batch, value }) => isPlaced(batch) && isPlaced(value))
    .map(({ by, batch, value }) => ({ by: String(by), x: batch, y: value }));
  const { curves, replaced } = curvesOf(rows);
  const named = curves.slice(0, NAMED);
  const pairs = named.flatMap((a, i) => named.slice(i + 1).map((b) => compare(a, b)));
  const found = pairs.flatMap(({ crossings: own }) => own);
  const tint = colorsOf(curves.map(({ name }) => name));

  const x = logAxis(rows.map((row) => row.x), xLabel); // prettier-ignore
  const y = logAxis(rows.map((row) => row.y), yLabel, tick); // prettier-ignore
  const finding = findingOf(named, pairs, xLabel || "batch");
  const notes = [
    grayNote(curves.length),
    undrawnNote(curves),
    leftOut(all.length - rows.length, all.length, "a number that is not above 0"),
    replaced > 0 ? `of rows at the same place the last counts: ${replaced} replaced` : "",
  ];
  const how = found.length > 0 ? "circles: where lines cross, computed between the rows" : "logarithmic axes";
  const head = given.head(finding, how, notes);
  const drawn = chart(given, {
    ...{ head, x, y },
    empty: curves.length === 0 ? "no rows" : "",
    ends: endsOf(named, tint, ({ y: value }) => words(value)),
    points: {
      labels: found
        .slice(0, MARKED)
        .map((at) => ({ x: at.x, y: at.y, name: placeOf(at), color: "ink" as const, side: "above" as const })),
      obstacles: rows.length <= 200 ? rows : [],
    },
    marks: [
      ...curveMarks(curves, tint, (point) => `${words(point.y)} at ${plain(point.x)}`),
      Plot.ruleX(found.slice(0, MARKED), {
        ...{ x: "x", y1: y.domain[0], y2: "y", stroke: color("ink"), strokeDasharray: "2,3", strokeOpacity: 0.6 },
      }),
      Plot.dot(found.slice(0, MARKED), {
        ...{ x: "x", y: "y", r: 6, stroke: color("ink"), strokeWidth: 2, fill: "none" },
        title: (at: Crossing) => `${at.pair.join(" and ")} cross at ${digits(at.x, 3)}`,
      }),
    ],
  });
  // The title says it of two lines.
  const said =
    pairs.length > 1 || head.title !== finding ? listed(pairs, (pair) => sentenceOf(pair, xLabel || "batch")) : "";
  const ends = listed(curves, (curve) => `${curve.name} ${words(lastOf(curve).y)} at ${plain(lastOf(curve).x)}`);
  return new Figure({
    name: "crossings",
    ...drawn,
    description: `${head.title || finding}: ${[said, ends].filter(Boolean).join("; ") || "no rows"}.`,
    facts: { crossings: found.slice(0, MARKED), lines: curves.length, left: all.length - rows.length },
  });
}

const MARKED = 60; // crossings with a circle, and in the facts

function findingOf(curves: readonly { readonly name: string }[], pairs: readonly Comparison[], x: string): string {
  if (curves.length === 0) return "No lines to compare";
  if (pairs.length === 0) return `${inSentence(curves[0].name)} alone: nothing that it could cross`;
  if (pairs.length === 1) return sentenceOf(pairs[0], x, "Up to");
  const found = pairs.filter(({ crossings: own }) => own.length > 0);
  const count = found.reduce((sum, { crossings: own }) => sum + own.length, 0);
  if (count === 0) return `No two of ${curves.length} lines cross`;
  const first = `${found[0].names.map(inSentence).join(" and ")} at ${x} ${placeOf(found[0].crossings[0])}`;
  return count === 1 ? `One crossing: ${first}` : `${count} crossings, the first pair ${first}`;
}

const placeOf = ({ x }: Crossing): string => digits(x, 3);

/** What is said of two lines. */
function sentenceOf({ names, crossings: own, order }: Comparison, x: string, upTo = "up to"): string {
  const [a, b] = names.map(inSentence);
  if (order === "apart") return `${a} and ${b} have no ${x} in common`;
  if (order === "equal") return `${a} and ${b} are equal at every ${x}`;
  if (own.length === 0) return order === "above" ? `${a} is never below ${b}` : `${b} is never below ${a}`;
  if (own.length > 1) return `${a} and ${b} cross ${own.length} times, at ${x} ${listed(own, placeOf, 4, ", ")}`;
  const [upper, lower] = order === "above" ? [a, b] : [b, a];
  return `${upTo} ${x} ${placeOf(own[0])} ${upper} is above ${lower}, then below`;
}
