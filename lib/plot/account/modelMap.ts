import * as Plot from "@observablehq/plot";
import { minIndex } from "d3";
import { type Accessors, amount, type Columns, label, type Read, readRows } from "../rows/columns.js";
import { checkActive } from "./bars.js";
import { Figure } from "../figure.js";
import { draw, headMarks, mark, svgElement, waiting } from "../frame.js";
import { type PointLabel, withNames } from "../marks/pointLabels.js";
import { headHeight, Options, type FrameOptions } from "../options.js";
import { largestOf, listed, someOf } from "../rows/few.js";
import { color } from "../palette.js";
import { grouped, inWords, percent, short } from "../../text/numbers.js";

/** A model as a point. */
export interface ModelMapRow {
  readonly by: string | number;
  readonly total: number;
  readonly active: number;
}

const COLUMNS: Columns<Read<ModelMapRow>> = { total: amount, active: amount, by: label };

const TOOLTIPS = 500; // points that have one each
const NAMED = 60; // models
const NEEDED = 40; // models up to which each has its name, or a number for it
const SAID = 12;

/** Models by what they have and what works on a token, both logarithmic. Dense models lie on the diagonal; the farther below it,
 *  the smaller the share that works. */
export function modelMap<T extends object>(
  rows: Iterable<T>,
  options: FrameOptions & Accessors<ModelMapRow, T>,
): Figure;
export function modelMap(rows: Iterable<ModelMapRow>, options?: FrameOptions): Figure;
export function modelMap(data: Iterable<object>, options: FrameOptions = {}): Figure {
  const all = readRows("modelMap", data, COLUMNS, options);
  checkActive("modelMap", all);
  const rows = all.filter(({ active }) => active > 0); // the axes are logarithmic
  const given = new Options("modelMap", options);
  const [width, height] = [given.size("width", 680), given.size("height", 440)];
  const named = largestOf(rows, NAMED, ({ total }) => total);
  const head = given.head(finding(rows), "each point a model; dashed: the share that works on a token", [
    rows.length < all.length ? `left out: ${grouped(all.length - rows.length)} without active parameters` : "",
    named.length < rows.length
      ? `named, where there is room: ${someOf(named.length, rows.length, "models", "the largest")}`
      : "",
  ]);
  const low = Math.min(5e7, ...rows.filter(({ active }) => active > 0).map(({ active }) => active / 1.5));
  const high = Math.max(2e9, ...rows.map(({ total }) => total * 2));
  const top = 2.5 * Math.max(1e9, ...rows.map(({ active }) => active));
  const ticks = Array.from({ length: 8 }, (_, i) => 10 ** (i + 6));
  const xTicks = ticks.filter((tick) => tick >= low && tick <= high);
  const yTicks = ticks.filter((tick) => tick >= low && tick <= top);
  const isDense = ({ total, active }: Read<ModelMapRow>): boolean => active >= 0.999 * total;

  const lines = [1, 0.1, 0.01].map((share): Line => ({ share, low, high, top }));
  const { markup, height: whole } = withNames(
    [
      ...lines.flatMap(shareLabels),
      // Mixtures hang below the diagonal and dense models stand on it: their names have room on that side.
      ...named.map((row): PointLabel => ({
        ...{ x: row.total, y: row.active, name: row.by, color: isDense(row) ? "dense" : "moe" },
        side: isDense(row) ? "left" : "right",
        isNeeded: rows.length <= NEEDED,
      })),
    ],
    width,
    (names) => {
      const below = names.list.height > 0 ? names.list.height + 8 : 0;
      const whole = height + (options.height === undefined ? below : 0);
      return {
        height: whole,
        markup: draw(
          {
            width,
            height: whole,
            marginLeft: 56,
            marginRight: 24,
            marginTop: headHeight(head, width) + 30,
            marginBottom: 40 + below,
            x: { type: "log", domain: [low, high], label: null },
            y: { type: "log", domain: [low, top], label: null },
            marks: [
              Plot.gridY(yTicks, { stroke: color("grid"), strokeOpacity: 1 }),
              Plot.axisY(yTicks, { tickSize: 0, fill: color("muted"), text: (value: number) => short(value) }),
              Plot.axisX(xTicks, {
                tickSize: 4,
                fill: color("muted"),
                stroke: color("muted"),
                text: (value: number) => short(value),
              }),
              Plot.text(["↑ active parameters"], { frameAnchor: "top-left", dx: -52, dy: -18, fill: color("muted") }),
              Plot.text(["total parameters →"], { frameAnchor: "bottom-right", dy: 36, fill: color("muted") }),
              diagonals(lines),
              ...(rows.length > TOOLTIPS
                ? [false, true].map((dense) =>
                    cloud(
                      rows.filter((row) => isDense(row) === dense),
                      dense,
                    ),
                  )
                : []),
              Plot.dot(rows.length > TOOLTIPS ? [] : rows, {
                x: "total",
                y: "active",
                r: 4.5,
                fill: (row: Read<ModelMapRow>) => color(isDense(row) ? "dense" : "moe"),
                stroke: color("background"),
                title: ({ by, total, active }: Read<ModelMapRow>) =>
                  `${by}: ${inWords(total)}, ${inWords(active)} active`,
              }),
              names.mark(rows.map(({ total, active }) => ({ x: total, y: active }))),
              ...(rows.length === 0 ? [waiting("no rows yet")] : []),
              headMarks(head, width),
            ],
          },
          names.list.at(whole - names.list.height - 2),
        ),
      };
    },
  );
  return new Figure({
    name: "models",
    width,
    height: whole,
    markup,
    description: `${head.title}: ${
      listed(rows, ({ by, total, active }) => `${by} ${inWords(total)}, ${inWords(active)} active`, SAID) || "no model"
    }.`,
    facts: Object.fromEntries(named.map((row) => [row.by, row])),
  });
}

