import * as Plot from "@observablehq/plot";
import { deviation, extent, format, group, mean, quantile, scaleLinear, scaleLog } from "d3";
import { chartWords } from "./marks/endLabels.js";
import { Figure } from "./figure.js";
import {
  crosses,
  dataDomain,
  draw,
  lonePoints,
  placeOn,
  referenceLabels,
  referenceLines,
  STEP_MARGINS,
  stepAxes,
  tick,
  waiting,
} from "./frame.js";
import { type FrameOptions, Options } from "./options.js";
import { color, type ColorName, modelColors } from "./palette.js";
import {
  type Accessors,
  type Columns,
  label,
  number,
  oneOf,
  optional,
  orNull,
  readRows,
  step,
  text,
} from "./rows/columns.js";
import { acrossRuns, breaks, movingAverage, type Point, sample, thin, unsharedNote } from "./rows/series.js";
import { capital } from "../text/show.js";
import { alike } from "./rows/few.js";
import { inOrder } from "./rows/training.js";

/** One value of one metric. */
export interface LineRow {
  readonly step: number;
  /** Null where this step has none. */
  readonly value: number | null;
  /** Rows of one name are one line, or one band over its runs; default "value". */
  readonly by?: string | number;
  /** A repetition: a seed. Default: all rows of a name are one run. */
  readonly run?: string | number;
}

export interface LinesOptions extends FrameOptions {
  /** What is measured, with its unit: "gradient norm", "entropy of the router, nats". Default: the name of its column. */
  readonly yLabel?: string;
  /** What the horizontal axis counts. Default "training step". */
  readonly xLabel?: string;
  /** Steps of a moving average; each run is smoothed before runs are compared. Default 1: none. */
  readonly window?: number;
  /** What several runs of one name become: their mean with a band of one standard deviation to both sides; their median with a band
   *  from the first to the third quartile; or a thin line each. Default "deviation". */
  readonly band?: "deviation" | "quartiles" | "runs";
  /** A logarithmic vertical axis. Default false. */
  readonly log?: boolean;
  /** Planned number of steps: fixes the right end of the axis. */
  readonly steps?: number;
  /** Horizontal lines to compare with. */
  readonly references?: readonly { readonly value: number; readonly label: string }[];
}

const COLUMNS: Columns<ReadLine> = {
  step,
  value: orNull(number),
  by: optional(label),
  run: optional(label),
};
/** A LineRow as it is read: with names as texts. */
type ReadLine = Omit<LineRow, "by" | "run"> & { readonly by?: string; readonly run?: string };
const POINTS = 300; // of a line
const TICK = 24; // px between two numbers of the vertical axis, as d3 may place twice as many as asked for
const NAMED = 8; // lines with a color and a label
const [general, exponential] = [".4~g", ".3~e"].map(format);
/** 0.0002 is 2e-4: as a decimal fraction a small number is wider than the room beside the axis. */
const short = (value: number): string => (value !== 0 && Math.abs(value) < 1e-3 ? exponential(value) : general(value));

/** Any metric over the steps of training: a line a name, a band where a name has several runs. Values that are not finite leave a gap
 *  and a cross. What has a name of its own in a log needs no mapping: `lines(rows, { step: "_step", value: "train/grad_norm" })`. */
