import * as Plot from "@observablehq/plot";
import { extent, format, scaleLinear } from "d3";
import { drawingDocument, markupOf } from "./document.js";
import { SPACE } from "./marks/svg.js";
import { type Head, headLines } from "./options.js";
import { color } from "./palette.js";
import { lone, type Point } from "./rows/series.js";
import { digits, grouped } from "../text/numbers.js";

/** Pixels beside every chart over training steps: equal, so that charts under one another share their time axis. */
export const STEP_MARGINS = { marginLeft: 64, marginRight: 132 } as const;

/** Title and subtitle at the top left corner of the picture. */
export function headMarks(head: Head, width: number): Plot.Markish[] {
  return headLines(head, width).lines.map(({ text, y, isTitle }) => {
    const look = isTitle ? { "font-size": 14, "font-weight": 600, fill: color("ink") } : { fill: color("muted") };
    return mark((_scales, _box, document) => svgText(document, text, { x: 2, y, "text-anchor": "start", ...look }));
  });
}

export interface Scales {
  readonly x: (value: number) => number;
  readonly y: (value: number) => number;
}
export interface Box {
  readonly width: number;
  readonly height: number;
  readonly marginTop: number;
  readonly marginRight: number;
  readonly marginBottom: number;
  readonly marginLeft: number;
}

/** A Plot mark of our own: gets the scales (data units to pixels), the picture's size and margins, and the document to draw with. */
export function mark(render: (scales: Scales, box: Box, document: Document) => SVGElement): Plot.Markish {
  const call = (_index: unknown, scales: Scales, _values: unknown, box: Box, context: { document: Document }) =>
    render(scales, box, context.document);
  return call as unknown as Plot.Markish;
}

const SVG = "http://www.w3.org/2000/svg";

/** A drawing element with attributes; numbers are rounded to 1/100 of a pixel later. */
export function svgElement(document: Document, name: string, attributes: Record<string, string | number>): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

/** A text element. The words are a text node: the serializer escapes them, and Figure spells out what no XML may hold. */
export function svgText(document: Document, text: string, attributes: Record<string, string | number>): SVGElement {
  const element = svgElement(document, "text", attributes);
  element.textContent = text;
  return element;
}

/** A text with further words behind it, in another look: no guessed width stands between them. */
export function svgTwoTexts(
  document: Document,
  [text, look]: readonly [string, Record<string, string | number>],
  [more, moreLook]: readonly [string, Record<string, string | number>],
  gap = 6,
): SVGElement {
  const element = svgText(document, text, look);
  if (!more) return element;
  const after = svgElement(document, "tspan", { dx: gap - SPACE, ...moreLook });
  after.textContent = ` ${more}`;
  element.append(after);
  return element;
}

/** Plot.plot with the fonts and ground that all figures share -> the drawing as markup.
 *  @param more markup that stands above the marks: a legend */
export function draw(options: Plot.PlotOptions, more = ""): string {
  const element = Plot.plot({
    document: drawingDocument(),
    className: "twinformer-plot",
    ...options,
  }) as unknown as SVGElement;
  element.querySelector("style")?.remove(); // Plot's rules would fix a white ground
  element.setAttribute("font-size", "12");
  return markupOf(element).replace(/<\/svg>$/, () => `${more}</svg>`);
}

/** What stands in the middle of a chart without rows. */
export const waiting = (words: string): Plot.Markish =>
  Plot.text([words], { frameAnchor: "middle", fill: color("muted"), stroke: color("background"), strokeWidth: 4 });

/** The axis of steps, which are counted: no number stands at half a step. */
export const stepAxis = (): Plot.Markish =>
  Plot.axisX({
    ...{ tickSpacing: 72, tickSize: 4, fill: color("muted"), stroke: color("muted") },
    tickFormat: (step: number) => (Number.isInteger(step) ? grouped(step).replace("-", "−") : ""),
  });