/** "Mixtral uses the smallest share of its parameters on a token, 27.7 %" */
function finding(rows: readonly Read<ModelMapRow>[]): string {
  const least = rows[minIndex(rows, ({ total, active }) => active / total)];
  if (!least) return "Many parameters, few at work";
  const share = percent(least.active / least.total);
  return rows.length > 1
    ? `${least.by} uses the smallest share of its parameters on a token, ${share}`
    : `${least.by} uses ${share} of its parameters on a token`;
}

/** Points as one path, where they are too many for tooltips: each a line without length with a round end. */
const cloud = (rows: readonly Read<ModelMapRow>[], isDense: boolean): Plot.Markish =>
  mark((scales, _box, document) => {
    const places = rows.map(({ total, active }) => `M${px(scales.x(total))},${px(scales.y(active))}h0`);
    const look = {
      stroke: color(isDense ? "dense" : "moe"),
      "stroke-width": 4,
      "stroke-linecap": "round",
      "stroke-opacity": 0.5,
    };
    return svgElement(document, "path", { class: "cloud", d: places.join(""), fill: "none", ...look });
  });
const px = (value: number): number => Math.round(value * 10) / 10;

/** Lines of equal share, named at the end where no model is. */
interface Line {
  readonly share: number;
  /** Ends of the axes. */
  readonly low: number;
  readonly high: number;
  readonly top: number;
}

const diagonals = (lines: readonly Line[]): Plot.Markish =>
  mark((scales, _box, document) => {
    const group = svgElement(document, "g", { class: "diagonals", "font-size": 11 });
    for (const { share, low, high, top } of lines) {
      const [from, to] = [low / share, Math.min(high, top / share)];
      if (from >= to) continue;
      const [start, end] = [
        { x: scales.x(from), y: scales.y(low) },
        { x: scales.x(to), y: scales.y(to * share) },
      ];
      const line = { x1: start.x, y1: start.y, x2: end.x, y2: end.y };
      group.append(svgElement(document, "line", { ...line, stroke: color("muted"), "stroke-dasharray": "3,3" }));
    }
    return group;
  });

/** What a line of equal share says: the diagonal at its upper end, the others where they begin. */
const shareLabels = ({ share, low, high, top }: Line): PointLabel[] => {
  const to = Math.min(high, top / share);
  if (low / share >= to) return [];
  return share === 1
    ? [{ x: to, y: to, name: "dense: all of it", color: "muted", fixed: { dx: -16, dy: 10, anchor: "end" } }]
    : [{ x: low / share, y: low, name: percent(share), color: "muted", fixed: { dx: 18, dy: -4, anchor: "start" } }];
};
