import * as Plot from "@observablehq/plot";
import { maxIndex, minIndex, scaleLog } from "d3";
import { type Accessors, type Columns, label, number, oneOf, type Read, readRows } from "../rows/columns.js";
import { chartWords } from "../marks/endLabels.js";
import { Figure } from "../figure.js";
import { draw } from "../frame.js";
import { Options, type FrameOptions } from "../options.js";
import { color, modelColors } from "../palette.js";
import { inBytes, inWords, short } from "../../text/numbers.js";

/** One point of a line. */
export interface LogLinesRow {
  readonly by: string | number;
  readonly x: number;
  readonly y: number;
}

export interface LogLinesOptions extends FrameOptions {
  /** What the axes count, such as "experts in each layer". */
  readonly xLabel?: string;
  readonly yLabel?: string;
  /** How values are written. Default "number": 46.7 billion. */
  readonly unit?: "number" | "bytes";
}

const COLUMNS: Columns<Read<LogLinesRow>> = { x: number, y: number, by: label };

const LEFT = 64; // px of the vertical axis

/** Lines on two logarithmic axes: what doubles goes up by the same step everywhere, so growth shows as slope. */
export function logLines<T extends object>(
  rows: Iterable<T>,
  options: LogLinesOptions & Accessors<LogLinesRow, T>,
): Figure;
export function logLines(rows: Iterable<LogLinesRow>, options?: LogLinesOptions): Figure;
export function logLines(data: Iterable<object>, options: LogLinesOptions = {}): Figure {
  const rows = readRows("logLines", data, COLUMNS, options);
  const given = new Options("logLines", options);
  const bad = rows.find(({ x, y }) => !(x > 0 && y > 0 && Number.isFinite(x * y)));
  if (bad)
    throw new RangeError(`logLines needs numbers above 0, as its axes are logarithmic, got x ${bad.x}, y ${bad.y}`);
  const width = given.size("width", 680);
  const [xLabel, yLabel] = [given.text("xLabel", "x"), given.text("yLabel", "y")];
  const [say, tick] = given.read("unit", oneOf("number", "bytes")) === "bytes" ? [inBytes, inBytes] : [inWords, short];
  const series = [...new Set(rows.map((row) => row.by))];
  const colors = modelColors(series);
  const last = series.map((name) => rows.filter((row) => row.by === name).reduce((a, b) => (b.x >= a.x ? b : a)));

  const head = given.head(finding(last, say), "logarithmic axes");
  const [xs, ys] = [rows.map(({ x }) => x), rows.map(({ y }) => y)];
  const yTicks = decades(ys);
  const words = chartWords(
    head,
    last.map(({ by: name, x, y }) => ({ name, value: say(y), x, y, color: colors.get(name)! })),
    width,
    { right: 150 },
  );
  const xTicks = apart(xTicksOf(xs), extent(xs), width - LEFT - words.margins.marginRight);
  const height = given.size("height", 300 + words.added);
  const markup = draw(
    {
      width,
      height,
      marginLeft: LEFT,
      ...words.margins,
      marginBottom: 38,
      x: { type: "log", domain: extent(xs), label: null },
      y: { type: "log", domain: extent(ys), label: null },
      marks: [
        Plot.gridY(yTicks, { stroke: color("grid"), strokeOpacity: 1 }),
        Plot.axisY(yTicks, { tickSize: 0, fill: color("muted"), text: (value: number) => tick(value) }),
        Plot.axisX(xTicks, {
          tickSize: 4,
          fill: color("muted"),
          stroke: color("muted"),
          text: (value: number) => short(value),
        }),
        Plot.text([`↑ ${yLabel}`], { frameAnchor: "top-left", dx: -60, dy: -20, fill: color("muted") }),
        Plot.text([`${xLabel} →`], { frameAnchor: "bottom-right", dy: 35, fill: color("muted") }),
        ...series.flatMap((name) => {
          const own = rows.filter((row) => row.by === name).sort((a, b) => a.x - b.x);
          const at = { x: "x", y: "y", stroke: color(colors.get(name)!) } as const;
          const dots =
            own.length <= 12 ? [Plot.dot(own, { ...at, r: 3, fill: color("background"), strokeWidth: 2 })] : [];
          return [Plot.line(own, { ...at, strokeWidth: 2 }), ...dots];
        }),
        ...words.marks,
      ],
    },
    words.key,
  );
  const ends = last.map(({ by: name, x, y }) => `${name} ${say(y)} at ${short(x)}`);
  return new Figure({
    name: "lines",
    width,
    height,
    markup,
    description: `${head.title}: ${ends.join("; ") || "nothing"}.`,
    facts: Object.fromEntries(last.map((row) => [row.by, row])),
  });
}

/** "At the end dense is at 142, MoE at 152": the least and the most. */
function finding(ends: readonly { readonly by: string; readonly y: number }[], words: (y: number) => string): string {
  if (ends.length === 0) return "Growth";
  const [least, most] = [minIndex(ends, ({ y }) => y), maxIndex(ends, ({ y }) => y)].map((i) => ends[i]);
  const rest = least === most ? "" : `, ${most.by} at ${words(most.y)}`;
  return `At the end ${least.by} is at ${words(least.y)}${rest}`;
}

/** The data's range, or a decade where it is a point. */
function extent(values: readonly number[]): [number, number] {
  if (values.length === 0) return [1, 10];
  const [low, high] = [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];
  return low < high ? [low, high] : [low / 3, high * 3];
}

/** Where the axis has marks: powers of ten within the range, at most seven; where that is short, 1, 2 and 5 times them. */
function decades(values: readonly number[]): number[] {
  const [low, high] = extent(values);
  const powers = Array.from({ length: 40 }, (_, i) => 10 ** (i - 12));
  const within = (all: readonly number[]): number[] => all.filter((tick) => tick >= low && tick <= high);
  const [tens, fine] = [within(powers), within(powers.flatMap((power) => [power, 2 * power, 5 * power]))];
  const every = Math.ceil(tens.length / 7);
  return tens.length < 3 ? fine : tens.filter((_, i) => i % every === 0);
}

/** Ticks without those that would stand on the one before. @param room in pixels */
function apart(ticks: readonly number[], domain: readonly [number, number], room: number): number[] {
  const x = scaleLog(domain, [0, room]);
  const kept: number[] = [];
  for (const tick of [...ticks].sort((a, b) => a - b))
    if (kept.length === 0 || x(tick) - x(kept[kept.length - 1]) >= 34) kept.push(tick);
  return kept;
}

/** The points themselves, where they are few and have short numbers. */
function xTicksOf(values: readonly number[]): number[] {
  const different = [...new Set(values)];
  return different.length > 0 && different.length <= 8 && different.every(Number.isInteger)
    ? different
    : decades(values);
}
