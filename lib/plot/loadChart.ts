import * as Plot from "@observablehq/plot";
import { greatest, range, sum } from "d3";
import { grouped, percent } from "../text/numbers.js";
import { show, showAll } from "../text/show.js";
import { type Accessors, type Columns, label, matrix, optional, orNull, readRows, step } from "./rows/columns.js";
import { Figure } from "./figure.js";
import { draw, headMarks, STEP_MARGINS, stepAxis, stepLimit, waiting } from "./frame.js";
import { balanceOf, GAP, inExperts, loadBlocks, loadKey } from "./loadBlocks.js";
import { loadHistory, type LoadHistory } from "./loadHistory.js";
import { headHeight, headLines, Options, type FrameOptions } from "./options.js";
import { color, modelColors } from "./palette.js";
import { listed, someOf, spreadOver } from "./rows/few.js";
import { byLine, inOrder, type LoadRow, type Loads } from "./rows/training.js";

export interface LoadChartOptions extends FrameOptions {
  /** Planned number of training steps: fixes the right end of the axis. */
  readonly steps?: number;
  /** What the horizontal axis counts. Default "training step". */
  readonly xLabel?: string;
  /** Which model to show, where several have experts; default the first that has. */
  readonly only?: string;
}

const MOST = { layers: 16, rows: 1024 }; // rows: experts of all layers
const COLUMNS: Columns<Loads> = { step, by: optional(label), load: optional(orNull(matrix)) };

/** How evenly the router spreads the tokens: one block a layer, one row an expert. Left the history, stronger in color where an
 *  expert received more of the layer's assignments; right the last step as bars, beside the fair share 1/E. Balance is an even
 *  sheet with bars along the dashed line; collapse is one dark stripe, one long bar and empty rows. */
export function loadChart<T extends object>(
  rows: Iterable<T>,
  options: LoadChartOptions & Accessors<LoadRow, T>,
): Figure;
export function loadChart(rows: Iterable<LoadRow>, options?: LoadChartOptions): Figure;
export function loadChart(data: Iterable<object>, options: LoadChartOptions = {}): Figure {
  const read = readRows("loadChart", data, COLUMNS, options);
  const { rows, note } = inOrder(read, ({ by }) => by ?? "");
  const given = new Options("loadChart", options);
  const groups = byLine(rows);
  const by = given.text("only", [...groups].find(([, group]) => group.some((row) => row.load))?.[0] ?? "");
  if (options.only !== undefined && rows.length > 0 && !groups.has(by))
    throw new Error(`loadChart has no rows of ${show(by)}, only of ${showAll([...groups.keys()])}`);
  const shown = groups.get(by) ?? [];
  const isNamed = rows.some((row) => row.by !== undefined);
  const tint = (isNamed ? modelColors([...groups.keys()]).get(by) : undefined) ?? "moe"; // what has experts is a mixture
  const limit = stepLimit(shown[shown.length - 1]?.step ?? 0, given.number("steps"));
  const width = given.size("width", 680);
  const nLayer = shown.findLast((row) => row.load)?.load?.length ?? 0;
  const nExpert = shown.findLast((row) => row.load)?.load?.[0]?.length ?? 0;
  const layers = spreadOver(
    range(nLayer),
    Math.max(2, Math.min(MOST.layers, Math.floor(MOST.rows / Math.max(nExpert, 1)))),
  );
  const drawn = shown.map((row) =>
    row.load?.length === nLayer ? { ...row, load: layers.map((layer) => row.load![layer]) } : row,
  );
  const history = loadHistory(drawn, limit, (width - STEP_MARGINS.marginLeft - STEP_MARGINS.marginRight) / 6);

  const head = given.head(finding(layers, history), "one row an expert: its share of the layer's tokens", [
    note,
    someOf(layers.length, nLayer, "layers"),
  ]);
  const key = loadKey(tint);
  const keyLeft = Math.max(2, width - STEP_MARGINS.marginRight - key.width); // it ends where the history does
  const isCrowded = history && headLines(head, width).width > keyLeft - 16; // then it has a line of its own
  const isNarrow = history && keyLeft < 10; // and one above "last step"
  const margins = {
    marginTop: Math.max(headHeight(head, width), 18) + (isNarrow ? 56 : isCrowded ? 40 : 20),
    marginBottom: 38,
    ...STEP_MARGINS,
  };
  const height = given.size("height", margins.marginTop + blocksHeight(history) + margins.marginBottom);

  const markup = draw(
    {
      width,
      height,
      ...margins,
      x: { domain: [0, limit], label: null },
      y: { domain: [0, 1], axis: null },
      marks: [
        stepAxis(),
        Plot.text([`${given.text("xLabel", "training step")} →`], {
          frameAnchor: "bottom-right",
          dy: 35,
          fill: color("muted"),
        }),
        history ? loadBlocks(history, { layers, limit, tint }) : waiting("waiting for a model with experts"),
        headMarks(head, width),
      ],
    },
    history ? key.at(keyLeft, margins.marginTop - (isNarrow ? 57 : 41)) : "",
  );
  const description = describe(head.title, by, layers, history);
  return new Figure({
    name: "load",
    width,
    height,
    markup,
    description,
    facts: history ? { [by]: factsOf(layers, history, shown.at(-1)!.step) } : {},
  });
}

/** Height of all layers in pixels; few experts get thicker rows. */
function blocksHeight(history: LoadHistory | undefined): number {
  if (!history) return 200;
  const row = Math.max(2, Math.min(10, Math.round(80 / history.experts)));
  return history.layers * (row * history.experts + GAP) - GAP;
}

/** "The busiest expert, 3 of layer 2, gets 5.2 times its fair share; 4 of 16 get next to nothing" */
function finding(layers: readonly number[], history: LoadHistory | undefined): string {
  if (!history) return "Who gets the tokens?";
  const places = history.now.flatMap((shares, i) =>
    shares.map((share, expert) => ({ layer: layers[i], expert, share })),
  );
  const busiest = greatest(places, ({ share }) => share);
  const idle = sum(history.now, (shares) => balanceOf(shares).facts.idle);
  if (!busiest || !Number.isFinite(busiest.share)) return "No expert has a number of tokens";
  const times = `${(busiest.share * history.experts).toFixed(1)} times its fair share`;
  const rest = idle > 0 ? `; ${grouped(idle)} of ${grouped(places.length)} experts get next to nothing` : "";
  return `The busiest expert, ${busiest.expert} of layer ${busiest.layer + 1}, gets ${times}${rest}`;
}

/** Of each layer that is drawn. */
const factsOf = (layers: readonly number[], { now, experts }: LoadHistory, step: number) => ({
  step,
  experts,
  layers: now.map((shares, i) => ({ layer: layers[i], ...balanceOf(shares).facts })),
});

function describe(title: string, by: string, layers: readonly number[], history: LoadHistory | undefined): string {
  if (!history) return `${title}: no step of a model with experts yet.`;
  const now = history.now.map((shares, i) => ({ layer: layers[i], shares }));
  const fair = `fair share ${percent(1 / history.experts)}`;
  return `${title} (${by}, ${inExperts(history.experts)}, ${fair}): ${listed(now, ({ layer, shares }) => `layer ${layer + 1} ${balanceOf(shares).words}`, MOST.layers)}.`;
}
