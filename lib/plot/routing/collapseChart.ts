import * as Plot from "@observablehq/plot";
import { maxIndex, minIndex } from "d3";
import {
  type Accessors,
  type Columns,
  label,
  list,
  number,
  optional,
  type Read,
  readRows,
  step,
} from "../rows/columns.js";
import { chartWords } from "../marks/endLabels.js";
import { Figure } from "../figure.js";
import { crosses, draw, lonePoints, placeOn, STEP_MARGINS, stepAxes, stepDomain, waiting } from "../frame.js";
import { Options, type FrameOptions } from "../options.js";
import { color, modelColors, SERIES } from "../palette.js";
import { byLine, inOrder, lastRows } from "../rows/training.js";
import { breaks, sample } from "../rows/series.js";

export interface EffectiveRow {
  /** Rows of one name have one color. */
  readonly by?: string | number;
  /** Rows of one name and run make one line. */
  readonly run?: number;
  readonly step: number;
  /** How many equally busy experts the load amounts to, from 1. */
  readonly effective: number;
}

export interface CollapseChartOptions extends FrameOptions {
  /** Experts of a layer: the top of the axis. Default: the most that the rows have. */
  readonly nExpert?: number;
  /** Planned number of steps: fixes the right end of the axis. */
  readonly steps?: number;
  /** What the horizontal axis counts. Default "training step". */
  readonly xLabel?: string;
  /** The names in all figures that belong together: each keeps its color in every one of them. Default: those of the rows. */
  readonly names?: readonly string[];
}

const COLUMNS: Columns<Read<EffectiveRow>> = {
  step,
  effective: number,
  by: optional(label),
  run: optional(number),
};

const LOW = 16; // experts from which on there is no room for words below 1
const NEAR_ONE = 1.5; // effective experts: one does nearly everything

