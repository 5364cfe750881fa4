import * as Plot from "@observablehq/plot";
import { group, rollup, sum } from "d3";
import { counted, digits, grouped, percent } from "../../text/numbers.js";
import { clip } from "../../text/show.js";
import { chartWords } from "../marks/endLabels.js";
import { Figure } from "../figure.js";
import { draw } from "../frame.js";
import { expertsOf, type FrameOptions, Options } from "../options.js";
import { color, modelColors } from "../palette.js";
import { type Accessors, amount, type Columns, either, index, optional, readRows, text } from "../rows/columns.js";
import { alike } from "../rows/few.js";
import { type Point, sample } from "../rows/series.js";

/** What one expert got. */
export interface LorenzRow {
  readonly expert: number;
  /** Tokens, or a share of them; rows of one expert add up. */
  readonly tokens: number;
  /** Rows of one name are one curve: a model, a layer; default "experts". */
  readonly by?: string | number;
}

export interface LorenzOptions extends FrameOptions {
  /** E; default one more than the largest expert of the rows. An expert without rows has no tokens. */
  readonly nExpert?: number;
}

const COLUMNS: Columns<LorenzRow> = { expert: index, tokens: amount, by: optional(either(text, index)) };
const NAMED = 6; // curves with a color and a label
const GRAY = 64; // further ones
const POINTS = 96; // of a curve
const SAID = 64; // curves in the facts, the most uneven
const BUSY = 0.2; // share of the experts that a title speaks of

/** Lorenz curves: the share of the tokens that the least busy experts have together. On the diagonal all experts have the same; the
 *  farther below it, the larger the Gini coefficient (0: all the same, 1: one expert has everything). Of many curves the most uneven
 *  ones have a name.
 *  @example
 *  const figure = lorenz([{ expert: 0, tokens: 1 }, { expert: 1, tokens: 3 }]);
 *  figure.facts // => [{ by: "experts", experts: 2, tokens: 4, gini: 0.25, busiest: 1, share: 0.75 }]
 */
export function lorenz<T extends object>(rows: Iterable<T>, options: LorenzOptions & Accessors<LorenzRow, T>): Figure;
export function lorenz(rows: Iterable<LorenzRow>, options?: LorenzOptions): Figure;
export function lorenz(data: Iterable<object>, options: LorenzOptions = {}): Figure {
  const rows = readRows("lorenz", data, COLUMNS, options);
  const given = new Options("lorenz", options);
  const width = given.size("width", 680);
  const experts = expertsOf(given, rows);
  const all = [...group(rows, ({ by = "experts" }) => String(by))].map(([by, own]) =>
    curveOf(clip(by, 40), own, experts),
  );
  const curves = all.filter(({ tokens }) => tokens > 0).sort((a, b) => b.gini - a.gini);
  const named = curves.slice(0, NAMED);
  const gray = sample(curves.slice(NAMED), GRAY);
  const colors = modelColors(named.map(({ by }) => by));
  const head = given.head(finding(curves), "the farther below the diagonal, the more uneven", [
    curves.length > NAMED
      ? `in gray: ${gray.length < curves.length - NAMED ? `${gray.length} of ` : ""}${curves.length - NAMED} more`
      : "",
    curves.length < all.length ? `${all.length - curves.length} without tokens` : "",
  ]);
  const right = Math.min(150, Math.max(96, width * 0.22));
  const asPercent = (value: number) => percent(Math.round(value * 100) / 100);
  const line = (curve: Curve, stroke: string, strokeWidth: number) =>
    Plot.line(sample(curve.points, POINTS), { x: "x", y: "y", stroke, strokeWidth });
  const words = chartWords(
    head,
    named.map(({ by, gini, points }) => ({
      ...{ name: clip(by, Math.floor((right - 12) / 8)), value: `Gini ${digits(gini, 2)}`, color: colors.get(by)! },
      ...{ x: 1, y: points[Math.floor(points.length * 0.7)].y }, // where the curves are apart
    })),
    width,
    { right },
  );
  const { marginTop, marginRight } = words.margins;
  const height = given.size("height", marginTop + 270);
  const markup = draw(
    {
      ...{ width, height, marginTop, marginRight, marginLeft: 52, marginBottom: 38 },
      x: { domain: [0, 1], label: null },
      y: { domain: [0, 1], label: null },
      marks: [
        Plot.gridY({ ticks: 5, stroke: color("grid"), strokeOpacity: 1 }),
        Plot.axisY({ ticks: 5, tickSize: 0, tickFormat: asPercent, fill: color("muted") }),
        Plot.axisX({
          ticks: width - marginRight < 300 ? 2 : 5,
          tickSize: 4,
          tickFormat: asPercent,
          fill: color("muted"),
          stroke: color("muted"),
        }),
        Plot.text(["↑ share of the tokens"], { frameAnchor: "top-left", dx: -48, dy: -20, fill: color("muted") }),
        Plot.text(["experts, the least busy first →"], {
          ...{ frameAnchor: "bottom-right", dy: 34, fill: color("muted") },
        }),
        Plot.line([[0, 0], [1, 1]], { stroke: color("muted"), strokeDasharray: "3,3" }), // prettier-ignore
        ...gray.map((curve) => line(curve, color("grid"), 1.5)),
        ...[...named].reverse().map((curve) => line(curve, color(colors.get(curve.by)!), 2)),
        ...(curves.length === 0 ? [Plot.text(["no tokens yet"], { frameAnchor: "middle", fill: color("muted") })] : []),
        ...words.marks,
      ],
    },
    words.key,
  );
  const said = named.map(({ by, gini }) => `${by}: Gini ${digits(gini, 2)}`);
  const more = curves.length > NAMED ? [`and ${curves.length - NAMED} more, which are more even`] : [];
  return new Figure({
    name: "lorenz",
    width,
    height,
    markup,
    description: `${[head.title, ...(said.length > 0 ? said : ["no tokens"]), ...more].join("; ")}.`,
    facts: curves.slice(0, SAID).map(({ points: _, ...facts }) => facts),
  });
}

