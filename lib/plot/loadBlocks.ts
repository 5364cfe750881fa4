import type * as Plot from "@observablehq/plot";
import { range } from "d3";
import { percent } from "../text/numbers.js";
import { mark, svgElement, svgText, type Box, type Scales } from "./frame.js";
import { type ColorKey, colorKey } from "./marks/colorKey.js";
import type { LoadHistory } from "./loadHistory.js";
import { LETTER, wrapped } from "./options.js";
import { color, type ColorName } from "./palette.js";

const FULL = 3; // multiples of the fair share at which a cell has the full color
const TINTS = 12; // shades of color: a quarter of the fair share each
const HEAVY = 2; // an expert with this many fair shares is worth a warning
const IDLE = 0.1; // below this part of its fair share an expert is called idle

/** Pixels between two layers: room for one small line of text. */
export const GAP = 17;

/** Where things stand, in pixels: two horizontal scales side by side, which is why this is not a Plot facet. */
interface Layout {
  /** Height of one expert's row. */
  readonly row: number;
  readonly top: (layer: number) => number;
  /** Step of training to x, in the history. */
  readonly atStep: (step: number) => number;
  /** Left end of the bars. */
  readonly bars: number;
  /** Right end of the longest bar. */
  readonly right: number;
  /** Length of the bar of a share. */
  readonly length: (share: number) => number;
}

function layoutOf({ layers, experts, largest }: LoadHistory, scales: Scales, box: Box): Layout {
  const row = (box.height - box.marginTop - box.marginBottom - (layers - 1) * GAP) / (layers * experts);
  const bars = box.width - box.marginRight + 24; // room for the numbers of the experts
  const longest = Math.max(FULL / experts, largest); // never shrinks while training goes on
  return {
    row,
    top: (layer) => box.marginTop + layer * (experts * row + GAP),
    atStep: scales.x,
    bars,
    right: box.width - 4,
    length: (share) => ((box.width - 12 - bars) * share) / longest,
  };
}

export interface BlocksOptions {
  /** The layers that are drawn, from above, counted from 0. */
  readonly layers: readonly number[];
  /** Right end of the step axis. */
  readonly limit: number;
  readonly tint: ColorName;
}

/** The layers, each with its name, its history and the bars of the last step. */
export function loadBlocks(history: LoadHistory, { layers, limit, tint }: BlocksOptions): Plot.Markish {
  return mark((scales, box, document) => {
    const layout = layoutOf(history, scales, box);
    const small = { "font-size": 11, "text-anchor": "start", fill: color("muted") };
    const fair = `┆ fair: ${percent(1 / history.experts)}`;
    const group = svgElement(document, "g", { class: "layers" });
    group.append(
      historyPaths(document, history, limit, layout, tint),
      ...history.now.flatMap((shares, layer) =>
        layerMarks(document, shares, { place: layer, layer: layers[layer], limit, layout, tint }),
      ),
      svgText(document, fair, {
        ...small,
        x: layout.right,
        y: box.height - box.marginBottom + 17,
        "text-anchor": "end",
      }),
      svgText(document, "last step", { x: layout.bars, y: box.marginTop - 26, ...small }),
    );
    return group;
  });
}

/** One layer's name, its frame, its bars beside the line of the fair share, and how balanced it is in words. */
function layerMarks(
  document: Document,
  shares: readonly number[],
  {
    place,
    layer,
    limit,
    layout,
    tint,
  }: { place: number; layer: number; limit: number; layout: Layout; tint: ColorName },
): SVGElement[] {
  const { row, top, atStep, bars, right, length } = layout;
  const y = top(place);
  const depth = shares.length * row;
  const path = (attributes: Record<string, string | number>) => svgElement(document, "path", attributes);
  const strokes = shares.map((share, expert) => {
    const length_ = Number.isFinite(share) && share > 0 ? Math.max(length(share), 0.5) : 0;
    return length_ > 0 ? `M${bars},${round(y + (expert + 0.5) * row)}h${round(length_)}` : "";
  });
  const fair = `M${round(bars + length(1 / shares.length))},${round(y - 1)}v${round(depth + 2)}`;
  const frame = { x: atStep(0), y, width: atStep(limit) - atStep(0), height: depth, fill: "none" };
  const name = { x: atStep(0) - 8, "text-anchor": "end" };
  const { words, alarm } = balanceOf(shares);
  const warning = alarm ? { fill: color("alarm"), "font-weight": 600 } : { fill: color("muted") };
  return [
    svgElement(document, "rect", { ...frame, stroke: color("grid") }),
    path({ class: "bars", d: strokes.join(""), stroke: color(tint), "stroke-width": round(Math.max(row - 1.5, 1)) }),
    path({ d: `M${bars},${round(y)}v${round(depth)}`, stroke: color("muted"), "stroke-opacity": 0.5 }),
    ...expertNames(document, shares.length, { row, x: bars - 3, y }),
    path({ class: "fair", d: fair, stroke: color("ink"), "stroke-dasharray": "3,3" }),
    svgText(document, `layer ${layer + 1}`, { ...name, y: y + depth / 2 - 1, "font-weight": 600, fill: color("ink") }),
    // "256 experts" is wider than the margin.
    ...wrapped(inExperts(shares.length), (atStep(0) - 8) / LETTER.digits).map((line, i) =>
      svgText(document, line, {
        ...name,
        y: y + depth / 2 + 12 + 13 * i,
        "font-size": 11,
        fill: color("muted"),
      }),
    ),
    svgText(document, words, { x: right, y: y - 4, "text-anchor": "end", "font-size": 11, ...warning }),
  ];
}

