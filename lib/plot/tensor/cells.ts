import { escapeHtml } from "../escape.js";
import { color } from "../palette.js";
import { type Axis, axis, indicesOf, labeled, nameOf } from "./axis.js";
import { digits } from "../../text/numbers.js";
import { LETTER, shorten } from "../options.js";

/** Shades between nothing and the full color. */
export const TINTS = 16;

/** One matrix of the picture. */
export interface Slice {
  /** Indices along the leading axes: none for a matrix. */
  readonly at: readonly number[];
  readonly value: (row: number, column: number) => number;
  /** What stands above it; default its indices. */
  readonly name?: string;
  /** Cells without a number. */
  readonly isBlank?: (row: number, column: number) => boolean;
}

/** Which number has which color: `none` the ground's own, `low` full blue where it lies below, `high` full orange. */
export interface Scale {
  readonly low: number;
  readonly none: number;
  readonly high: number;
}

/** Names of the rows or columns; undefined: their numbers. */
export type Names = readonly string[] | undefined;

/** What all slices of a picture have in common; sizes in pixels. */
export interface Grid {
  readonly rows: Axis;
  readonly columns: Axis;
  readonly names: { readonly rows: Names; readonly columns: Names };
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Left of the cells, for the names of the rows; 0 where there are none. */
  readonly left: number;
  /** Above the cells, for the names of the columns and of the slice. */
  readonly top: number;
  /** The numbers are written into the cells. */
  readonly written: boolean;
  /** The names of the columns stand on end. */
  readonly upright: boolean;
  /** Each cell has its number as a tooltip. */
  readonly hinted: boolean;
  readonly scale: Scale;
}

/** Text in a tinted cell must stay legible in both themes, so there the tints stay pale. */
export const strength = ({ written }: Pick<Grid, "written">): number => (written ? 0.55 : 1);

export interface Room {
  /** Pixels for one slice with its labels. */
  readonly width: number;
  /** Most cells of all slices together, and slices. */
  readonly cells: number;
  readonly slices: number;
}

export interface Shown {
  /** Of the array: a vector has no row indices. */
  readonly rank: number;
  readonly names: Grid["names"];
  readonly order: { readonly rows: readonly number[] | undefined; readonly columns: readonly number[] | undefined };
  readonly scale: Scale;
}

const WRITTEN = { width: 46, most: 72, height: 26, rows: 16 };
const TALLEST = 640;
const LONGEST = 14; // letters of one
const HINTED = 2600; // cells with tooltips

/** Sizes of the cells of a slice that fit into the room. */
export function gridOf(
  [height, width]: readonly [number, number],
  { rank, names, order, scale }: Shown,
  room: Room,
): Grid {
  const letters = (list: Names, size: number): number =>
    list
      ? Math.min(
          LONGEST,
          list.reduce((most, name) => Math.max(most, name.length), 1),
        )
      : String(Math.max(size - 1, 0)).length;
  const left = rank < 2 ? 1 : Math.round(12 + (names.rows ? LETTER.small : 7) * letters(names.rows, height));
  const side = Math.floor(Math.sqrt(room.cells / Math.max(room.slices, 1)));
  const inner = room.width - left - 14;
  const columns = axis(
    width,
    Math.max(1, Math.min(rank < 2 ? room.cells : side, Math.floor(inner / 3))),
    order.columns,
  );
  const rows = axis(height, Math.min(side, Math.floor(TALLEST / 3)), order.rows);
  const space = inner / Math.max(columns.cells, 1);
  const written = space >= WRITTEN.width && rows.cells <= WRITTEN.rows;
  const small = Math.max(3, Math.floor(Math.min(20, space, TALLEST / Math.max(rows.cells, 1))));
  const cellWidth = written ? Math.floor(Math.min(space, rank < 1 ? 120 : WRITTEN.most)) : small;
  const cellHeight = written ? WRITTEN.height : rank < 2 ? Math.max(small, 20) : small;
  const long = LETTER.small * letters(names.columns, width);
  const upright = names.columns !== undefined && cellWidth < long;
  const head = rank < 1 ? 1 : upright ? Math.round(8 + long) : 16;
  const top = (rank > 2 ? 18 : 0) + head;
  const hinted = rows.cells * columns.cells * room.slices <= HINTED;
  return { rows, columns, names, left, top, scale, hinted, written, upright, cellWidth, cellHeight };
}

