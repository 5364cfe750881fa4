import * as Plot from "@observablehq/plot";
import { endLabels } from "../endLabels.js";
import { Figure } from "../figure.js";
import { draw, head } from "../frame.js";
import { checkSize, headHeight, type FrameOptions } from "../options.js";
import { colour, modelColours } from "../palette.js";
import { checkRows } from "../rows.js";
import { inBytes, inWords, short } from "./words.js";

/** One point of a line. */
export interface LogLinesRow {
  readonly series: string;
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

/** Lines on two logarithmic axes: what doubles goes up by the same step everywhere, so growth shows as slope. */
export function logLines(rows: readonly LogLinesRow[], options: LogLinesOptions = {}): Figure {
  checkRows("logLines", rows, ["x", "y"]);
  const bad = rows.find(({ x, y }) => !(x > 0 && y > 0 && Number.isFinite(x * y)));
  if (bad)
    throw new RangeError(`logLines needs numbers above 0, as its axes are logarithmic, got x ${bad.x}, y ${bad.y}`);
  const width = checkSize("logLines", "width", options.width ?? 680);
  const height = checkSize("logLines", "height", options.height ?? 300);
  const { title = "Growth", subtitle = "logarithmic axes", unit = "number", xLabel = "x", yLabel = "y" } = options;
  const [words, tick] = unit === "bytes" ? [inBytes, inBytes] : [inWords, short];
  const series = [...new Set(rows.map((row) => row.series))];
  const colours = modelColours(series);
  const last = series.map((name) => rows.filter((row) => row.series === name).reduce((a, b) => (b.x >= a.x ? b : a)));

  const [xs, ys] = [rows.map(({ x }) => x), rows.map(({ y }) => y)];
  const xTicks = decades(xs);
  const yTicks = decades(ys);
  const markup = draw({
    width,
    height,
    marginLeft: 64,
    marginRight: 150,
    marginTop: headHeight(title, subtitle) + 30,
    marginBottom: 38,
    x: { type: "log", domain: extent(xs), label: null },
    y: { type: "log", domain: extent(ys), label: null },
    marks: [
      Plot.gridY(yTicks, { stroke: colour("grid"), strokeOpacity: 1 }),
      Plot.axisY(yTicks, { tickSize: 0, fill: colour("muted"), tickFormat: tick }),
      Plot.axisX(xTicks, { tickSize: 4, fill: colour("muted"), stroke: colour("muted"), tickFormat: short }),
      Plot.text([`↑ ${yLabel}`], { frameAnchor: "top-left", dx: -60, dy: -20, fill: colour("muted") }),
      Plot.text([`${xLabel} →`], { frameAnchor: "bottom-right", dy: 35, fill: colour("muted") }),
      ...series.flatMap((name, i) => {
        const own = rows.filter((row) => row.series === name).sort((a, b) => a.x - b.x);
        const at = { x: "x", y: "y", stroke: colour(colours.get(name)!) } as const;
        // A line under another is wider, so that equal ones both show.
        const strokeWidth = 2 + 2.5 * (series.length - 1 - i > 2 ? 0 : series.length > 2 ? 0 : series.length - 1 - i);
        const dots =
          own.length <= 12 ? [Plot.dot(own, { ...at, r: 3, fill: colour("background"), strokeWidth: 2 })] : [];
        return [Plot.line(own, { ...at, strokeWidth }), ...dots];
      }),
      endLabels(last.map(({ series: name, x, y }) => ({ name, value: words(y), x, y, colour: colours.get(name)! }))),
      head(title, subtitle),
    ],
  });
  const ends = last.map(({ series: name, x, y }) => `${name} ${words(y)} at ${short(x)}`);
  return new Figure({
    name: "lines",
    width,
    height,
    markup,
    description: `${title}: ${ends.join("; ") || "nothing"}.`,
    last: Object.fromEntries(last.map((row) => [row.series, row])),
  });
}

/** The data's range, or a decade where it is a point. */
function extent(values: readonly number[]): [number, number] {
  if (values.length === 0) return [1, 10];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low < high ? [low, high] : [low / 3, high * 3];
}

/** Powers of ten within the range, at most six of them; powers of two where the range is short. */
function decades(values: readonly number[]): number[] {
  const [low, high] = extent(values);
  const powers = (base: number): number[] => {
    const [from, to] = [
      Math.ceil(Math.log(low) / Math.log(base) - 1e-9),
      Math.floor(Math.log(high) / Math.log(base) + 1e-9),
    ];
    return Array.from({ length: Math.max(0, to - from + 1) }, (_, i) => base ** (from + i));
  };
  const [tens, twos] = [powers(10), powers(2)];
  const chosen = high / low <= 100 ? twos : tens;
  const every = Math.ceil(chosen.length / 7);
  return chosen.filter((_, i) => i % every === 0);
}
