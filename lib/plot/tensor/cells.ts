import { escapeHtml } from "../escape.js";
import { color } from "../palette.js";
import { axis, extent, labeled, offset, runs, type Axis } from "./axis.js";
import { digits } from "./numbers.js";

/** Shades between 0 and the largest magnitude. */
export const TINTS = 16;

/** One matrix of the picture. */
export interface Slice {
  /** Indices along the leading axes: none for a matrix. */
  readonly at: readonly number[];
  readonly value: (row: number, column: number) => number;
  /** How a cell is called: all its indices. */
  readonly name: (row: number, column: number) => string;
}

/** What all slices of a picture have in common; sizes in pixels. */
export interface Grid {
  readonly rows: Axis;
  readonly columns: Axis;
  readonly cellWidth: number;
  readonly cellHeight: number;
  /** Left of the cells, for the row indices; 0 where there are none. */
  readonly left: number;
  /** Above the cells, for the column indices and the name of the slice. */
  readonly top: number;
  /** The numbers are written into the cells. */
  readonly written: boolean;
  /** The magnitude with the full color. */
  readonly limit: number;
}

/** Text in a tinted cell must stay legible in both themes, so there the tints stay pale. */
export const strength = ({ written }: Pick<Grid, "written">): number => (written ? 0.55 : 1);

interface Room {
  /** Pixels for one slice with its labels. */
  readonly width: number;
  /** Most cells along an axis. */
  readonly rows: number;
  readonly columns: number;
}

const WRITTEN = { width: 46, most: 72, height: 26, rows: 16 };
const TALLEST = 380;

/** Sizes of the cells of a slice that fit into the room. @param rank of the array: a vector has no row indices */
export function gridOf([height, width]: readonly [number, number], rank: number, room: Room, limit: number): Grid {
  const rows = axis(height, room.rows);
  const columns = axis(width, room.columns);
  const left = rank < 2 ? 1 : 12 + 7 * String(Math.max(height - 1, 0)).length;
  const top = (rank > 2 ? 18 : 0) + (rank < 1 ? 1 : 16);
  const space = (room.width - left - 14) / Math.max(columns.indices.length, 1);
  const common = { rows, columns, left, top, limit };
  if (space >= WRITTEN.width && rows.indices.length <= WRITTEN.rows) {
    const cellWidth = Math.floor(Math.min(space, rank < 1 ? 120 : WRITTEN.most));
    return { ...common, cellWidth, cellHeight: WRITTEN.height, written: true };
  }
  const cell = Math.max(4, Math.floor(Math.min(20, space, TALLEST / Math.max(rows.indices.length, 1))));
  return { ...common, cellWidth: cell, cellHeight: rank < 2 ? Math.max(cell, 20) : cell, written: false };
}

export const sliceWidth = ({ left, columns, cellWidth }: Grid): number => left + extent(columns, cellWidth);
export const sliceHeight = ({ top, rows, cellHeight }: Grid): number => top + extent(rows, cellHeight);

/** One slice with its frame, indices and cells, its corner at 0, 0. */
export function sliceMarkup(slice: Slice, grid: Grid): string {
  const { left, top } = grid;
  const name = slice.at.length > 0 ? `<text x="${left}" y="11" font-weight="600">${sliceName(slice)}</text>` : "";
  return (
    `<g class="slice" font-size="11" text-anchor="start">${name}` +
    `${indices(grid)}<g transform="translate(${left},${top})">${frames(grid)}${cells(slice, grid)}</g></g>`
  );
}

const sliceName = ({ at }: Slice): string => `[${at.join(", ")}, :, :]`;

function frames({ rows, columns, cellWidth, cellHeight }: Grid): string {
  const rects = runs(rows).flatMap(([r, rEnd]) =>
    runs(columns).map(([c, cEnd]) => {
      const [x, y] = [offset(columns, c, cellWidth), offset(rows, r, cellHeight)];
      const [w, h] = [(cEnd - c) * cellWidth, (rEnd - r) * cellHeight];
      return `<rect x="${x - 0.5}" y="${y - 0.5}" width="${w + 1}" height="${h + 1}"/>`;
    }),
  );
  return `<g class="frame" fill="none" stroke="${color("grid")}">${rects.join("")}</g>`;
}

