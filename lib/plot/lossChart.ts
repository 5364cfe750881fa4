import * as Plot from "@observablehq/plot";
import { group, maxIndex, mean, minIndex } from "d3";
import {
  type Accessors,
  type Columns,
  label,
  number,
  optional,
  orNull,
  type Read,
  readRows,
  step,
  text,
} from "./rows/columns.js";
import { chartWords, type EndLabel } from "./marks/endLabels.js";
import { Figure } from "./figure.js";
import {
  crosses,
  draw,
  lonePoints,
  referenceLabels,
  referenceLines,
  STEP_MARGINS,
  stepAxes,
  stepDomain,
  waiting,
} from "./frame.js";
import { Options, type FrameOptions } from "./options.js";
import { color, modelColors, type ColorName } from "./palette.js";
import { alike } from "./rows/few.js";
import { byLine, inOrder, lastRows, type LossRow } from "./rows/training.js";
import {
  acrossRuns,
  type AtStep,
  breaks,
  movingAverage,
  sample,
  thin,
  type Point,
  unsharedNote,
} from "./rows/series.js";

export interface LossChartOptions extends FrameOptions {
  /** Planned number of training steps: fixes the right end of the axis while the line grows towards it. */
  readonly steps?: number;
  /** Label of the vertical axis with its unit; default "cross-entropy, nats per character". */
  readonly yLabel?: string;
  /** Horizontal lines to compare with, such as { value: Math.log(65), label: "guessing evenly" }; in the unit of the loss. */
  readonly references?: readonly Reference[];
}

interface Reference {
  readonly value: number;
  readonly label: string;
}

/** A LossRow as it is read: with names as texts. */
type ReadLoss = Omit<Read<LossRow>, "run"> & { readonly run?: string };
const COLUMNS: Columns<ReadLoss> = {
  step,
  loss: orNull(number),
  by: optional(label),
  run: optional(label),
  valLoss: optional(orNull(number)),
};
const WINDOW = 20; // steps of the moving average
const MANY = 4; // lines up to which each can be wider than the one above it
const RUNS = 24; // of a model that are drawn
const POINTS = 240; // drawn points a line: about one every two pixels

/** Loss by training step, one color a model: each batch faint, its moving average as a line, held-out text as dots. Where a model has
 *  several runs, the average of each is a thin line, and line and dots are their mean.
 *  A loss that is not finite leaves a gap and a cross. Draws up to thousands of rows in a few milliseconds. */
export function lossChart<T extends object>(
  rows: Iterable<T>,
  options: LossChartOptions & Accessors<LossRow, T>,
): Figure;
export function lossChart(rows: Iterable<LossRow>, options?: LossChartOptions): Figure;
export function lossChart(data: Iterable<object>, options: LossChartOptions = {}): Figure {
  const { rows, note } = inOrder(readRows("lossChart", data, COLUMNS, options), ({ by, run }) =>
    JSON.stringify([by, run]),
  );
  const given = new Options("lossChart", options);
  const width = given.size("width", 680);
  const curves = curvesOf(rows);
  const most = curves.reduce((all, { runs }) => Math.max(all, runs.length), 0);
  const head = given.head(
    finding(curves),
    most > 0
      ? `thin: a run, averaged over ${WINDOW} steps · line: mean of the runs · dots: that of validation`
      : `faint: each step's batch · line: average over ${WINDOW} steps · dots: validation`,
    [most > RUNS ? `drawn: ${RUNS} of up to ${most} runs` : "", curves.find((curve) => curve.note)?.note ?? "", note],
  );
  const yLabel = given.text("yLabel", "cross-entropy, nats per character");
  const references = readRows("lossChart with references", options.references ?? [], { value: number, label: text });
  const x = stepDomain(
    rows.map((row) => row.step),
    given.number("steps"),
  );

  const domain = lossDomain(curves, references);
  const words = chartWords(head, curves.map(endLabel), width, { right: STEP_MARGINS.marginRight });
  const height = given.size("height", 290 + words.added);
  const markup = draw(
    {
      width,
      height,
      ...STEP_MARGINS,
      ...words.margins,
      marginBottom: 36,
      x: { domain: x, label: null },
      y: { domain, label: null, ticks: 5, tickFormat: ".1f" },
      marks: [
        ...stepAxes(yLabel, "training step", 5),
        referenceLines(references),
        ...curves.flatMap((curve, i) =>
          curveMarks(curve, domain[1], curves.length > MANY ? undefined : curves.length - 1 - i),
        ),
        referenceLabels(references, x[1]),
        ...(rows.length === 0 ? [waiting("waiting for the first step")] : []),
        ...words.marks,
      ],
    },
    words.key,
  );
  return new Figure({
    name: "loss",
    width,
    height,
    markup,
    description: describe(head.title, curves),
    facts: { ...lastRows(rows), ...Object.fromEntries(curves.filter(({ runs }) => runs.length > 0).map(factsOf)) },
  });
}

