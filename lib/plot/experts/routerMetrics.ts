import { extent, greatest, group, rollups } from "d3";
import { counted, digits } from "../../text/numbers.js";
import { Figure } from "../figure.js";
import { stepDomain } from "../frame.js";
import { type FrameOptions, Options } from "../options.js";
import { below, muted, picture, words } from "../marks/svg.js";
import { type Accessors, type Columns, index, number, optional, orNull, readRows, step } from "../rows/columns.js";
import { inOrder } from "../rows/training.js";
import { type Line, panelMarkup } from "./metricPanel.js";

/** What a router was like at one step, in one layer; a metric may be left out. */
export interface RouterMetricRow {
  readonly step: number;
  /** 0 is the first; default 0. */
  readonly layer?: number;
  /** Of the router's probabilities, nats: low where it is sure, or where few experts are left. */
  readonly entropy?: number | null;
  /** The z term: the mean square of the log of the sum of exp(logits). */
  readonly z?: number | null;
  /** Gini coefficient of the load: 0 all the same, 1 one expert has everything. */
  readonly gini?: number | null;
  /** Load of the busiest expert over the average load, less 1. */
  readonly maxViolation?: number | null;
  /** Share of the tokens whose experts are others than at the last measurement. */
  readonly flipRate?: number | null;
}

export interface RouterMetricsOptions extends FrameOptions {
  /** Planned number of steps: fixes the right end of the axes. */
  readonly steps?: number;
}

const COLUMNS: Columns<RouterMetricRow> = {
  step,
  layer: optional(index),
  entropy: optional(orNull(number)),
  z: optional(orNull(number)),
  gini: optional(orNull(number)),
  maxViolation: optional(orNull(number)),
  flipRate: optional(orNull(number)),
};

interface Metric {
  readonly name: "entropy" | "z" | "gini" | "maxViolation" | "flipRate";
  readonly label: string;
  /** Which end is named. */
  readonly side: "lowest" | "highest";
}

const METRICS: readonly Metric[] = [
  { name: "entropy", label: "entropy, nats", side: "lowest" },
  { name: "z", label: "z term", side: "highest" },
  { name: "gini", label: "Gini of the load", side: "highest" },
  { name: "maxViolation", label: "max violation", side: "highest" },
  { name: "flipRate", label: "flip rate", side: "highest" },
];
const TALL = 196; // px of a panel
const WIDE = 300; // px, the narrowest of two panels side by side
const GAP = 12;

/** The router of each layer while it learns: a panel a metric that the rows have. Up to four layers have a line each; of more, the band
 *  has half of the layers, the pale band all of them, the line is their median, and the two layers farthest out at the end (lowest
 *  entropy, highest of the others) have a name.
 *  @example
 *  const rows = [0, 1].map((layer) => ({ step: 10, layer, entropy: 1 + layer, gini: 0.5 - layer / 4 }));
 *  routerMetrics(rows).facts // => [{ metric: "entropy", layer: 0, end: 1, median: 1.5 }, { metric: "gini", layer: 0, end: 0.5, median: 0.375 }]
 */
