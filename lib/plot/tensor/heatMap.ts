import { clip, show } from "../../text/show.js";
import { escapeHtml } from "../escape.js";
import { Figure } from "../figure.js";
import { Options } from "../options.js";
import { color } from "../palette.js";
import {
  gridOf,
  sliceHeight,
  sliceMarkup,
  sliceWidth,
  strength,
  tintLook,
  TINTS,
  type Grid,
  type Slice,
} from "./cells.js";
import { digits, grouped, summary, summaryLine, type Summary } from "./numbers.js";

export interface HeatMapOptions {
  /** Width in CSS pixels; default 680. */
  readonly width?: number;
  /** First line, bold; default the shape. Empty string: none. */
  readonly title?: string;
}

/** Slices drawn at most: two rows of small ones, one of larger ones. */
const slicesDrawn = (count: number, cells: number): number => Math.min(count, cells <= 256 ? 8 : 4);
/** Most rows and columns of a slice, by how many slices stand side by side: each picture stays below about 2,500 cells. */
const MOST: readonly { rows: number; columns: number }[] = [
  { rows: 24, columns: 48 },
  { rows: 24, columns: 32 },
  { rows: 24, columns: 24 },
  { rows: 24, columns: 24 },
];
const GAP = 16;

/** Numbers as colors: above 0 orange, below 0 blue, stronger the farther from 0; the value as a tooltip of each cell.
 *  @param values row-major  @param shape [] a number, [C] one row, [R, C] a matrix; of more axes the first slices [..., R, C] */
export function heatMap(values: ArrayLike<number>, shape: readonly number[], options: HeatMapOptions = {}): Figure {
  checkArray(values, shape);
  const size = shape.reduce((product, length) => product * length, 1);
  const given = new Options("heatMap", options);
  const width = given.size("width", 680);
  const title = given.text("title", `[${shape.join(", ")}]`);
  const facts = summary(values);
  const limit = Math.max(Math.abs(facts.min ?? 0), Math.abs(facts.max ?? 0));
  const factsLine = shape.length > 0 ? summaryLine(facts) : ""; // a number alone says it all

  const [rows, columns] = [shape[shape.length - 2] ?? 1, shape[shape.length - 1] ?? 1];
  const count = size === 0 ? 0 : size / (rows * columns);
  const slices = Array.from({ length: slicesDrawn(count, rows * columns) }, (_, i) => sliceOf(values, shape, i));
  const abreast = Math.max(1, Math.min(slices.length, 4, Math.floor(width / 150)));
  const space = (width + GAP) / abreast - GAP;
  const most = MOST[abreast - 1];
  const room = { width: space, ...most, columns: Math.min(most.columns, 2 * Math.floor((space - 60) / 8)) }; // 4 pixels each
  const grid = gridOf([rows, columns], shape.length, room, limit);

  const notes = size === 0 ? ["empty: no numbers"] : shortened(shape, grid, count, slices.length);
  const top = (title ? 22 : 0) + (factsLine ? 20 : 0) + 4;
  const stepX = Math.min(room.width + GAP, Math.max(sliceWidth(grid), 80) + 2 * GAP);
  const stepY = sliceHeight(grid) + GAP;
  const bottom = top + Math.ceil(slices.length / abreast) * stepY - (slices.length > 0 ? GAP : 0);
  const height = bottom + notes.length * 17 + 8;

  const markup = [
    `<svg width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" fill="currentColor" font-family="system-ui, sans-serif" font-size="12" text-anchor="start">`,
    title ? line(title, 15, `font-size="14" font-weight="600" fill="${color("ink")}"`) : "",
    factsLine ? line(factsLine, title ? 34 : 14, muted) : "",
    ...slices.map((slice, i) => {
      const corner = `translate(${Math.round((i % abreast) * stepX)},${top + Math.floor(i / abreast) * stepY})`;
      return `<g transform="${corner}">${sliceMarkup(slice, grid)}</g>`;
    }),
    ...notes.map((note, i) => line(note, bottom + 18 + 17 * i, muted)),
    limit > 0 && shape.length > 0 ? key(facts, grid, width) : "",
    "</svg>",
  ].join("");
  const description = `${title}: ${[summaryLine(facts), ...notes].filter(Boolean).join("; ")}.`;
  const all = { shape, ...facts, shown: { slices: slices.length, ...shownOf(grid) } };
  return new Figure({ name: "tensor", width, height, markup, description, facts: all });
}

