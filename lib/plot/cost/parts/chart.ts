/** What the charts of cost have in common: words, axes with as many numbers as have room, and names at the ends of lines, or in a legend
 *  above the picture where it is narrow. */

import * as Plot from "@observablehq/plot";
import { chartWords, type EndLabel } from "../../marks/endLabels.js";
import { draw } from "../../frame.js";
import { LETTER, type FrameOptions, type Head, lettersOf, type Options, shorten } from "../../options.js";
import type { LegendEntry } from "../../marks/legend.js";
import { type Names, type PointLabel, withNames } from "../../marks/pointLabels.js";
import type { Point } from "../../rows/series.js";
import { color } from "../../palette.js";
import { type Axis, ticksOf } from "./axes.js";

export interface ChartParts {
  readonly head: Head;
  readonly x: Axis;
  readonly y: Axis;
  readonly marks: readonly Plot.Markish[];
  /** Names of lines, at their ends. */
  readonly ends?: readonly EndLabel[];
  /** Names beside points, and further points that these may not cover. */
  readonly points?: { readonly labels: readonly PointLabel[]; readonly obstacles: readonly Point[] };
  /** Names of what has no end. */
  readonly key?: readonly LegendEntry[];
  /** Said in the middle of a picture without marks. */
  readonly empty?: string;
}

export interface Drawn {
  readonly width: number;
  readonly height: number;
  readonly markup: string;
}

const PLOT = 230; // px of height inside the axes, if none was asked for
const LEAST = 60; // px of height that are kept for them in any case
const LETTERS = 20; // of a name at the end of a line
const BOTTOM = 40; // px

/** The chart in the size that the options say; it is higher where its words leave no room for it.
 *  @param plot natural height inside the axes, in pixels */
export const chart = (given: Options<FrameOptions>, parts: ChartParts, plot = PLOT): Drawn =>
  withNames(parts.points?.labels ?? [], given.size("width", 680), (names) => drawChart(given, parts, plot, names));

function drawChart(given: Options<FrameOptions>, parts: ChartParts, plot: number, { mark, list }: Names): Drawn {
  const { head, x, y, marks, ends = [], empty = "", points } = parts;
  const width = given.size("width", 680);
  const bottom = BOTTOM + (list.height > 0 ? list.height + 8 : 0);
  const longestEnd = ends.reduce(
    (most, { name, value }) =>
      Math.max(most, 1.1 * LETTER.bold * Math.min(lettersOf(name), LETTERS), LETTER.small * lettersOf(value)),
    0,
  );
  const lastTick = 4 + (LETTER.words / 2) * lettersOf(x.words(x.domain[1]));
  const words = chartWords(head, ends, width, {
    right: Math.round(ends.length > 0 ? 16 + longestEnd : 0),
    least: Math.round(Math.max(16, lastTick)),
    letters: LETTERS,
    entries: parts.key ?? [],
  });
  const { marginTop, marginRight } = words.margins;
  const height = Math.max(given.size("height", marginTop + plot + bottom), marginTop + LEAST + bottom);
  const yTicks = ticksOf(y, height - marginTop - bottom, 26);
  const longest = yTicks.reduce((most, tick) => Math.max(most, lettersOf(y.words(tick))), 1);
  const marginLeft = Math.min(Math.round(14 + LETTER.words * longest), width / 3);
  const xTicks = ticksOf(x, width - marginLeft - marginRight);
  const label = (text: string, letters: number): string => shorten(text, Math.floor(letters));
  const markup = draw(
    {
      width,
      height,
      ...{ marginTop, marginBottom: bottom, marginLeft, marginRight },
      x: { type: x.type, domain: [...x.domain], label: null },
      y: { type: y.type, domain: [...y.domain], label: null },
      marks: [
        Plot.gridY(yTicks, { stroke: color("grid"), strokeOpacity: 1 }),
        Plot.axisY(yTicks, { tickSize: 0, fill: color("muted"), text: y.words }),
        Plot.axisX(xTicks, { tickSize: 4, fill: color("muted"), stroke: color("muted"), text: x.words }),
        ...(y.label
          ? [
              Plot.text([`↑ ${label(y.label, width / LETTER.bold)}`], {
                ...{ frameAnchor: "top-left", dx: 2 - marginLeft, dy: -20, fill: color("muted") },
              }),
            ]
          : []),
        ...(x.label
          ? [
              Plot.text([`${label(x.label, (width - marginRight) / LETTER.bold)} →`], {
                ...{ frameAnchor: "bottom-right", dy: 34, fill: color("muted") },
              }),
            ]
          : []),
        ...marks,
        ...(points ? [mark(points.obstacles)] : []),
        ...(empty ? [Plot.text([empty], { frameAnchor: "middle", fill: color("muted") })] : []),
        ...words.marks,
      ],
    },
    words.key + list.at(height - list.height - 2),
  );
  return { width, height, markup };
}