export const sliceWidth = ({ left, columns, cellWidth }: Grid): number => left + columns.cells * cellWidth;
export const sliceHeight = ({ top, rows, cellHeight }: Grid): number => top + rows.cells * cellHeight;

/** One slice with its frame, indices and cells, its corner at 0, 0. */
export function sliceMarkup(slice: Slice, grid: Grid): string {
  const { left, top } = grid;
  const name = slice.at.length > 0 ? `<text x="${left}" y="11" font-weight="600">${sliceName(slice)}</text>` : "";
  return (
    `<g class="slice" font-size="11" text-anchor="start">${name}` +
    `${indices(grid)}<g transform="translate(${left},${top})">${frame(grid)}${cells(slice, grid)}</g></g>`
  );
}

const sliceName = ({ at, name }: Slice): string => (name === undefined ? `[${at.join(", ")}, :, :]` : escapeHtml(name));

function frame({ rows, columns, cellWidth, cellHeight }: Grid): string {
  if (rows.cells * columns.cells === 0) return "";
  const size = `width="${columns.cells * cellWidth + 1}" height="${rows.cells * cellHeight + 1}"`;
  return `<g class="frame" fill="none" stroke="${color("grid")}"><rect x="-0.5" y="-0.5" ${size}/></g>`;
}

const labelOf = (names: Names, shown: Axis, i: number): string => {
  const [first] = indicesOf(shown, i);
  return shorten(names?.[first] ?? String(first), LONGEST);
};

function indices(grid: Grid): string {
  const { rows, columns, names, cellWidth, cellHeight, left, top, upright } = grid;
  const room = upright ? 12 / cellWidth : names.columns ? 1 : 26 / cellWidth;
  const across = labeled(columns, Math.ceil(room), names.columns !== undefined).map((i) => {
    const x = left + (i + 0.5) * cellWidth;
    const words = escapeHtml(labelOf(names.columns, columns, i));
    return upright
      ? `<text transform="translate(${x + 3.5},${top - 5})rotate(-90)">${words}</text>`
      : `<text x="${x}" y="${top - 5}" text-anchor="middle">${words}</text>`;
  });
  const down = labeled(rows, Math.ceil(12 / cellHeight), names.rows !== undefined).map((i) => {
    const y = top + (i + 0.5) * cellHeight + 4;
    return `<text x="${left - 6}" y="${y}" text-anchor="end">${escapeHtml(labelOf(names.rows, rows, i))}</text>`;
  });
  const words = [...(top > 1 ? across : []), ...(left > 1 ? down : [])].join("");
  return `<g class="indices" font-size="11" fill="${color("muted")}">${words}</g>`;
}

/** What a cell stands for: its number, or the mean of its numbers; NaN where one of them is, null where it has none. */
function valueOf({ value, isBlank }: Slice, rows: readonly number[], columns: readonly number[]): number | null {
  let [sum, count] = [0, 0];
  for (const row of rows)
    for (const column of columns) {
      if (isBlank?.(row, column)) continue;
      sum += value(row, column);
      count++;
    }
  return count > 0 ? sum / count : null;
}

/** Cells of one tint share a path or, where each has a tooltip, a group. Strokes as thick as a cell is high: half the bytes of
 *  rectangles. */
