import { digits, grouped } from "../../text/numbers.js";
import { clip, show } from "../../text/show.js";
import { Figure, type FigureParts } from "../figure.js";
import { headHeight, Options } from "../options.js";
import { color } from "../palette.js";
import { muted, picture, words } from "../routing/svg.js";
import { numbers, oneOf, texts } from "../rows/columns.js";
import {
  type Grid,
  gridOf,
  type Names,
  type Scale,
  type Shown,
  type Slice,
  sliceHeight,
  sliceMarkup,
  sliceWidth,
  strength,
  tintLook,
  TINTS,
} from "./cells.js";
import { clusterOrder } from "./clusterOrder.js";
import { summary, summaryLine, type Summary } from "./summary.js";

export interface HeatMapOptions {
  /** Width in CSS pixels; default 680. */
  readonly width?: number;
  /** First line, bold; default the shape. Empty string: none. */
  readonly title?: string;
  /** Names of the rows and of the columns of a matrix: tokens, experts. Default: their numbers. */
  readonly rowNames?: readonly string[];
  readonly columnNames?: readonly string[];
  /** The numbers without color and with the full color, such as [0, 1], or of both full colors around 0: [-1, 1]. What lies beyond has the
   *  full color. Default: 0 has no color, the largest magnitude the full one. */
  readonly domain?: readonly [number, number];
  /** "cluster": rows that are alike stand beside each other, and so do columns; those of a square matrix in one order, by its rows.
   *  Default: as they are. */
  readonly order?: "given" | "cluster";
}

/** Slices drawn at most: two rows of small ones, one of larger ones. */
const slicesDrawn = (count: number, cells: number): number => Math.min(count, cells <= 256 ? 8 : 4);
const CELLS = 16_384; // of a picture
const CLUSTERED = 512; // rows that can be put in order
const GAP = 16;
const KEY = 250; // px of the color key with its numbers

/** Numbers as colors: above 0 orange, below 0 blue, stronger the farther from 0; the value as a tooltip of each cell. A matrix is
 *  shown whole: where it has more numbers than there is room for, a cell is the mean of neighbors, and the note below says of how many.
 *  @param values row-major  @param shape [] a number, [C] one row, [R, C] a matrix; of more axes the first slices [..., R, C] */
export function heatMap(values: ArrayLike<number>, shape: readonly number[], options: HeatMapOptions = {}): Figure {
  return new Figure(heatMapParts(values, shape, options));
}

/** What a figure that is a heat map says of its own. */
export interface OwnWords {
  /** Second line, in place of least, mean and largest. */
  readonly subtitle?: string;
  /** In place of the indices of a slice. */
  readonly sliceNames?: readonly string[];
  /** Most slices side by side; default 4. */
  readonly abreast?: number;
  /** Cells without a number, such as a diagonal. */
  readonly isBlank?: (row: number, column: number) => boolean;
}

/** A heat map as the parts of a figure, for figures that have words of their own. */
export function heatMapParts(
  values: ArrayLike<number>,
  shape: readonly number[],
  options: HeatMapOptions,
  own: OwnWords = {},
): FigureParts {
  checkArray(values, shape);
  const size = shape.reduce((product, length) => product * length, 1);
  const given = new Options("heatMap", options);
  const width = given.size("width", 680);
  const title = given.text("title", `[${shape.join(", ")}]`);
  const facts = summary(values);
  const factsLine = own.subtitle ?? (shape.length > 0 ? summaryLine(facts) : ""); // a number alone says it all

  const [rows, columns] = [shape[shape.length - 2] ?? 1, shape[shape.length - 1] ?? 1];
  const names = { rows: namesOf(given, "rowNames", rows), columns: namesOf(given, "columnNames", columns) };
  const count = size === 0 ? 0 : size / (rows * columns);
  const slices = Array.from({ length: slicesDrawn(count, rows * columns) }, (_, i) => ({
    ...sliceOf(values, shape, i),
    ...(own.sliceNames && { name: own.sliceNames[i] }),
    ...(own.isBlank && { isBlank: own.isBlank }),
  }));
  const order = orderOf(given, slices[0], rows, columns);
  const abreast = Math.max(1, Math.min(slices.length, own.abreast ?? 4, Math.floor(width / 150)));
  const room = { width: (width + GAP) / abreast - GAP, cells: CELLS, slices: slices.length };
  const scale = scaleOf(given, facts);
  const grid = gridOf([rows, columns], { rank: shape.length, names, order, scale }, room);

  const notes = size === 0 ? ["empty: no numbers"] : notesOf(grid, count, slices.length);
  const hasKey = scale.high > scale.low && shape.length > 0;
  const head = headHeight(title, factsLine, width);
  const isNarrow = hasKey && width < 560;
  const keyTop = own.subtitle !== undefined || isNarrow ? head + 2 : 0; // beside a short title, or on a line of its own
  const top = keyTop > 0 ? keyTop + (hasKey ? 32 : 6) : head + 8 + (factsLine && !title ? 14 : 0);
  const stepX = Math.min(room.width + GAP, Math.max(sliceWidth(grid), 80) + 2 * GAP);
  const stepY = sliceHeight(grid) + GAP;
  const drawnWidth = (Math.min(slices.length, abreast) - 1) * stepX + sliceWidth(grid);
  const bottom = top + Math.ceil(slices.length / abreast) * stepY - (slices.length > 0 ? GAP : 0);
  const height = bottom + notes.length * 17 + 8;
  const body = [
    ...slices.map((slice, i) => {
      const corner = `translate(${Math.round((i % abreast) * stepX)},${top + Math.floor(i / abreast) * stepY})`;
      return `<g transform="${corner}">${sliceMarkup(slice, grid)}</g>`;
    }),
    ...notes.map((note, i) => words(2, bottom + 18 + 17 * i, note, muted)),
    hasKey ? key(facts, grid, keyTop > 0 ? Math.min(width, Math.max(drawnWidth, KEY)) : width, keyTop) : "",
  ].join("");
  const description = `${title}: ${[summaryLine(facts), ...notes].filter(Boolean).join("; ")}.`;
  const shown = { slices: slices.length, rows: grid.rows.cells, columns: grid.columns.cells };
  const markup = picture(width, height, { title, subtitle: factsLine }, body);
  return { name: "tensor", width, height, markup, description, facts: { shape, ...facts, shown } };
}

