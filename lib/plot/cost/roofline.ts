import * as Plot from "@observablehq/plot";
import { digits, inUnits } from "../../text/numbers.js";
import { named as inSentence } from "../../text/show.js";
import { Figure } from "../figure.js";
import { ring } from "../marks/legend.js";
import { Options } from "../options.js";
import { color, type ColorName } from "../palette.js";
import { type Accessors, type Columns, label, number, optional, readRows, text } from "../rows/columns.js";
import { isPlaced, logAxis, plain } from "./parts/axes.js";
import { chart } from "./parts/chart.js";
import { type Roof, type RoofOptions, roofsOf } from "./roofs.js";
import { listed } from "../rows/few.js";
import { colorsOf, grayNote, leftOut, NAMED } from "./parts/words.js";

/** A kernel, or a phase of a model: what it computes for each byte that it moves. */
export interface RooflineRow {
  /** "prefill", "decode": rows of one name have one color. */
  readonly by: string | number;
  /** Which of them: "batch 8". */
  readonly name?: string | number;
  /** FLOPs for each byte between memory and processor. */
  readonly intensity: number;
  /** FLOPs a second that were measured. Without it the point lies on the roof: what is possible. */
  readonly measured?: number;
  /** The device that it runs on, by its name; default the first. */
  readonly device?: string;
}

export type RooflineOptions = RoofOptions;

const COLUMNS: Columns<RooflineRow> = {
  by: label,
  intensity: number,
  name: optional(label),
  measured: optional(number),
  device: optional(text),
};
const DRAWN = 300; // points
const NEEDED = 40; // points up to which each has its name, or a number for it
const LABELED = 80;

/** What a device can do at most, min(peak, intensity · bandwidth), and where kernels or phases lie below it. Left of the knee, where
 *  both roofs meet, reading is the bound; right of it, computing. A ring is what is possible, a dot what was measured.
 *  Source: Williams, Waterman and Patterson 2009, https://doi.org/10.1145/1498765.1498785
 *  @example
 *  ```ts
 *  import { account, findModel } from "twinformer/account";
 *  import { bound, findDevice } from "twinformer/cost";
 *  import { roofline } from "twinformer/plot";
 *
 *  const mixtral = account(findModel("Mixtral-8x7B")!.config!);
 *  const steps = [1, 16, 256].map((batch) => ({ batch, ...bound(mixtral, "H100-SXM", { phase: "decode", context: 512, batch }) }));
 *  roofline(steps, {
 *    by: "phase",
 *    name: ({ batch }) => `batch ${batch}`,
 *    intensity: ({ flops, bytes }) => flops / bytes.total,
 *    devices: [findDevice("H100-SXM")!],
 *  });
 *  ```
 */
export function roofline<T extends object>(
  rows: Iterable<T>,
  options: RooflineOptions & Accessors<RooflineRow, T>,
): Figure;
export function roofline(rows: Iterable<RooflineRow>, options: RooflineOptions): Figure;
export function roofline(data: Iterable<object>, options: RooflineOptions): Figure {
  const all = readRows("roofline", data, COLUMNS, options);
  const given = new Options("roofline", options ?? {});
  const roofs = roofsOf(given);
  const points = all
    .map((row, i) => pointOf(row, i, roofs))
    .filter(({ x, bound, y }) => isPlaced(x) && isPlaced(bound) && isPlaced(y));
  const sides = [...new Set(points.map(({ by }) => by))];
  const tint = colorsOf(sides);
  const every = Math.max(1, Math.ceil(points.length / DRAWN));
  const shown = points.filter((_, i) => i % every === 0);

  const knees = roofs.map(({ knee }) => knee);
  const x = logAxis(
    [...points.map((point) => point.x), ...knees, ...knees.map((knee) => knee / 30), ...knees.map((knee) => knee * 8)],
    "FLOP per byte",
    plain,
    1.5,
  );
  const left = roofs.map(({ bandwidth }) => bandwidth * x.domain[0]);
  const y = logAxis(
    [...left, ...points.map((point) => point.y), ...roofs.map(({ peak }) => peak * 1.6)],
    "FLOP/s",
    (v) => inUnits(v, ""),
  );
  const finding = findingOf(points, roofs);
  const isMeasured = points.some(({ isMeasured: own }) => own);
  const head = given.head(finding, isMeasured ? "ring: possible · dot: measured" : "rings: what is possible", [
    every > 1 ? `points: every ${every}th of ${plain(points.length)}` : "",
    grayNote(sides.length),
    leftOut(all.length - points.length, all.length, "a number that is not above 0"),
  ]);
  const look = ({ by, isAbove }: RoofPoint): string => color(isAbove ? "alarm" : tint(by));
  const picture = chart(
    given,
    {
      ...{ head, x, y },
      key:
        points.some(({ name }) => name !== "") && sides.length > 0
          ? sides.slice(0, NAMED).map((name) => ({ name, color: tint(name), sign: ring }))
          : [],
      points: {
        labels: [
          ...shown.slice(0, LABELED).map((point) => ({
            isNeeded: point.name !== "" && shown.length <= NEEDED,
            ...{ x: point.x, y: point.y, name: point.name || point.by },
            color: (point.isAbove ? "alarm" : tint(point.by)) satisfies ColorName,
            side: point.isMeasured || point.isMemory ? ("right" as const) : ("below" as const),
          })),
          ...roofs.slice(0, NAMED).map(({ knee, peak, name }) => ({
            ...{ x: knee, y: peak, name: `${name ? `${name}: ` : ""}${digits(knee, 3)} FLOP per byte` },
            ...{ color: "muted" as const, side: "above" as const, isNeeded: true },
          })),
        ],
        obstacles: shown.map(({ x: at, bound: height }) => ({ x: at, y: height })),
      },
      marks: [
        ...roofs.flatMap((roof, i) => roofMarks(roof, x.domain, y.domain, i === 0)),
        Plot.ruleX(
          shown.filter(({ isMeasured: own }) => own),
          { x: "x", y1: "y", y2: "bound", stroke: color("muted"), strokeDasharray: "2,2" },
        ),
        Plot.dot(shown, {
          ...{ x: "x", y: "bound", r: 4.5, fill: color("background"), stroke: look, strokeWidth: 2, title: tooltip },
        }),
        Plot.dot(
          shown.filter(({ isMeasured: own }) => own),
          { x: "x", y: "y", r: 4.5, fill: look, stroke: color("background"), title: tooltip },
        ),
      ],
    },
    280,
  );
  const roofWords = listed(
    roofs,
    ({ name, peak, bandwidth, knee }) =>
      `${name || "the roof"} computes ${inUnits(peak, "FLOP/s")}, reads ${inUnits(bandwidth, "B/s")}, knee at ${digits(knee, 3)} FLOP per byte`,
  );
  return new Figure({
    name: "roofline",
    ...picture,
    description: `${head.title || finding}: ${[roofWords, ...(points.length > 0 ? [listed(points, tooltip, 8)] : [])].join("; ")}.`,
    facts: {
      roofs: roofs.map(({ name, peak, bandwidth, knee }) => ({ name, peak, bandwidth, knee })),
      memory: points.filter(({ isMemory }) => isMemory).length,
      compute: points.filter(({ isMemory }) => !isMemory).length,
      above: points.filter(({ isAbove }) => isAbove).length,
      left: all.length - points.length,
    },
  });
}

