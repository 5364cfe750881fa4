import * as Plot from "@observablehq/plot";
import { Figure } from "../../../lib/plot/figure.js";
import { draw, headMarks } from "../../../lib/plot/frame.js";
import { headHeight } from "../../../lib/plot/options.js";
import { color } from "../../../lib/plot/palette.js";
import type { Spread } from "../measure.js";

export interface Bar {
  name: string;
  value: Spread;
  /** Drawn in our color. */
  ours?: boolean;
}

/** Medians as bars, the quartiles as a line on each. */
export function barChart(title: string, subtitle: string, bars: readonly Bar[]): Figure {
  const width = 680;
  const top = headHeight({ title, subtitle }, width) + 8;
  const height = top + 26 * bars.length + 30;
  const markup = draw({
    width,
    height,
    marginTop: top,
    marginLeft: 240,
    marginRight: 60,
    x: { label: null, ticks: 5, zero: true },
    y: { label: null, domain: bars.map(({ name }) => name), tickSize: 0 },
    marks: [
      Plot.gridX({ ticks: 5, stroke: color("grid"), strokeOpacity: 1 }),
      ...[true, false].map((ours) =>
        Plot.barX(bars, {
          filter: (bar: Bar) => (bar.ours ?? false) === ours,
          x: ({ value }: Bar) => value.median,
          y: "name",
          fill: color(ours ? "dense" : "muted"),
          fillOpacity: 0.55,
        }),
      ),
      Plot.ruleY(bars, {
        x1: ({ value }: Bar) => value.low,
        x2: ({ value }: Bar) => value.high,
        y: "name",
        stroke: color("ink"),
      }),
      Plot.text(bars, {
        x: ({ value }: Bar) => value.high,
        y: "name",
        text: ({ value }: Bar) => value.median.toPrecision(3),
        textAnchor: "start",
        dx: 6,
        fill: color("ink"),
      }),
      ...headMarks({ title, subtitle }, width),
    ],
  });
  const description = `${title}. ${bars.map(({ name, value }) => `${name}: ${value.median.toPrecision(3)}`).join("; ")}`;
  return new Figure({ name: "bench", width, height, markup, description, facts: bars });
}