function namesOf(given: Options<HeatMapOptions>, name: "rowNames" | "columnNames", size: number): Names {
  const names = given.read(name, texts);
  if (names && names.length !== size)
    throw new RangeError(`heatMap needs as many ${name} as there are, ${size}, got ${names.length}`);
  return names;
}

function orderOf(
  given: Options<HeatMapOptions>,
  slice: Slice | undefined,
  rows: number,
  columns: number,
): Shown["order"] {
  const order = given.read("order", oneOf("given", "cluster")) ?? "given";
  if (order === "given" || !slice) return { rows: undefined, columns: undefined };
  if (Math.max(rows, columns) > CLUSTERED)
    throw new RangeError(`heatMap can cluster up to ${CLUSTERED} rows and columns, got ${rows} and ${columns}`);
  const line = (length: number, value: (i: number) => number) => Array.from({ length }, (_, i) => value(i));
  const byRow = clusterOrder(line(rows, Number).map((r) => line(columns, (c) => slice.value(r, c))));
  if (rows === columns) return { rows: byRow, columns: byRow };
  return { rows: byRow, columns: clusterOrder(line(columns, Number).map((c) => line(rows, (r) => slice.value(r, c)))) };
}

function scaleOf(given: Options<HeatMapOptions>, { min, max }: Summary): Scale {
  const domain = given.read("domain", numbers);
  if (domain) {
    const [low, high] = domain;
    if (domain.length !== 2 || !(low < high) || !Number.isFinite(high - low))
      throw new RangeError(`heatMap needs a domain of two numbers, the lower first, got [${domain.join(", ")}]`);
    return { low, none: low < 0 && high > 0 ? 0 : low, high };
  }
  const limit = Math.max(Math.abs(min ?? 0), Math.abs(max ?? 0));
  return { low: -limit, none: 0, high: limit };
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

/** The i-th matrix over the last two axes. */
function sliceOf(values: ArrayLike<number>, shape: readonly number[], i: number): Slice {
  const [rows, columns] = [shape[shape.length - 2] ?? 1, shape[shape.length - 1] ?? 1];
  const at: number[] = [];
  for (let axis = shape.length - 3, rest = i; axis >= 0; axis--) {
    at.unshift(rest % shape[axis]);
    rest = Math.floor(rest / shape[axis]);
  }
  return { at, value: (row, column) => values[(i * rows + row) * columns + column] };
}

/** One sentence on what was left out, or drawn as one. */
function notesOf({ rows, columns }: Grid, count: number, slices: number): string[] {
  const slicesNote = slices < count ? `shown: the first ${slices} of ${grouped(count)} slices` : "";
  const by = rows.by * columns.by;
  const blocks = by > 1 ? `a square: the mean of ${rows.by} × ${columns.by} numbers` : "";
  return [slicesNote, blocks].filter(Boolean);
}

/** The color key, ending at x = width, y pixels below the top: from the lowest to the highest color there is. */
function key({ min, max }: Summary, grid: Grid, width: number, y: number): string {
  const { low, none, high } = grid.scale;
  const [isBelow, isAbove] = [(min ?? 0) < none, (max ?? 0) > none];
  const isOutside = (isBelow && !(none > low) && !isAbove) || (isAbove && !(high > none) && !isBelow); // then all there is
  const [lowest, highest] = [
    none > low && (isBelow || isOutside) ? -TINTS : 0,
    high > none && (isAbove || isOutside) ? TINTS : 0,
  ];
  const swatch = 4;
  const tints = Array.from({ length: highest - lowest + 1 }, (_, i) => lowest + i);
  const end = (tint: number) => digits(none + (tint / TINTS) * (tint < 0 ? none - low : high - none), 3);
  const right = width - 8 - 7 * end(highest).length;
  const left = right - tints.length * swatch;
  const strokes = tints.map(
    (tint, i) => `<path d="M${left + i * swatch},11h${swatch}" ${tintLook(tint, strength(grid))}/>`,
  );
  return (
    `<g class="key" font-size="11" ${muted}${y > 0 ? ` transform="translate(0,${y})"` : ""}><g stroke-width="10">${strokes.join("")}</g>` +
    `<rect x="${left - 0.5}" y="5.5" width="${tints.length * swatch + 1}" height="11" fill="none" stroke="${color("grid")}"/>` +
    `<text x="${left - 6}" y="15" text-anchor="end">${end(lowest)}</text><text x="${right + 6}" y="15">${end(highest)}</text>` +
    `${lowest < 0 && highest > 0 ? `<text x="${(left + right) / 2}" y="29" font-size="11" text-anchor="middle">${digits(none, 3)}</text>` : ""}</g>`
  );
}
