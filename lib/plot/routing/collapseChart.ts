import * as Plot from "@observablehq/plot";
import { number, optional, readRows, text, type Columns } from "../columns.js";
import { endLabels } from "../endLabels.js";
import { Figure } from "../figure.js";
import { draw, head, STEP_MARGINS, stepLimit } from "../frame.js";
import { headHeight, Options, type FrameOptions } from "../options.js";
import { color, modelColors } from "../palette.js";
import { byModel, lastRows } from "../rows.js";
import { sample } from "../series.js";

export interface EffectiveRow {
  /** Rows of one name have one color. */
  readonly model?: string;
  /** Rows of one name and run make one line. */
  readonly run?: number;
  readonly step: number;
  /** How many equally busy experts the load amounts to, from 1. */
  readonly effective: number;
}

export interface CollapseChartOptions extends FrameOptions {
  /** Experts of a layer: the top of the axis. Default 8. */
  readonly nExpert?: number;
  /** Planned number of steps: fixes the right end of the axis. */
  readonly steps?: number;
  /** What the horizontal axis counts. Default "training step". */
  readonly xLabel?: string;
}

const COLUMNS: Columns<EffectiveRow> = {
  step: number,
  effective: number,
  model: optional(text),
  run: optional(number),
};

/** How many experts are really in use, by training step: a line a run, a color a name. At the bottom one expert does everything. */
export function collapseChart(rows: readonly EffectiveRow[], options: CollapseChartOptions = {}): Figure {
  rows = readRows("collapseChart", rows, COLUMNS);
  const given = new Options("collapseChart", options);
  const [width, height] = [given.size("width", 680), given.size("height", 300)];
  const nExpert = given.count("nExpert") ?? 8;
  const title = given.text("title", "How many experts are in use?");
  const subtitle = given.text(
    "subtitle",
    "e to the entropy of the load, of the layer where it is lowest · a line: one run",
  );
  const groups = byModel(rows);
  const colors = modelColors([...groups.keys()]);
  const lines = [...groups].flatMap(([model, group]) =>
    [...byRun(group)].map((run) => ({ model, tint: colors.get(model)!, run })),
  );
  const limit = stepLimit(
    rows.reduce((last, row) => Math.max(last, row.step), 0),
    given.number("steps"),
  );
  const labels = [...groups].map(([model, group]) => {
    const ends = [...byRun(group)].map((run) => run[run.length - 1]);
    const mean = ends.reduce((sum, row) => sum + row.effective, 0) / ends.length;
    const step = Math.max(...ends.map((row) => row.step));
    const value = ends.length > 1 ? `${mean.toFixed(1)} on average` : `${mean.toFixed(1)} experts`;
    const same = ends.every((row) => row.step === step);
    return {
      name: model,
      value,
      when: same ? `at step ${step}` : "at their last steps",
      x: step,
      y: mean,
      color: colors.get(model)!,
      alarm: mean <= nExpert / 4,
    };
  });
  const markup = draw({
    width,
    height,
    ...STEP_MARGINS,
    marginTop: headHeight(title, subtitle) + 30,
    marginBottom: 36,
    x: { domain: [0, limit], label: null },
    y: { domain: [0, nExpert], label: null },
    marks: [
      Plot.gridY({ ticks: 4, stroke: color("grid"), strokeOpacity: 1 }),
      Plot.axisY({ ticks: 4, tickSize: 0, fill: color("muted") }),
      Plot.axisX({ ticks: 6, tickSize: 4, fill: color("muted"), stroke: color("muted") }),
      Plot.text(["↑ effective experts"], { frameAnchor: "top-left", dx: -60, dy: -20, fill: color("muted") }),
      Plot.text([`${given.text("xLabel", "training step")} →`], {
        frameAnchor: "bottom-right",
        dy: 33,
        fill: color("muted"),
      }),
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
      endLabels(labels),
      ...(rows.length === 0
        ? [Plot.text(["waiting for the first step"], { frameAnchor: "middle", fill: color("muted") })]
        : []),
      ...head(title, subtitle),
    ],
  });
  const ends = labels.map(({ name, value, when }) => `${name} ${value} ${when}`);
  const description = `${title} ${ends.length > 0 ? `${ends.join("; ")}, of ${nExpert}.` : "No step yet."}`;
  return new Figure({ name: "collapse", width, height, markup, description, facts: lastRows(rows) });
}

function byRun(rows: readonly EffectiveRow[]): Iterable<EffectiveRow[]> {
  const runs = new Map<number, EffectiveRow[]>();
  for (const row of rows) {
    const run = runs.get(row.run ?? 0);
    if (run) run.push(row);
    else runs.set(row.run ?? 0, [row]);
  }
  return runs.values();
}