interface RoofPoint {
  readonly by: string;
  readonly name: string;
  readonly x: number;
  /** FLOP/s: measured, or else possible. */
  readonly y: number;
  readonly bound: number;
  readonly isMeasured: boolean;
  readonly isMemory: boolean;
  /** Faster than the roof: one of the numbers is wrong. */
  readonly isAbove: boolean;
}

function pointOf(
  { by, name = "", intensity: x, measured, device }: RooflineRow,
  i: number,
  roofs: readonly Roof[],
): RoofPoint {
  const roof = device === undefined ? roofs[0] : roofs.find((own) => own.name === device);
  if (!roof)
    throw new RangeError(`roofline needs a device of that name for each row, row ${i} has "${inSentence(device!)}"`);
  const bound = Math.min(roof.peak, x * roof.bandwidth);
  const y = measured ?? bound;
  const isAbove = y > bound * (1 + 1e-9);
  return {
    ...{ by: String(by), name: String(name), x, y, bound, isAbove },
    ...{ isMeasured: measured !== undefined, isMemory: x < roof.knee },
  };
}

const tooltip = ({ by, name, x, y, bound, isMeasured, isMemory, isAbove }: RoofPoint): string => {
  const measured = isMeasured
    ? `, ${inUnits(y, "FLOP/s")} measured, ${digits(y / bound, 3)} of the bound${isAbove ? ": above it" : ""}`
    : "";
  return `${[by, name].filter(Boolean).join(", ")}: ${digits(x, 3)} FLOP per byte, at most ${inUnits(bound, "FLOP/s")} by ${isMemory ? "memory" : "compute"}${measured}`;
};

function roofMarks({ peak, bandwidth, knee }: Roof, [from, to]: Ends, [low]: Ends, isFirst: boolean): Plot.Markish[] {
  const start = Math.max(from, low / bandwidth);
  const line = [start, knee, to].map((x) => ({ x, y: Math.min(peak, x * bandwidth) }));
  const stroke = color(isFirst ? "ink" : "muted");
  return [
    Plot.line(line, { x: "x", y: "y", stroke, strokeWidth: isFirst ? 2 : 1.5 }),
    Plot.ruleX([knee], { y1: low, y2: peak, stroke, strokeDasharray: "2,3", strokeOpacity: 0.6 }),
  ];
}

type Ends = readonly [number, number];

/** Which side of the knee things are. */
function findingOf(points: readonly RoofPoint[], [main, ...others]: readonly Roof[]): string {
  const on = others.length === 0 && main.name ? ` on ${main.name}` : "";
  if (points.length === 0)
    return `${main.name || "The device"} computes at its peak from ${digits(main.knee, 3)} FLOP per byte on`;
  const knee = others.length === 0 ? `, the knee is at ${digits(main.knee, 3)} FLOP per byte` : "";
  const memory = points.filter(({ isMemory }) => isMemory);
  const names = (own: readonly RoofPoint[]) => [...new Set(own.map(({ by }) => by))];
  const [slow, fast] = [names(memory), names(points.filter(({ isMemory }) => !isMemory))];
  const isClean = slow.length + fast.length <= 4 && !slow.some((name) => fast.includes(name));
  const list = (own: readonly string[]): string => own.map(inSentence).join(" and ");
  if (isClean && slow.length > 0 && fast.length > 0)
    return `Memory limits ${list(slow)}, computing limits ${list(fast)}${on}`;
  if (isClean) return `${slow.length > 0 ? "Memory" : "Computing"} limits ${list([...slow, ...fast])}${on}${knee}`;
  const some = memory.length === points.length ? "all" : `${plain(memory.length)} of`;
  return `Memory limits ${some} ${plain(points.length)} points${on}${knee}`;
}