function checkArray(values: ArrayLike<number>, shape: readonly number[]): void {
  const lengths: unknown = shape;
  if (!Array.isArray(lengths) || !shape.every((length) => Number.isSafeInteger(length) && length >= 0)) {
    const found = Array.isArray(lengths) ? `[${clip(lengths.map(show).join(", "), 80)}]` : show(lengths);
    throw new TypeError(`heatMap needs a shape of integers from 0, got ${found}`);
  }
  if (typeof values !== "object" || values === null || typeof values.length !== "number")
    throw new TypeError(`heatMap needs an array of numbers, got ${show(values)}`);
  const size = shape.reduce((product, length) => product * length, 1);
  if (size !== values.length)
    throw new RangeError(
      `heatMap: shape [${clip(shape.join(", "), 80)}] has ${size} cells, got ${values.length} numbers`,
    );
  for (let i = 0; i < size; i++)
    if (typeof values[i] !== "number")
      throw new TypeError(`heatMap needs an array of numbers, number ${i} is ${show(values[i])}`);
}

const muted = `fill="${color("muted")}"`;
const line = (text: string, y: number, look: string): string =>
  `<text x="2" y="${y}" ${look}>${escapeHtml(text)}</text>`;
const shownOf = ({ rows, columns }: Grid) => ({ rows: rows.indices.length, columns: columns.indices.length });

/** The i-th matrix over the last two axes. */
function sliceOf(values: ArrayLike<number>, shape: readonly number[], i: number): Slice {
  const [rows, columns] = [shape[shape.length - 2] ?? 1, shape[shape.length - 1] ?? 1];
  const at: number[] = [];
  for (let axis = shape.length - 3, rest = i; axis >= 0; axis--) {
    at.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  const inner = (row: number, column: number) => [row, column].slice(2 - Math.min(shape.length, 2));
  return {
    at,
    value: (row, column) => values[(i * rows + row) * columns + column],
    name: (row, column) => `[${[...at, ...inner(row, column)].join(", ")}]`,
  };
}

/** One sentence on what was left out. */
function shortened(shape: readonly number[], { rows, columns }: Grid, count: number, slices: number): string[] {
  const parts: string[] = [];
  if (slices < count) parts.push(`the first ${slices} of ${grouped(count)} slices`);
  const axes = [
    { ...rows, word: "rows" },
    { ...columns, word: shape.length < 2 ? "numbers" : "columns" },
  ];
  for (const { indices, size, word } of axes)
    if (indices.length < size) parts.push(`the first and last ${indices.length / 2} of ${grouped(size)} ${word}`);
  return parts.length > 0 ? [`shown: ${parts.join(", ")}`] : [];
}

/** The color key at the top right: from the lowest to the highest color there is. */
function key({ min, max }: Summary, grid: Grid, width: number): string {
  const [lowest, highest] = [min! < 0 ? -TINTS : 0, max! > 0 ? TINTS : 0];
  const swatch = 4;
  const tints = Array.from({ length: highest - lowest + 1 }, (_, i) => lowest + i);
  const right = width - 8 - 7 * digits(grid.limit, 3).length;
  const left = right - tints.length * swatch;
  const strokes = tints.map(
    (tint, i) => `<path d="M${left + i * swatch},11h${swatch}" ${tintLook(tint, strength(grid))}/>`,
  );
  const end = (tint: number) => digits((tint / TINTS) * grid.limit, 3);
  return (
    `<g class="key" font-size="11" ${muted}><g stroke-width="10">${strokes.join("")}</g>` +
    `<rect x="${left - 0.5}" y="5.5" width="${tints.length * swatch + 1}" height="11" fill="none" stroke="${color("grid")}"/>` +
    `<text x="${left - 6}" y="15" text-anchor="end">${end(lowest)}</text><text x="${right + 6}" y="15">${end(highest)}</text>` +
    `${lowest < 0 && highest > 0 ? `<text x="${(left + right) / 2}" y="29" font-size="10" text-anchor="middle">0</text>` : ""}</g>`
  );
}