/** Grid and axes of a chart over steps, with its words above and below. @param ticks of the vertical axis */
export const stepAxes = (yLabel: string, xLabel: string, ticks: number, y: Plot.AxisYOptions = {}): Plot.Markish[] => [
  Plot.gridY({ ticks, stroke: color("grid"), strokeOpacity: 1 }),
  Plot.axisY({ ticks, tickSize: 0, fill: color("muted"), ...y }),
  stepAxis(),
  Plot.text([`↑ ${yLabel}`], { frameAnchor: "top-left", dx: -60, dy: -20, fill: color("muted") }),
  Plot.text([`${xLabel} →`], { frameAnchor: "bottom-right", dy: 33, fill: color("muted") }),
];

/** Dotted lines to compare with, which belong under the curves. */
export const referenceLines = (references: readonly { readonly value: number }[]): Plot.Markish =>
  Plot.ruleY(references, { y: "value", stroke: color("muted"), strokeDasharray: "2,3" });

/** Their names, which belong over the curves: on a ring of the ground's color they stay legible where a curve ends. @param x right end */
export const referenceLabels = (
  references: readonly { readonly value: number; readonly label: string }[],
  x: number,
): Plot.Markish =>
  Plot.text(references, {
    ...{ x: () => x, y: "value", text: "label", textAnchor: "end", dy: -7 },
    ...{ fill: color("muted"), fontSize: 11, stroke: color("background"), strokeWidth: 4 },
  });

const LONGEST_TICK = 7; // letters that STEP_MARGINS leave room for
const plain = format(".4~g");

/** A number at the vertical axis, as a power of ten where it would be cut otherwise: 0.0001, but 1e-6. */
export function tick(value: number): string {
  const text = plain(value);
  return text.length > LONGEST_TICK ? format(".3~e")(value).replace("e+", "e") : text;
}

/** Points without a neighbor, of which a line shows nothing. */
export const lonePoints = (points: readonly Point[], fill: string): Plot.Markish =>
  Plot.dot(lone(points), { x: "x", y: "y", r: 3, fill });

/** Where something lies on an axis of steps: "at step 200"; on another one "at 6.54 (seconds of training)". */
export const placeOn =
  (xLabel: string) =>
  (x: number): string =>
    /\bstep$/.test(xLabel) ? `at step ${x}` : `at ${digits(x)} (${xLabel})`;

/** A red cross at each point: from there on there is no number. Where there was none before, it stands at the foot of the chart. */
export const crosses = (points: readonly Point[], place = placeOn("step")): Plot.Markish[] => {
  const look = {
    ...{ x: "x", symbol: "times", r: 6, stroke: color("alarm"), strokeWidth: 2.5 },
    title: ({ x }: Point) => `not a number ${place(x)}`,
  } as const;
  const [placed, others] = [true, false].map((own) => points.filter(({ y }) => Number.isFinite(y) === own));
  return [
    Plot.dot(placed, { ...look, y: "y" }),
    ...(others.length > 0 ? [Plot.dot(others, { ...look, frameAnchor: "bottom", dy: -9 })] : []),
  ];
};

/** Both ends of a step axis. It begins at 0, unless the run begins far from there: one that was resumed at step 1,000,000. */
export function stepDomain(steps: readonly number[], planned: number | undefined): [number, number] {
  const [first, last] = extent(steps);
  if (first === undefined) return [0, stepLimit(0, planned)];
  if (first < last / 2 || last <= 1) return [Math.min(0, first), stepLimit(last, planned)];
  const [from, to] = scaleLinear([first, Math.max(last, planned ?? last, first + 1)], [0, 1])
    .nice(6)
    .domain();
  return [from, to];
}

/** Both ends of an axis that is the data's: whatever is counted, and wherever it begins. */
export function dataDomain(steps: readonly number[], planned: number | undefined): [number, number] {
  const [first, last] = extent(steps);
  if (first === undefined) return [0, Math.max(planned ?? 1, 1)];
  return [first, Math.max(last, planned ?? last, first + (first < last ? 0 : 1))];
}

/** The right end of a step axis: the planned number, or the next round one, so that the axis moves rarely. */
export function stepLimit(last: number, planned: number | undefined): number {
  if (planned !== undefined && planned >= last) return Math.max(planned, 1);
  const power = 10 ** Math.floor(Math.log10(Math.max(last, 10)));
  return [1, 1.5, 2, 3, 4, 5, 6, 8, 10].map((factor) => factor * power).find((limit) => limit >= last) ?? last;
}