function cells(slice: Slice, grid: Grid): string {
  const { rows, columns, cellWidth, cellHeight, written, hinted } = grid;
  const groups = new Map<string, string>();
  const words: string[] = [];
  const space = cellWidth >= 8 ? 1 : 0;
  const add = (look: string, markup: string) => groups.set(look, (groups.get(look) ?? "") + markup);
  const across = Array.from({ length: columns.cells }, (_, c) => indicesOf(columns, c));
  for (let r = 0; r < rows.cells; r++) {
    const down = indicesOf(rows, r);
    const y = (r + 0.5) * cellHeight;
    let run: { look: string; from: number } | undefined;
    const end = (column: number) => {
      if (run && !run.look.includes(NOTHING))
        add(run.look, `M${run.from * cellWidth},${y}h${(column - run.from) * cellWidth}`);
    };
    for (let c = 0; c < columns.cells; c++) {
      const value = valueOf(slice, down, across[c]);
      if (value === null) {
        end(c);
        run = undefined;
        continue;
      }
      const x = c * cellWidth;
      const look = lookOf(value, grid);
      if (hinted) {
        const hint = escapeHtml(`${cellName(slice, grid, r, c)} ${digits(value, 6)}`);
        add(look, `<path d="M${x + space / 2},${y}h${cellWidth - space}"><title>${hint}</title></path>`);
      } else if (run?.look !== look) {
        end(c);
        run = { look, from: c };
      }
      if (Number.isNaN(value)) words.push(cross(x + cellWidth / 2, y, Math.min(cellWidth, cellHeight) * 0.28));
      else if (written) words.push(`<text x="${x + cellWidth / 2}" y="${y + 4}">${numberIn(value, cellWidth)}</text>`);
    }
    end(columns.cells);
  }
  const painted = [...groups].map(([look, own]) => (hinted ? `<g ${look}>${own}</g>` : `<path ${look} d="${own}"/>`));
  const above = `<g pointer-events="none" text-anchor="middle" fill="${color("ink")}">${words.join("")}</g>`;
  const crisp = hinted ? "" : ` shape-rendering="crispEdges"`;
  return `<g class="cells" stroke-width="${hinted ? cellHeight - space : cellHeight}"${crisp}>${painted.join("")}</g>${above}`;
}

/** All indices of a cell, "[0, 2, 5]", or the names of its row and column. */
function cellName({ at }: Slice, { rows, columns, names, left, top }: Grid, r: number, c: number): string {
  if (names.rows || names.columns) return `${labelOf(names.rows, rows, r)}, ${labelOf(names.columns, columns, c)}:`;
  return `[${[...at, ...(left > 1 ? [nameOf(rows, r)] : []), ...(top > 1 ? [nameOf(columns, c)] : [])].join(", ")}]`;
}

/** In three digits, or in two where the cell has no room for "−0.00896". */
function numberIn(value: number, width: number): string {
  const long = digits(value, 3);
  return LETTER.small * long.length + 8 <= width ? long : digits(value, 2);
}

const cross = (x: number, y: number, half: number): string => {
  const [l, t, d] = [x - half, y - half, 2 * half].map((v) => Math.round(v * 100) / 100);
  return `<path class="nan" d="M${l},${t}l${d},${d}m0,${-d}l${-d},${d}" stroke="${color("alarm")}" stroke-width="1.5"/>`;
};

const NOTHING = `data-tint="0"`;

/** Color and strength: the side and the distance from `none` in TINTS steps; what is no finite number gets the color of alarm. */
function lookOf(value: number, grid: Pick<Grid, "scale" | "written">): string {
  if (Number.isNaN(value)) return `class="not" stroke="${color("alarm")}" stroke-opacity="0.12"`;
  if (!Number.isFinite(value)) return `class="not" stroke="${color("alarm")}" stroke-opacity="${strength(grid)}"`;
  const { low, none, high } = grid.scale;
  const reach = value < none ? none - low : high - none;
  const share = reach > 0 ? Math.max(-1, Math.min(1, (value - none) / reach)) : 0;
  const tint = Math.round(share * TINTS) || 0; // no −0
  return `data-tint="${tint}" ${tintLook(tint, strength(grid))}`;
}

/** Above nothing orange, below it blue, nothing the ground itself: so the picture is right on a light and on a dark ground.
 *  @param tint from -TINTS to TINTS */
function tintLook(tint: number, full: number): string {
  const opacity = Math.round((Math.abs(tint) / TINTS) * full * 1000) / 1000;
  return `stroke="${color(tint < 0 ? "dense" : "moe")}" stroke-opacity="${opacity}"`;
}
