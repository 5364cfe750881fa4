import * as Plot from "@observablehq/plot";
import { maxIndex, minIndex } from "d3";
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
import { endLabels, type EndLabel } from "./endLabels.js";
import { Figure } from "./figure.js";
import {
  crosses,
  draw,
  head,
  lonePoints,
  referenceLabels,
  referenceLines,
  STEP_MARGINS,
  stepAxes,
  stepDomain,
  waiting,
} from "./frame.js";
import { headHeight, noted, Options, type FrameOptions } from "./options.js";
import { color, modelColors, type ColorName } from "./palette.js";
import { byLine, inOrder, lastRows, type LossRow } from "./rows/training.js";
import { breaks, movingAverage, sample, thin, type Point } from "./rows/series.js";

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

const COLUMNS: Columns<Read<LossRow>> = {
  step,
  loss: orNull(number),
  by: optional(label),
  valLoss: optional(orNull(number)),
};
const WINDOW = 20; // steps of the moving average
const MANY = 4; // lines up to which each can be wider than the one above it
const POINTS = 240; // drawn points a line: about one every two pixels

/** Loss by training step, one color a model: each batch faint, its moving average as a line, held-out text as dots.
 *  A loss that is not finite leaves a gap and a cross. Draws up to thousands of rows in a few milliseconds. */
export function lossChart<T extends object>(
  rows: Iterable<T>,
  options: LossChartOptions & Accessors<LossRow, T>,
): Figure;
export function lossChart(rows: Iterable<LossRow>, options?: LossChartOptions): Figure;
export function lossChart(data: Iterable<object>, options: LossChartOptions = {}): Figure {
  const { rows, note } = inOrder(readRows("lossChart", data, COLUMNS, options), ({ by }) => by ?? "");
  const given = new Options("lossChart", options);
  const [width, height] = [given.size("width", 680), given.size("height", 290)];
  const curves = curvesOf(rows);
  const title = given.text("title", finding(curves));
  const subtitle = noted(
    given.text("subtitle", `faint: each step's batch · line: average over ${WINDOW} steps · dots: validation`),
    note,
  );
  const yLabel = given.text("yLabel", "cross-entropy, nats per character");
  const references = readRows("lossChart with references", options.references ?? [], { value: number, label: text });
  const x = stepDomain(
    rows.map((row) => row.step),
    given.number("steps"),
  );

  const domain = lossDomain(curves, references);
  const markup = draw({
    width,
    height,
    ...STEP_MARGINS,
    marginTop: headHeight(title, subtitle, width) + 30, // and the axis label
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
      endLabels(curves.map(endLabel)),
      ...(rows.length === 0 ? [waiting("waiting for the first step")] : []),
      ...head(title, subtitle, width),
    ],
  });
  return new Figure({
    name: "loss",
    width,
    height,
    markup,
    description: describe(title, curves),
    facts: lastRows(rows),
  });
}

interface Curve {
  readonly by: string;
  readonly color: ColorName;
  readonly batch: readonly Point[];
  readonly average: readonly Point[];
  readonly validation: readonly Point[];
  /** First step of each run of losses that are not finite, at the height of the last finite one. */
  readonly broken: readonly Point[];
  /** True if the last loss is not finite. */
  readonly lost: boolean;
  /** Where the label goes: the end of the line, or the last cross. */
  readonly end: Point;
}

function curvesOf(rows: readonly Read<LossRow>[]): Curve[] {
  const groups = byLine(rows);
  const colors = modelColors([...groups.keys()]);
  return [...groups].flatMap(([by, group]) => {
    const batch = group.flatMap(({ step, loss }) => (loss === null ? [] : [{ x: step, y: loss }]));
    const average = movingAverage(batch, WINDOW);
    const validation = group
      .filter((row) => typeof row.valLoss === "number" && Number.isFinite(row.valLoss))
      .map((row) => ({ x: row.step, y: row.valLoss! }));
    const broken = breaks(average);
    const last = average.at(-1) ?? validation.at(-1);
    if (!last) return []; // nothing was measured
    const lost = !Number.isFinite(last.y);
    const end = lost ? broken[broken.length - 1] : last;
    return { by, color: colors.get(by)!, batch, average, validation, broken, lost, end };
  });
}

/** From a round number under the lowest loss to one over the highest average: it moves in jumps, and rarely. A single wild
 *  batch does not stretch it; such a spike is cut off at the frame. */
function lossDomain(curves: readonly Curve[], references: readonly Reference[]): [number, number] {
  const finite = (points: readonly Point[]) => points.map(({ y }) => y).filter(Number.isFinite);
  const low = curves.flatMap((curve) => finite([...curve.batch, ...curve.validation]));
  const high = curves.flatMap((curve) => finite([...curve.average, ...curve.validation]));
  const values = references.map(({ value }) => value);
  const [bottom, top] = [low.concat(values).reduce(smaller, Infinity), high.concat(values).reduce(larger, -Infinity)];
  if (bottom > top) return [0, 5];
  const early = curves.every((curve) => curve.batch.length < 50); // a fine grid would move with each of the first, steep steps
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
    Plot.line(sample(curve.average, POINTS), { ...at, stroke, strokeWidth: 2 + wider }),
    Plot.dot(dots, { ...at, r: 3 + wider, fill: color("background"), stroke, strokeWidth: 2 }),
    lonePoints(curve.average, stroke),
    crosses(curve.broken),
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

/** "Loss: lowest MoE with 2.90, highest dense with 3.05": held-out text where it was measured, else the average of the last batches. */
function finding(curves: readonly Curve[]): string {
  const lost = curves.find((curve) => curve.lost);
  if (lost) return `Loss of ${lost.by} is not a number since step ${lost.end.x}`;
  const ends = curves.map(({ by, end, validation }) => ({ by, loss: (validation.at(-1) ?? end).y }));
  if (ends.length === 0) return "Loss while training";
  const [least, most] = [minIndex(ends, ({ loss }) => loss), maxIndex(ends, ({ loss }) => loss)].map((i) => ends[i]);
  if (ends.length === 1) return `Loss of ${least.by} is ${least.loss.toFixed(3)}`;
  return `Loss is lowest for ${least.by}, ${least.loss.toFixed(3)}, and highest for ${most.by}, ${most.loss.toFixed(3)}`;
}

function describe(title: string, curves: readonly Curve[]): string {
  if (curves.length === 0) return `${title}: no step yet.`;
  const ends = curves.map(({ by, end, lost, validation }) => {
    if (lost) return `${by} not a number since step ${end.x}`;
    const last = validation[validation.length - 1];
    if (last) return `${by} ${last.y.toFixed(3)} at step ${last.x} (validation)`;
    return `${by} ${end.y.toFixed(3)} at step ${end.x} (training, average of the last steps)`;
  });
  return `${title}: ${ends.join("; ")}.`;
}
