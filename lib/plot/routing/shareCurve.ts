import * as Plot from "@observablehq/plot";
import { group, maxIndex, minIndex } from "d3";
import { digits, percent } from "../../text/numbers.js";
import { capital } from "../../text/show.js";
import {
  type Accessors,
  type Columns,
  label,
  number,
  optional,
  type Read,
  readRows,
  share,
  texts,
} from "../rows/columns.js";
import { chartWords } from "../marks/endLabels.js";
import { Figure } from "../figure.js";
import { crosses, draw, waiting } from "../frame.js";
import { Options, type FrameOptions } from "../options.js";
import { shareInWords, spreadOver } from "../rows/few.js";
import { breaks, thin } from "../rows/series.js";
import { color, type ColorName, modelColors, SERIES } from "../palette.js";

/** One point. Rows of one series make one line. */
export interface ShareRow {
  readonly by: string | number;
  readonly x: number;
  /** A share, from 0 to 1. */
  readonly share: number;
  /** Where it was measured several times: the interval, drawn as a whisker. */
  readonly low?: number;
  readonly high?: number;
}

export interface ShareCurveOptions extends FrameOptions {
  /** The series that come from a formula: drawn as a line without dots. */
  readonly formula?: readonly string[];
  /** Labels of the axes. */
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** Doubling steps along x. Default false. */
  readonly log?: boolean;
  /** Upper end of the vertical axis; default the next round share above all of them. */
  readonly top?: number;
}

const COLUMNS: Columns<Read<ShareRow>> = {
  x: number,
  share,
  by: label,
  low: optional(share),
  high: optional(share),
};

const LEFT = 52; // px of the vertical axis
const DOTS = 60; // of a line
const POINTS = 200;
const SAID = 40; // rows

/** Shares against a number: what a formula says as a line, what was measured as dots with their interval. Dots on the line: the
 *  formula holds. */
export function shareCurve<T extends object>(
  rows: Iterable<T>,
  options: ShareCurveOptions & Accessors<ShareRow, T>,
): Figure;
export function shareCurve(rows: Iterable<ShareRow>, options?: ShareCurveOptions): Figure;
export function shareCurve(data: Iterable<object>, options: ShareCurveOptions = {}): Figure {
  const rows = readRows("shareCurve", data, COLUMNS, options);
  const given = new Options("shareCurve", options);
  const width = given.size("width", 680);
  const [xLabel, yLabel] = [given.text("xLabel", "x"), given.text("yLabel", "share")];
  const formula = new Set(given.read("formula", texts));
  const lines = new Map(
    [...group(rows, (row) => row.by)].map(([name, own]) => [name, [...own].sort((a, b) => a.x - b.x)]),
  );
  const series = [...lines.keys()];
  const measured = series.filter((name) => !formula.has(name));
  const colors = modelColors(measured);
  const tint = (name: string): ColorName => colors.get(name) ?? "muted";
  const named = series.filter((name) => formula.has(name) || tint(name) !== "muted").slice(0, SERIES.length);
  const more = series.length > named.length ? `in gray: ${series.length - named.length} more` : "";
  const head = given.head(finding(yLabel, lines), formula.size > 0 ? "dashed: formula · dots: measured" : "", more);
  const highest = Math.max(0, ...rows.map((row) => Math.max(row.share, row.high ?? 0)).filter(Number.isFinite));
  const scale = given.number("top") ?? Math.min(1, Math.ceil(highest * 10 + 0.01) / 10);
  const xs = [...new Set(rows.map((row) => row.x))].sort((a, b) => a - b);
  const of = (name: string) => lines.get(name) ?? [];

  const words = chartWords(
    head,
    named.map((name) => {
      const end = of(name).at(-1)!;
      const isLost = !Number.isFinite(end.share);
      return {
        name,
        value: isLost ? `no number at ${digits(end.x)}` : `${percent(end.share)} at ${digits(end.x)}`,
        x: end.x,
        y: end.share,
        color: tint(name),
        alarm: isLost,
      };
    }),
    width,
    { right: 150 },
  );
  const height = given.size("height", 290 + words.added);
  const markup = draw(
    {
      width,
      height,
      marginLeft: LEFT,
      ...words.margins,
      marginBottom: 38,
      x: {
        ...(given.flag("log") ? { type: "log", base: 2 } : {}),
        domain: [xs[0] ?? 0, xs[xs.length - 1] ?? 1],
        label: null,
      },
      y: { domain: [0, scale], label: null },
      marks: [
        Plot.gridY({ ticks: 5, stroke: color("grid"), strokeOpacity: 1 }),
        Plot.axisY({
          ticks: 5,
          tickSize: 0,
          tickFormat: (v: number) => `${Math.round(v * 100)} %`,
          fill: color("muted"),
        }),
        Plot.axisX({
          ...(xs.length <= 8 && xs.length * 40 < width - LEFT - words.margins.marginRight
            ? { ticks: xs }
            : { tickSpacing: 60 }),
          tickSize: 4,
          tickFormat: (x: number) => digits(x),
          fill: color("muted"),
          stroke: color("muted"),
        }),
        Plot.text([`↑ ${yLabel}`], {
          frameAnchor: "top-left",
          dx: -48,
          dy: -20,
          fill: color("muted"),
        }),
        ...(xLabel ? [Plot.text([`${xLabel} →`], { frameAnchor: "bottom-right", dy: 34, fill: color("muted") })] : []),
        ...series.flatMap((name) => marks(of(name), tint(name), formula.has(name))),
        ...crosses(
          series.flatMap((name) => breaks(of(name).map(({ x, share }) => ({ x, y: share })))),
          (x) => `at ${digits(x)}`,
        ),
        ...(rows.length === 0 ? [waiting("no rows yet")] : []),
        ...words.marks,
      ],
    },
    words.key,
  );
  const isMany = rows.length > SAID; // then of each line its two ends
  const ends = named.map(
    (name) =>
      `${name} ${(isMany ? spreadOver(of(name), 2) : of(name))
        .map(({ x, share }) => `${shareInWords(share)} at ${digits(x)}`)
        .join(", ")}`,
  );
  if (series.length > named.length) ends.push(`and ${series.length - named.length} more`);
  const facts = Object.fromEntries(named.map((name) => [name, of(name).at(-1)]));
  return new Figure({
    name: "share",
    width,
    height,
    markup,
    description: `${head.title}: ${ends.join("; ") || "no rows yet"}.`,
    facts,
  });
}

