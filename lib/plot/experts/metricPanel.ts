import * as Plot from "@observablehq/plot";
import { extent, quantileSorted, scaleLinear } from "d3";
import { digits } from "../../text/numbers.js";
import { endLabels } from "../marks/endLabels.js";
import { crosses, draw, stepAxes } from "../frame.js";
import { color, type ColorName } from "../palette.js";
import { breaks, type Point, thin } from "../rows/series.js";

/** One layer's values of one metric, in the order of steps. */
export interface Line {
  readonly layer: number;
  readonly points: readonly Point[];
}

interface Panel {
  readonly label: string;
  /** Layers that have a name. */
  readonly outer: readonly number[];
  /** Of the layers' last values. */
  readonly median: number | null;
  /** Bands over all layers instead of a line for each. */
  readonly isBand: boolean;
  readonly steps: readonly [number, number];
  readonly width: number;
  readonly height: number;
}

const POINTS = 120; // of a line or band
const LINES: readonly ColorName[] = ["moe", "fourth", "third", "fifth"];

/** One small chart, as an `<svg>` of its own. */
export function panelMarkup(
  lines: readonly Line[],
  { label, outer, median, isBand, steps, width, height }: Panel,
): string {
  const [low, high] = extent(lines.flatMap(({ points }) => points.map(({ y }) => y)).filter(Number.isFinite));
  const ends = low === undefined ? [0, 1] : low === high ? [low - 0.5, low + 0.5] : [low, high];
  const domain = scaleLinear(ends, [0, 1]).nice(4).domain();
  const at = { x: "x", y: "y" } as const;
  const place = new Map(lines.map(({ layer }, i) => [layer, i])); // few layers have the same colors in each panel
  const named = outer.map((layer, i) => ({
    ...lines.find((one) => one.layer === layer)!,
    tint: LINES[(isBand ? i : place.get(layer)!) % LINES.length],
  }));
  const bands = isBand ? bandsOf(lines) : [];
  const middle = bands.map(({ x, middle: y }) => ({ x, y }));
  const broken = isBand
    ? breaks(bands.map(({ x, middle: y, isBroken }) => ({ x, y: isBroken ? NaN : y })))
    : lines.flatMap(({ points }) => breaks(points));
  const area = (from: "low" | "first", to: "high" | "third", fillOpacity: number) =>
    Plot.areaY(bands, { x: "x", y1: from, y2: to, fill: color("dense"), fillOpacity });
  const labels = [
    ...named.map(({ layer, points, tint }) => {
      const last = points[points.length - 1];
      return { name: `layer ${layer + 1}`, end: lastPlaced(points) ?? last, value: last.y, tint };
    }),
    ...(middle.length > 0
      ? [
          {
            name: "median",
            end: lastPlaced(middle) ?? middle[middle.length - 1],
            value: median ?? NaN,
            tint: "dense" as const,
          },
        ]
      : []),
  ];
  return draw({
    ...{ width, height, marginLeft: 64, marginRight: 80, marginTop: 30, marginBottom: 36 },
    x: { domain: steps, label: null },
    y: { domain, label: null },
    marks: [
      ...stepAxes(label, "step", 4, { tickFormat: (value: number) => digits(value, 3) }),
      ...(isBand ? [area("low", "high", 0.14), area("first", "third", 0.22)] : []),
      ...(isBand ? [Plot.line(middle, { ...at, stroke: color("dense"), strokeWidth: 2 })] : []),
      ...named.map(({ points, tint }) =>
        Plot.line(thin(points, POINTS), { ...at, stroke: color(tint), strokeWidth: isBand ? 1.25 : 2 }),
      ),
      ...(isBand ? [] : [Plot.dot(lines.flatMap(({ points }) => (points.length === 1 ? points : [])).filter(({ y }) => Number.isFinite(y)), { ...at, r: 3, fill: color("moe") })]), // prettier-ignore
      ...crosses(broken),
      endLabels(
        labels.map(({ name, end, value, tint }) => ({
          name,
          value: Number.isFinite(value) ? digits(value, 3) : "not a number",
          x: end.x,
          y: end.y,
          color: tint,
        })),
      ),
    ],
  });
}

const lastPlaced = (points: readonly Point[]): Point | undefined => points.findLast(({ y }) => Number.isFinite(y));

interface Band {
  readonly x: number;
  readonly low: number;
  readonly first: number;
  readonly middle: number;
  readonly third: number;
  readonly high: number;
  readonly isBroken: boolean;
}

/** Quartiles and ends over all layers; where there are more steps than points, over all layers and some neighboring steps. */
function bandsOf(lines: readonly Line[]): Band[] {
  const bySteps = new Map<number, number[]>();
  for (const { points } of lines)
    for (const { x, y } of points) {
      const own = bySteps.get(x);
      if (own) own.push(y);
      else bySteps.set(x, [y]);
    }
  const steps = [...bySteps.keys()].sort((a, b) => a - b);
  const size = Math.ceil(steps.length / POINTS);
  return Array.from({ length: Math.ceil(steps.length / size) }, (_, i): Band => {
    // Counted from the end, so that the last point is the last step's.
    const own = steps.slice(Math.max(0, steps.length - (i + 1) * size), steps.length - i * size);
    const values = own.flatMap((x) => bySteps.get(x)!);
    const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
    const [low, first, middle, third, high] = [0, 0.25, 0.5, 0.75, 1].map(
      (share) => quantileSorted(sorted, share) ?? NaN,
    );
    return { x: own[own.length - 1], low, first, middle, third, high, isBroken: sorted.length < values.length };
  }).reverse();
}