/** How many experts are really in use, by training step: a line a run, a color a name. At the bottom one expert does everything. */
export function collapseChart<T extends object>(
  rows: Iterable<T>,
  options: CollapseChartOptions & Accessors<EffectiveRow, T>,
): Figure;
export function collapseChart(rows: Iterable<EffectiveRow>, options?: CollapseChartOptions): Figure;
export function collapseChart(data: Iterable<object>, options: CollapseChartOptions = {}): Figure {
  const read = readRows("collapseChart", data, COLUMNS, options);
  const { rows, note } = inOrder(read, ({ by, run }) => JSON.stringify([by, run]));
  const given = new Options("collapseChart", options);
  const width = given.size("width", 680);
  const most = rows.reduce((high, { effective }) => (Number.isFinite(effective) ? Math.max(high, effective) : high), 2);
  const nExpert = given.count("nExpert");
  const xLabel = given.text("xLabel", "training step");
  const place = placeOn(xLabel);
  const top = nExpert ?? Math.ceil(most - 1e-6);
  if (most > top + 0.01)
    throw new RangeError(
      `collapseChart needs nExpert to be no less than the effective experts of its rows, got ${top} and ${most}`,
    );
  const groups = byLine(rows);
  const together = (given.read("names", list) ?? []).map(String);
  const colors = modelColors([...new Set([...together, ...groups.keys()])]);
  const labels = [...groups].slice(0, SERIES.length).map(([by, group]) => {
    const ends = [...byRun(group)].map((run) => run[run.length - 1]);
    const mean = ends.reduce((sum, row) => sum + row.effective, 0) / ends.length;
    const step = Math.max(...ends.map((row) => row.step));
    const number = Number.isFinite(mean) ? mean.toFixed(1) : "not a number";
    const value = ends.length > 1 ? `${number} on average` : Number.isFinite(mean) ? `${number} experts` : number;
    const same = ends.every((row) => row.step === step);
    return {
      name: by,
      value,
      when: same ? place(step) : "at their last steps",
      x: step,
      y: mean,
      color: colors.get(by)!,
      alarm: !(mean > Math.max((nExpert ?? 0) / 4, NEAR_ONE)),
    };
  });
  const head = given.head(
    finding(labels),
    "e to the power of the load's entropy, in the layer where it is lowest · a line: one run",
    [note, groups.size > SERIES.length ? `in gray: ${groups.size - SERIES.length} more` : ""],
  );
  const lines = [...groups].flatMap(([by, group]) =>
    [...byRun(group)].map((run) => ({ by, tint: colors.get(by)!, run })),
  );
  const x = stepDomain(
    rows.map((row) => row.step),
    given.number("steps"),
  );
  const words = chartWords(head, labels, width, { right: STEP_MARGINS.marginRight });
  const height = given.size("height", 300 + words.added);
  const markup = draw(
    {
      width,
      height,
      ...STEP_MARGINS,
      ...words.margins,
      marginBottom: 36,
      x: { domain: x, label: null },
      y: { domain: [0, top], label: null },
      marks: [
        ...stepAxes("effective experts", xLabel, 4),
        Plot.ruleY([1], { stroke: color("alarm"), strokeDasharray: "2,3" }),
        ...lines.map(({ tint, run }) =>
          Plot.line(
            sample(
              run.map(({ step, effective }) => ({ x: step, y: effective })),
              200,
            ),
            {
              x: "x",
              y: "y",
              stroke: color(tint),
              strokeWidth: lines.length > groups.size ? 1.2 : 2,
              strokeOpacity: lines.length > groups.size ? 0.6 : 1,
            },
          ),
        ),
        ...lines.map(({ tint, run }) =>
          lonePoints(
            run.map(({ step, effective }) => ({ x: step, y: effective })),
            color(tint),
          ),
        ),
        ...crosses(
          lines.flatMap(({ run }) => breaks(run.map(({ step, effective }) => ({ x: step, y: effective })))),
          place,
        ),
        Plot.text(rows.length > 0 ? ["one expert does all"] : [], {
          ...{ x: () => x[0], y: () => 1, textAnchor: "start", dx: 3, dy: top > LOW ? -7 : 8, fontSize: 11 },
          ...{ fill: color("alarm"), stroke: color("background"), strokeWidth: 4 },
        }),
        ...(rows.length === 0 ? [waiting("waiting for the first step")] : []),
        ...words.marks,
      ],
    },
    words.key,
  );
  const ends = labels.map(({ name, value, when }) => `${name} ${value} ${when}`);
  const description = `${head.title}${/[?.!]$/.test(head.title) ? "" : ":"} ${ends.length > 0 ? `${ends.join("; ")}${nExpert === undefined ? "" : `, of ${nExpert}`}.` : "No step yet."}`;
  return new Figure({
    name: "collapse",
    width,
    height,
    markup,
    description,
    facts: Object.fromEntries(Object.entries(lastRows(rows)).slice(0, SERIES.length)),
  });
}

/** "At the end 1.0 experts are in use with none, 7.8 with switch" */
function finding(ends: readonly { readonly name: string; readonly y: number; readonly value: string }[]): string {
  const finite = ends.filter(({ y }) => Number.isFinite(y));
  if (finite.length === 0) return "How many experts are in use?";
  const [least, most] = [minIndex(finite, ({ y }) => y), maxIndex(finite, ({ y }) => y)].map((i) => finite[i]);
  const rest = least === most ? "" : `, ${most.y.toFixed(1)} with ${most.name}`;
  const own = finite.length > 1 || least.name !== "model" ? ` with ${least.name}` : "";
  return `At the end ${least.y.toFixed(1)} experts are in use${own}${rest}`;
}

function byRun(rows: readonly Read<EffectiveRow>[]): Iterable<EffectiveRow[]> {
  const runs = new Map<number, EffectiveRow[]>();
  for (const row of rows) {
    const run = runs.get(row.run ?? 0);
    if (run) run.push(row);
    else runs.set(row.run ?? 0, [row]);
  }
  return runs.values();
}