/** "Share at 64: from 99.9 % (measured) to 100 % (formula)" */
function finding(yLabel: string, lines: ReadonlyMap<string, readonly Read<ShareRow>[]>): string {
  const ends = [...lines].flatMap(([name, rows]) => {
    const end = rows.at(-1);
    return end && Number.isFinite(end.share) && Number.isFinite(end.x) ? [{ name, ...end }] : [];
  });
  if (ends.length === 0) return "Formula and measurement";
  const last = Math.max(...ends.map(({ x }) => x));
  const there = ends.filter(({ x }) => x === last);
  const [least, most] = [minIndex(there, ({ share }) => share), maxIndex(there, ({ share }) => share)].map(
    (i) => there[i],
  );
  const said = (end: (typeof ends)[number]) => `${percent(end.share)} (${end.name})`;
  return `${capital(yLabel)} at ${digits(last)}: ${least === most ? said(least) : `from ${said(least)} to ${said(most)}`}`;
}

function marks(rows: readonly Read<ShareRow>[], tint: ColorName, formula: boolean): Plot.Markish[] {
  const at = { x: "x", y: "share" } as const;
  const stroke = color(tint);
  if (formula) return [Plot.line(rows, { ...at, stroke, strokeWidth: 2, strokeDasharray: "6,3" })];
  return [
    Plot.line(
      thin(
        rows.map(({ x, share }) => ({ x, y: share })),
        POINTS,
      ),
      { x: "x", y: "y", stroke, strokeWidth: rows.length > DOTS ? 2 : 1, strokeOpacity: 0.5 },
    ),
    Plot.ruleX(
      (rows.length > DOTS ? [] : rows).filter((row) => row.low !== undefined && row.high !== undefined),
      { x: "x", y1: "low", y2: "high", stroke, strokeWidth: 2, strokeOpacity: 0.5 },
    ),
    Plot.dot(rows.length > DOTS ? [] : rows, {
      ...at,
      r: 4,
      fill: color("background"),
      stroke,
      strokeWidth: 2,
      title: (row: Read<ShareRow>) => `${row.by}: ${percent(row.share)} at ${digits(row.x)}`,
    }),
  ];
}