export function lines<T extends object>(rows: Iterable<T>, options: LinesOptions & Accessors<LineRow, T>): Figure;
export function lines(rows: Iterable<LineRow>, options?: LinesOptions): Figure;
export function lines(data: Iterable<object>, options: LinesOptions = {}): Figure {
  const all = readRows("lines", data, COLUMNS, options);
  const { rows, note } = inOrder(all, ({ by, run }) => JSON.stringify([by, run]));
  const given = new Options("lines", options);
  const width = given.size("width", 680);
  const { value: column } = options as { readonly value?: unknown };
  const yLabel = given.text("yLabel", typeof column === "string" ? column : "value");
  const xLabel = given.text("xLabel", "training step");
  const place = placeOn(xLabel);
  const window = Math.max(1, given.count("window") ?? 1);
  const band = given.read("band", oneOf("deviation", "quartiles", "runs")) ?? "deviation";
  const isLog = given.flag("log");
  const references = readRows("lines with references", options.references ?? [], { value: number, label: text });

  const curves = [...group(rows, ({ by = "value" }) => by)].map(([name, own]) => curveOf(name, own, window, band));
  const named = curves.slice(0, NAMED);
  const colors = modelColors(named.map(({ name }) => name));
  // A deviation may reach below 0, where a logarithmic band ends at its frame.
  const drawable = ({ y }: Point): boolean => !isLog || y > 0;
  const values = curves
    .flatMap(({ line, low, high, runs }) => [line, low.filter(drawable), high, ...runs].flat())
    .map(({ y }) => y);
  const finite = [...values, ...references.map(({ value }) => value)].filter(Number.isFinite);
  const bad = isLog ? finite.find((value) => value <= 0) : undefined;
  if (bad !== undefined) throw new RangeError(`lines needs values above 0 where log is true, got ${bad}`);
  const [from, to] = extent(finite);
  const isLevel = from === to; // nothing to scale by
  const flat = from === undefined ? [0, 1] : isLevel ? [from - 1, from + 1] : [from, to];
  const around = isLog && isLevel && from !== undefined ? [from / 2, from * 2] : flat;
  const domain = (isLog ? scaleLog(around, [0, 1]) : scaleLinear(around, [0, 1]).nice(5)).domain();
  const x = dataDomain(
    rows.map((row) => row.step),
    given.number("steps"),
  );

  const how = curves.some(({ runs }) => runs.length > 1)
    ? {
        deviation: "line: mean · band: one standard deviation of the runs",
        quartiles: "line: median · band: half of the runs",
        runs: "a thin line: one run",
      }[band]
    : "";
  const notes = [
    window > 1 ? `average over ${window} steps` : "",
    curves.length > NAMED ? `in gray: ${curves.length - NAMED} more` : "",
    curves.find((curve) => curve.note)?.note ?? "",
    note,
  ];
  const head = given.head(finding(yLabel, curves), how, notes);
  const words = chartWords(
    head,
    named.map(({ name, end, broken }) => {
      const isLost = !Number.isFinite(end.y);
      const value = isLost ? `no number ${place(end.x)}` : short(end.y);
      const at = isLost ? (broken.at(-1) ?? end) : end;
      return { name, value, x: at.x, y: at.y, color: colors.get(name) ?? "muted", alarm: isLost };
    }),
    width,
    { right: STEP_MARGINS.marginRight },
  );
  const height = given.size("height", 290 + words.added);
  const margins = { ...STEP_MARGINS, ...words.margins, marginBottom: 36 };
  const room = height - margins.marginTop - margins.marginBottom;
  const ticks = Math.max(2, Math.min(5, Math.floor(room / TICK)));
  const markup = draw(
    {
      width,
      height,
      ...margins,
      x: { domain: x, label: null },
      y: { type: isLog ? "log" : "linear", domain, label: null },
      marks: [
        ...stepAxes(yLabel, xLabel, ticks, { tickFormat: tick }),
        referenceLines(references),
        ...[...curves]
          .reverse()
          .flatMap((curve) => marks(curve, colors.get(curve.name) ?? "grid", band, domain, place)),
        referenceLabels(references, x[1]),
        ...(rows.length === 0 ? [waiting("waiting for the first step")] : []),
        ...words.marks,
      ],
    },
    words.key,
  );
  const said = curves.slice(0, NAMED).map(({ name, end, inMean }) => {
    const of = inMean > 1 ? `, ${band === "quartiles" ? "median" : "mean"} of ${inMean} runs` : "";
    return Number.isFinite(end.y)
      ? `${name} ${short(end.y)} ${place(end.x)}${of}`
      : `${name} not a number ${place(end.x)}`;
  });
  const more = curves.length > NAMED ? `; and ${curves.length - NAMED} more` : "";
  return new Figure({
    name: "lines",
    width,
    height,
    markup,
    description: `${yLabel}: ${said.length > 0 ? `${said.join("; ")}${more}` : "no step yet"}.`,
    facts: Object.fromEntries(curves.map(({ name, start, end, runs }) => [name, { start, end, runs: runs.length }])),
  });
}

interface Curve {
  readonly name: string;
  /** Each run, smoothed. */
  readonly runs: readonly (readonly Point[])[];
  /** What was left out of their mean; and how many of them the last point is the mean of. */
  readonly note: string;
  readonly inMean: number;
  /** What the runs have in common, and the ends of the band. */
  readonly line: readonly Point[];
  readonly low: readonly Point[];
  readonly high: readonly Point[];
  /** First step of each stretch without numbers, at the height of the last one. */
  readonly broken: readonly Point[];
  readonly start: Point;
  readonly end: Point;
}