interface Curve {
  readonly by: string;
  readonly experts: number;
  readonly tokens: number;
  readonly gini: number;
  /** The number of the busiest experts that a title speaks of, and their share of the tokens. */
  readonly busiest: number;
  readonly share: number;
  readonly points: readonly Point[];
}

function curveOf(by: string, rows: readonly LorenzRow[], experts: number): Curve {
  const counts = rollup(
    rows,
    (own) => sum(own, ({ tokens }) => tokens),
    ({ expert }) => expert,
  );
  const sorted = Array.from({ length: experts }, (_, e) => counts.get(e) ?? 0).sort((a, b) => a - b);
  const tokens = sum(sorted);
  const points: Point[] = [{ x: 0, y: 0 }];
  let below = 0;
  sorted.forEach((own, i) => {
    below += own / tokens;
    points.push({ x: (i + 1) / experts, y: Math.min(below, 1) });
  });
  const busiest = Math.max(1, Math.round(BUSY * experts));
  const gini = sum(sorted, (own, i) => (2 * i + 1 - experts) * (own / tokens)) / experts;
  return { by, experts, tokens, gini: Math.max(gini, 0), busiest, share: sum(sorted.slice(-busiest)) / tokens, points };
}

/** @param curves the most uneven first */
function finding(curves: readonly Curve[]): string {
  if (curves.length === 0) return "How evenly the tokens are spread";
  const [most, least] = [curves[0], curves[curves.length - 1]];
  const [high, low] = [most, least].map(({ gini }) => digits(gini, 2));
  if (curves.length > 1 && high === low)
    return `Tokens are spread equally for ${alike(curves.map(({ by }) => by))} (Gini ${high})`;
  if (curves.length > 1)
    return `Tokens are spread most unevenly in ${most.by} (Gini ${high}), most evenly in ${least.by} (${low})`;
  const { busiest, experts, share } = most;
  const who =
    busiest === 1
      ? `The busiest of ${counted(experts, "expert")} has`
      : `The busiest ${busiest} of ${grouped(experts)} experts have`;
  return `${who} ${percent(share)} of the tokens`;
}