interface Curve {
  readonly by: string;
  readonly color: ColorName;
  /** Each batch, where there is one run. */
  readonly batch: readonly Point[];
  /** The averages of each run, where there are several. */
  readonly runs: readonly (readonly Point[])[];
  /** How many runs its last point is the mean of, and what was left out of the mean. */
  readonly inMean: number;
  readonly note: string;
  readonly average: readonly Point[];
  readonly validation: readonly Point[];
  /** First step of each run of losses that are not finite, at the height of the last finite one. */
  readonly broken: readonly Point[];
  /** True if the last loss is not finite. */
  readonly lost: boolean;
  /** Where the label goes: the end of the line, or the last cross. */
  readonly end: Point;
}

function curvesOf(rows: readonly ReadLoss[]): Curve[] {
  const groups = byLine(rows);
  const colors = modelColors([...groups.keys()]);
  return [...groups].flatMap(([by, all]) => {
    const runs = [...group(all, ({ run = "" }) => run).values()].map(runOf);
    const isOne = runs.length === 1;
    const averages = runs.map((run) => run.average);
    const [at, measured] = [acrossRuns(averages), acrossRuns(runs.map((run) => run.validation))];
    const average = isOne ? averages[0] : meansOf(at);
    const validation = isOne ? runs[0].validation : meansOf(measured);
    const broken = breaks(average);
    const last = average.at(-1) ?? validation.at(-1);
    if (!last) return []; // nothing was measured
    const lost = !Number.isFinite(last.y);
    const end = lost ? broken[broken.length - 1] : last;
    return {
      ...{ by, color: colors.get(by)!, average, validation, broken, lost, end },
      ...(isOne
        ? { batch: runs[0].batch, runs: [], inMean: 1, note: "" }
        : {
            ...{ batch: [], runs: averages, note: unsharedNote(averages, at) },
            inMean: ((measured.length > 0 ? measured : at).at(-1)?.ys.length ?? 0) || 1,
          }),
    };
  });
}

function runOf(rows: readonly ReadLoss[]) {
  const batch = rows.flatMap(({ step, loss }) => (loss === null ? [] : [{ x: step, y: loss }]));
  const validation = rows.flatMap(({ step, valLoss }) =>
    typeof valLoss === "number" && Number.isFinite(valLoss) ? [{ x: step, y: valLoss }] : [],
  );
  return { batch, average: movingAverage(batch, WINDOW), validation };
}

const meansOf = (at: readonly AtStep[]): Point[] =>
  at.map(({ x, ys }) => ({ x, y: ys.every(Number.isFinite) ? mean(ys)! : NaN }));

/** From a round number under the lowest loss to one over the highest average: it moves in jumps, and rarely. A single wild
 *  batch does not stretch it; such a spike is cut off at the frame. */
function lossDomain(curves: readonly Curve[], references: readonly Reference[]): [number, number] {
  const finite = (points: readonly Point[]) => points.map(({ y }) => y).filter(Number.isFinite);
  const low = curves.flatMap((curve) => finite([...curve.batch, ...curve.runs.flat(), ...curve.validation]));
  const high = curves.flatMap((curve) => finite([...curve.average, ...curve.runs.flat(), ...curve.validation]));
  const values = references.map(({ value }) => value);
  const [bottom, top] = [low.concat(values).reduce(smaller, Infinity), high.concat(values).reduce(larger, -Infinity)];
  if (bottom > top) return [0, 5];
  const early = curves.every((curve) => curve.average.length < 50); // a fine grid would move with each of the first, steep steps
  const grid = early || top - bottom > 1 ? 0.5 : 0.1;
  return [Math.floor(bottom / grid - 0.2) * grid, Math.ceil(top / grid + 0.1) * grid];
}