function indices(grid: Grid): string {
  const { rows, columns, cellWidth, cellHeight, left, top } = grid;
  const room = Math.ceil(26 / cellWidth);
  const last = new Set(runs(columns).map(([, to]) => to - 1));
  const across = labeled(columns, room).map((i) => {
    // Above narrow cells the words run inwards, from the ends of each run: so they never meet across the break.
    const anchor = room <= 1 ? "middle" : last.has(i) ? "end" : "start";
    const x = left + offset(columns, i, cellWidth) + { start: 0, middle: 0.5, end: 1 }[anchor] * cellWidth;
    return `<text x="${x}" y="${top - 5}" text-anchor="${anchor}">${columns.indices[i]}</text>`;
  });
  const down = labeled(rows, Math.ceil(12 / cellHeight)).map((i) => {
    const y = top + offset(rows, i, cellHeight) + cellHeight / 2 + 4;
    return `<text x="${left - 6}" y="${y}" text-anchor="end">${rows.indices[i]}</text>`;
  });
  const words = [...(top > 1 ? across : []), ...(left > 1 ? down : [])].join("");
  return `<g class="indices" font-size="10" fill="${color("muted")}">${words}</g>`;
}

/** Cells of one tint share a group. Each is a stroke as thick as the cell is high: half the bytes of a rectangle. */
function cells(slice: Slice, grid: Grid): string {
  const { rows, columns, cellWidth, cellHeight, written } = grid;
  const groups = new Map<string, string>();
  const words: string[] = [];
  const space = cellWidth >= 8 ? 1 : 0;
  rows.indices.forEach((row, r) => {
    const y = offset(rows, r, cellHeight) + cellHeight / 2;
    columns.indices.forEach((column, c) => {
      const value = slice.value(row, column);
      const x = offset(columns, c, cellWidth);
      const tooltip = `<title>${escapeHtml(`${slice.name(row, column)} ${digits(value, 6)}`)}</title>`;
      const look = lookOf(value, grid);
      const cell = `<path d="M${x + space / 2},${y}h${cellWidth - space}">${tooltip}</path>`;
      groups.set(look, (groups.get(look) ?? "") + cell);
      if (Number.isNaN(value)) words.push(cross(x + cellWidth / 2, y, Math.min(cellWidth, cellHeight) * 0.28));
      else if (written) words.push(`<text x="${x + cellWidth / 2}" y="${y + 4}">${digits(value, 3)}</text>`);
    });
  });
  const painted = [...groups].map(([look, paths]) => `<g ${look}>${paths}</g>`).join("");
  const above = `<g pointer-events="none" text-anchor="middle" fill="${color("ink")}">${words.join("")}</g>`;
  return `<g class="cells" stroke-width="${cellHeight - space}">${painted}</g>${above}`;
}

const cross = (x: number, y: number, half: number): string => {
  const [l, t, d] = [x - half, y - half, 2 * half].map((v) => Math.round(v * 100) / 100);
  return `<path class="nan" d="M${l},${t}l${d},${d}m0,${-d}l${-d},${d}" stroke="${color("alarm")}" stroke-width="1.5"/>`;
};

/** Color and strength: the sign and the magnitude in TINTS steps; what is no finite number gets the color of alarm. */
function lookOf(value: number, grid: Pick<Grid, "limit" | "written">): string {
  if (Number.isNaN(value)) return `class="not" stroke="${color("alarm")}" stroke-opacity="0.12"`;
  if (!Number.isFinite(value)) return `class="not" stroke="${color("alarm")}" stroke-opacity="${strength(grid)}"`;
  const tint = grid.limit > 0 ? Math.round((value / grid.limit) * TINTS) : 0;
  return `data-tint="${tint}" ${tintLook(tint, strength(grid))}`;
}

/** Above 0 orange, below 0 blue, 0 the ground itself: so the picture is right on a light and on a dark ground.
 *  @param tint from -TINTS to TINTS */
export function tintLook(tint: number, full: number): string {
  const opacity = Math.round((Math.abs(tint) / TINTS) * full * 1000) / 1000;
  return `stroke="${color(tint < 0 ? "dense" : "moe")}" stroke-opacity="${opacity}"`;
}