export function routerMetrics<T extends object>(
  rows: Iterable<T>,
  options: RouterMetricsOptions & Accessors<RouterMetricRow, T>,
): Figure;
export function routerMetrics(rows: Iterable<RouterMetricRow>, options?: RouterMetricsOptions): Figure;
export function routerMetrics(data: Iterable<object>, options: RouterMetricsOptions = {}): Figure {
  const read = readRows("routerMetrics", data, COLUMNS, options);
  const given = new Options("routerMetrics", options);
  const width = given.size("width", 680);
  const { rows, note } = inOrder(
    read.map(({ layer = 0, ...row }) => ({ ...row, run: layer })), // a layer is what tells the lines of a log apart
    ({ run }) => String(run),
  );
  const layers = [...group(rows, ({ run }) => run)].sort(([a], [b]) => a - b);
  const panels = METRICS.flatMap((metric) => {
    const lines = layers.flatMap(([layer, own]): Line[] => {
      const points = own.flatMap(({ step: x, [metric.name]: y }) => (y == null ? [] : [{ x, y }]));
      return points.length > 0 ? [{ layer, points }] : [];
    });
    return lines.length > 0 ? [{ metric, lines, ...endOf(lines, metric) }] : [];
  });
  const facts = panels.map(({ metric, layer, end, median }) => ({ metric: metric.name, layer, end, median }));
  const bad = panels.reduce(
    (sum, { lines }) =>
      sum + lines.reduce((all, { points }) => all + points.filter(({ y }) => !Number.isFinite(y)).length, 0),
    0,
  );
  const isBand = panels.some(({ lines }) => lines.length > FEW);
  const head = given.head(
    finding(panels, layers.length),
    isBand ? "line: median of the layers · bands: half of them, and all" : "a line: a layer",
    [bad > 0 ? `red crosses: ${counted(bad, "value")} without a number` : "", note],
  );
  const top = below(head, width) + 4;
  const abreast = Math.max(1, Math.min(panels.length, 3, Math.floor((width + GAP) / (WIDE + GAP))));
  const wide = Math.floor((width + GAP) / abreast - GAP);
  const [first, last] = stepDomain(
    extent(rows, (row) => row.step).flatMap((end) => (end === undefined ? [] : [end])),
    given.number("steps"),
  );
  const natural = top + Math.max(1, Math.ceil(panels.length / abreast)) * (TALL + GAP);
  const height = given.size("height", panels.length > 0 ? natural : top + 28);
  const tall = Math.max(110, (height - top) / Math.max(1, Math.ceil(panels.length / abreast)) - GAP);
  const body = panels.map(({ metric, lines, outer, median }, i) => {
    const at = `translate(${(i % abreast) * (wide + GAP)},${Math.round(top + Math.floor(i / abreast) * (tall + GAP))})`;
    const panel = panelMarkup(lines, {
      ...{ label: metric.label, outer, median, isBand: lines.length > FEW, steps: [first, last] },
      ...{ width: wide, height: Math.round(tall) },
    });
    return `<g class="metric" transform="${at}">${panel}</g>`;
  });
  return new Figure({
    name: "router-metrics",
    width,
    height,
    markup: picture(width, height, head, body.join("") || words(2, top + 14, "waiting for the first step", muted)),
    description: `${[head.title, counted(layers.length, "layer"), ...panels.map(inSentence)].join("; ")}.`,
    facts,
  });
}

const FEW = 4; // layers with a line each

interface Panel {
  readonly metric: Metric;
  readonly lines: readonly Line[];
  /** The layer farthest out at its last step, and its value there; the median of all layers' last values. */
  readonly layer: number | null;
  readonly end: number | null;
  readonly median: number | null;
  /** The layers that get a name, the farthest out first. */
  readonly outer: readonly number[];
}

function endOf(lines: readonly Line[], { side }: Metric) {
  const ends = lines
    .map(({ layer, points }) => ({ layer, end: points[points.length - 1].y }))
    .filter(({ end }) => Number.isFinite(end))
    .sort((a, b) => (side === "lowest" ? a.end - b.end : b.end - a.end) || a.layer - b.layer);
  const middle = (ends.length - 1) / 2;
  const median = ends.length > 0 ? (ends[Math.floor(middle)].end + ends[Math.ceil(middle)].end) / 2 : null;
  // Few layers all have a line and a name, those without a number at the end last.
  const lost = lines.map(({ layer }) => layer).filter((layer) => !ends.some((end) => end.layer === layer));
  const finite = ends.map(({ layer }) => layer);
  const outer = lines.length > FEW ? finite.slice(0, 2) : [...finite, ...lost];
  return { layer: ends[0]?.layer ?? null, end: ends[0]?.end ?? null, median, outer };
}

const briefly = ({ metric, layer, end }: Panel): string =>
  `${metric.side} ${metric.label.split(",")[0]} in layer ${layer! + 1} (${digits(end!, 3)})`;

function finding(panels: readonly Panel[], layers: number): string {
  const known = panels.filter(({ layer }) => layer !== null);
  if (known.length === 0) return "How the router changes while it learns";
  if (layers === 1)
    return `At the end: ${known
      .slice(0, 3)
      .map(({ metric, end }) => `${metric.label.split(",")[0]} ${digits(end!, 3)}`)
      .join(", ")}`;
  const often = greatest(rollups(known, (own) => own.length, ({ layer }) => layer!), ([, a], [, b]) => a - b)!; // prettier-ignore
  if (often[1] > 1) return `At the end layer ${often[0] + 1} stands out in ${often[1]} of ${known.length} metrics`;
  return `At the end: ${known.slice(0, 2).map(briefly).join(", ")}`;
}

const inSentence = (panel: Panel): string =>
  panel.layer === null
    ? `${panel.metric.label}: no number at the end`
    : `${briefly(panel)}, median ${digits(panel.median!, 3)}`;