/** The numbers of the experts beside the bars, as many as there is room for. */
function expertNames(
  document: Document,
  experts: number,
  { row, x, y }: { row: number; x: number; y: number },
): SVGElement[] {
  const every = [1, 2, 4, 8, 16, 32, 64, 128].find((n) => n * row >= 12) ?? 256;
  if (experts === 1) return [];
  return range(0, experts, every).map((expert) =>
    svgText(document, String(expert), {
      ...{ x, y: round(y + (expert + 0.5) * row + 4), "font-size": 11, "text-anchor": "end", fill: color("muted") },
      class: "expert",
    }),
  );
}

/** The history as one path a tint, not a rectangle a cell: strokes as thick as a row, neighbors of equal tint joined. */
function historyPaths(
  document: Document,
  { shares, broken, experts, stretches }: LoadHistory,
  limit: number,
  { row, top, atStep }: Layout,
  tint: ColorName,
): SVGElement {
  const strokes = Array.from({ length: TINTS + 1 }, () => "");
  const x = (stretch: number) => Math.round(atStep((limit * stretch) / stretches));
  shares.forEach((layer, l) =>
    layer.forEach((row_, e) => {
      const y = round(top(l) + (e + 0.5) * row);
      const tints = Array.from(row_, (share) => tintOf(share * experts));
      for (let from = 0, to = 0; from < stretches; from = to) {
        while (to < stretches && tints[to] === tints[from]) to++;
        if (tints[from] > 0) strokes[tints[from]] += `M${x(from)},${y}h${x(to) - x(from)}`;
      }
    }),
  );
  const look = { stroke: color(tint), "stroke-width": round(row), "shape-rendering": "crispEdges" };
  const group = svgElement(document, "g", { class: "history", ...look });
  strokes.forEach((d, level) => {
    if (d) group.append(svgElement(document, "path", { d, "stroke-opacity": round(level / TINTS) }));
  });
  const marks = broken.flatMap((layer, l) =>
    layer.flatMap((row_, e) => {
      const y = round(top(l) + (e + 0.5) * row);
      return Array.from(row_, (isBroken, s) => (isBroken ? `M${x(s)},${y}h${x(s + 1) - x(s)}` : ""));
    }),
  );
  if (marks.some(Boolean))
    group.append(
      svgElement(document, "path", { class: "not", d: marks.join(""), stroke: color("alarm"), "stroke-opacity": 0.4 }),
    );
  return group;
}

/** 0 (nothing, or not measured) to TINTS (FULL fair shares or more). */
function tintOf(multiple: number): number {
  return Number.isFinite(multiple) ? Math.min(TINTS, Math.round((multiple * TINTS) / FULL)) : 0;
}

/** What the colors of the history stand for. */
export const loadKey = (tint: ColorName): ColorKey =>
  colorKey({
    strengths: range(1, TINTS + 1).map((level) => level / TINTS),
    ...{ above: tint, low: "none", high: `${FULL} fair shares` },
  });

export const inExperts = (n: number): string => `${n} ${n === 1 ? "expert" : "experts"}`;

/** One line on a layer: how far the busiest expert is above its fair share, and how many experts get next to nothing. */
export function balanceOf(shares: readonly number[]): {
  words: string;
  alarm: boolean;
  facts: { busiest: number | null; idle: number; broken: number };
} {
  const multiples = shares.filter(Number.isFinite).map((share) => share * shares.length);
  if (multiples.length === 0)
    return { words: "not a number", alarm: true, facts: { busiest: null, idle: 0, broken: shares.length } };
  const busiest = Math.max(...multiples);
  const idle = multiples.filter((multiple) => multiple < IDLE).length;
  const broken = shares.length - multiples.length;
  const notes = [idle > 0 ? `${idle} idle` : "", broken > 0 ? `${broken} not a number` : ""].filter(Boolean);
  const words = [`busiest ${busiest.toFixed(1)}×`, ...notes].join(", ");
  return { words, alarm: busiest >= HEAVY || notes.length > 0, facts: { busiest, idle, broken } };
}

const round = (value: number): number => Math.round(value * 100) / 100;