function curveOf(name: string, rows: readonly ReadLine[], window: number, band: string): Curve {
  const runs = [...group(rows, ({ run = "" }) => run).values()].map((own) => {
    const points = own.flatMap(({ step, value }) => (value === null ? [] : [{ x: step, y: value }]));
    return window > 1 ? movingAverage(points, window) : points;
  });
  const at = acrossRuns(runs);
  const points = (value: (ys: readonly number[]) => number): Point[] => at.map(({ x, ys }) => ({ x, y: value(ys) }));
  const middle = (ys: readonly number[]) =>
    !ys.every(Number.isFinite) ? NaN : band === "quartiles" ? quantile(ys, 0.5)! : mean(ys)!;
  const around = (ys: readonly number[], side: -1 | 1) =>
    band === "quartiles" ? quantile(ys, 0.5 + side / 4)! : mean(ys)! + side * (deviation(ys) ?? 0);
  const line = points(middle);
  const isBand = runs.length > 1 && band !== "runs";
  const edge = (side: -1 | 1) => (isBand ? points((ys) => (ys.every(Number.isFinite) ? around(ys, side) : NaN)) : []);
  const none = { x: 0, y: NaN };
  return {
    ...{
      name,
      runs,
      note: runs.length > 1 ? unsharedNote(runs, at) : "",
      inMean: at.at(-1)?.ys.length ?? 0,
      line,
      low: edge(-1),
      high: edge(1),
      broken: breaks(line),
    },
    start: line[0] ?? none,
    end: line.at(-1) ?? none,
  };
}

function marks(
  curve: Curve,
  tint: ColorName,
  band: string,
  domain: readonly number[],
  place: (x: number) => string,
): Plot.Markish[] {
  const at = { x: "x", y: "y" } as const;
  const stroke = color(tint);
  const [bottom, top] = [domain[0], domain[1]];
  const inside = ({ x, y }: Point): Point => ({ x, y: Math.min(Math.max(y, bottom), top) });
  const runs = band === "runs" && curve.runs.length > 1 ? curve.runs : [];
  const low = sample(curve.low.map(inside), POINTS);
  const high = sample(curve.high.map(inside), POINTS);
  return [
    ...(low.length > 0
      ? [
          Plot.areaY(
            low.map(({ x, y }, i) => ({ x, y1: y, y2: high[i].y })),
            { x: "x", y1: "y1", y2: "y2", fill: stroke, fillOpacity: 0.18 },
          ),
        ]
      : []),
    ...runs.map((run) => Plot.line(thin(run, POINTS), { ...at, stroke, strokeWidth: 1, strokeOpacity: 0.5 })),
    Plot.line(thin(curve.line, POINTS), { ...at, stroke, strokeWidth: 2 }),
    lonePoints(curve.line, stroke),
    ...crosses(curve.broken, place),
  ];
}

/** What the data show, in a line: "Loss fell from 4.17 to 2.31", "Gradient norm ends between 0.4 (dense) and 0.7 (MoE)". */
function finding(yLabel: string, curves: readonly Curve[]): string {
  const [label] = yLabel.split(",");
  const name = /[_/]/.test(label) ? label : capital(label); // the name of a column is written as it is
  const ends = curves.filter(({ end }) => Number.isFinite(end.y));
  if (ends.length === 0) return name;
  const [{ start, end }] = ends;
  if (ends.length > 1) {
    const sorted = [...ends].sort((a, b) => a.end.y - b.end.y);
    const [least, most] = [sorted[0], sorted[sorted.length - 1]];
    const [low, high] = [short(least.end.y), short(most.end.y)];
    if (low === high) return `${name} ends at ${low} for ${alike(ends.map((end) => end.name))}`;
    return `${name} ends between ${low} (${least.name}) and ${high} (${most.name})`;
  }
  if (!Number.isFinite(start.y) || start.x === end.x) return `${name} is ${short(end.y)}`;
  const way = end.y < start.y ? "fell" : end.y > start.y ? "rose" : "stayed";
  return way === "stayed"
    ? `${name} ends where it began, at ${short(end.y)}`
    : `${name} ${way} from ${short(start.y)} to ${short(end.y)}`;
}