const smaller = (a: number, b: number) => Math.min(a, b);
const larger = (a: number, b: number) => Math.max(a, b);

/** @param above number of lines that will be drawn over this one: it is as much wider, so that equal curves all show. Undefined
 *  among many lines: then all are thin, with few dots. */
function curveMarks(curve: Curve, top: number, above: number | undefined): Plot.Markish[] {
  const wider = above === undefined ? -0.5 : 1.5 * above;
  const dots = sample(curve.validation, above === undefined ? 8 : 40);
  const below = ({ x, y }: Point) => ({ x, y: Math.min(y, top) });
  const stroke = color(curve.color);
  const at = { x: "x", y: "y" } as const;
  return [
    Plot.line(thin(curve.batch.map(below), POINTS), { ...at, stroke, strokeWidth: 1, strokeOpacity: 0.28 }),
    ...curve.runs
      .slice(0, RUNS)
      .map((run) => Plot.line(sample(run, POINTS), { ...at, stroke, strokeWidth: 1, strokeOpacity: 0.45 })),
    Plot.line(sample(curve.average, POINTS), { ...at, stroke, strokeWidth: 2 + wider }),
    Plot.dot(dots, { ...at, r: 3 + wider, fill: color("background"), stroke, strokeWidth: 2 }),
    lonePoints(curve.average, stroke),
    ...crosses(curve.broken),
  ];
}

function endLabel(curve: Curve): EndLabel {
  return { name: curve.by, value: endValue(curve), ...curve.end, color: curve.color, alarm: curve.lost };
}

/** The last validation, with its step where the line goes on after it; without one, the last average. */
function endValue({ end, lost, validation }: Curve): string {
  if (lost) return `no number at step ${end.x}`;
  const last = validation[validation.length - 1];
  if (!last) return `training ${end.y.toFixed(3)}`;
  return last.x === end.x ? `validation ${last.y.toFixed(3)}` : `val. ${last.y.toFixed(3)}, step ${last.x}`;
}

/** Of several runs: their mean. */
const factsOf = ({ by, runs, end, validation }: Curve) =>
  [by, { runs: runs.length, step: end.x, loss: end.y, valLoss: validation.at(-1)?.y ?? null }] as const;

/** "Loss: lowest MoE with 2.90, highest dense with 3.05": held-out text where it was measured, else the average of the last batches. */
function finding(curves: readonly Curve[]): string {
  const lost = curves.find((curve) => curve.lost);
  if (lost) return `Loss of ${lost.by} is not a number since step ${lost.end.x}`;
  const ends = curves.map(({ by, end, validation }) => ({ by, loss: (validation.at(-1) ?? end).y }));
  if (ends.length === 0) return "Loss while training";
  const loss = curves.some(({ runs }) => runs.length > 0) ? "Mean loss" : "Loss";
  const [least, most] = [minIndex(ends, ({ loss }) => loss), maxIndex(ends, ({ loss }) => loss)].map((i) => ends[i]);
  if (ends.length === 1) return `${loss} of ${least.by} is ${least.loss.toFixed(3)}`;
  const [low, high] = [least, most].map((end) => end.loss.toFixed(3));
  if (low === high) return `${loss} is ${low} for ${alike(ends.map(({ by }) => by))}`;
  return `${loss} is lowest for ${least.by}, ${low}, and highest for ${most.by}, ${high}`;
}

function describe(title: string, curves: readonly Curve[]): string {
  if (curves.length === 0) return `${title}: no step yet.`;
  const ends = curves.map(({ by, end, lost, validation, inMean }) => {
    const of = inMean > 1 ? `, mean of ${inMean} runs` : "";
    if (lost) return `${by} not a number since step ${end.x}`;
    const last = validation[validation.length - 1];
    if (last) return `${by} ${last.y.toFixed(3)} at step ${last.x} (validation${of})`;
    return `${by} ${end.y.toFixed(3)} at step ${end.x} (training, average of the last steps${of})`;
  });
  return `${title}: ${ends.join("; ")}.`;
}
