import { extent, mean } from "d3";
import { digits, grouped } from "../../text/numbers.js";
import { Figure } from "../figure.js";
import { type FrameOptions, Options } from "../options.js";
import { below, fill, muted, picture, words } from "../marks/svg.js";
import { type Accessors, type Columns, numbers, readRows } from "../rows/columns.js";
import { type Grid, gridOf, type Scale, type Slice, sliceHeight, sliceMarkup, sliceWidth } from "../tensor/cells.js";
import { gridKey } from "../tensor/gridKey.js";
import { summary } from "../tensor/summary.js";

/** What one position is told by: a row of sines and cosines, a learned vector. */
export interface PositionRow {
  /** [D] */
  readonly values: readonly number[];
}

/** What `toArray()` of a tensor gives. */
export type NestedNumbers = number | readonly NestedNumbers[];

export type PositionsOptions = Omit<FrameOptions, "height">;

const COLUMNS: Columns<PositionRow> = { values: numbers };
const MOST = 90; // positions and dimensions drawn
const GAP = 28; // px between the two pictures
const HEAD = 46; // px of the words above each
const ABREAST = 560; // px from which on there is room for two
const ALIKE = 0.02; // similarities that differ by no more are the same to the eye

/** Encodings of positions as a heat map, a row for each position, and beside it how similar each two of them are (the cosine of their
 *  angle). What comes from waves alone, sines and cosines or a rotation, is as similar as the distance says, wherever it stands; learned
 *  vectors need not be. Throws where rows have different lengths.
 *  @param rows [T][D] numbers, as `sinusoidal(T, D).toArray()` gives them; or rows with them
 *  @example
 *  positions(sinusoidal(4, 2).toArray()).facts; // => { positions: 4, dimensions: 2, distance: 2, near: 0.540302, far: -0.416147, byDistance: true } */
export function positions<T extends object>(
  rows: Iterable<T>,
  options: PositionsOptions & Accessors<PositionRow, T>,
): Figure;
export function positions(
  rows: Iterable<PositionRow | ArrayLike<number>> | NestedNumbers,
  options?: PositionsOptions,
): Figure;
export function positions(data: unknown, options: PositionsOptions = {}): Figure {
  const rows = readRows("positions", named(data as Iterable<object>), COLUMNS, options).map(({ values }) => values);
  const [T, D] = [rows.length, rows[0]?.length ?? 0];
  const other = rows.findIndex((row) => row.length !== D || D === 0);
  if (other >= 0)
    throw new RangeError(
      `positions needs vectors of one length, above 0: row 0 has ${D} numbers, row ${other} has ${rows[other].length}`,
    );
  const given = new Options("positions", options);
  const width = given.size("width", 680);
  const compared = comparison(rows);
  const { step, at, cosines } = compared;
  const odd = Math.ceil(D / MOST) + (D > MOST && Math.ceil(D / MOST) % 2 === 0 ? 1 : 0); // an even one would meet sines alone
  const dimensions = Array.from({ length: D }, (_, d) => d).filter((d) => d % odd === 0);
  const found = finding(compared);
  const none = T > 1 ? "No two neighbors have a similarity" : T === 1 ? "One position" : "No positions yet";
  const isAbreast = width >= ABREAST;
  const room = { width: isAbreast ? (width - GAP) / 2 : width, cells: 2 * MOST * MOST, slices: 2 };

  const all = summary(rows.flat());
  const limit = Math.max(Math.abs(all.min ?? 0), Math.abs(all.max ?? 0));
  const shown = { rank: 2, order: { rows: undefined, columns: undefined } };
  const names = step > 1 ? at.map(String) : undefined;
  const columns = odd > 1 ? dimensions.map(String) : undefined;
  const left = gridOf(
    [at.length, dimensions.length],
    { ...shown, names: { rows: names, columns }, scale: around(limit) },
    room,
  );
  const right = gridOf(
    [at.length, at.length],
    { ...shown, names: { rows: names, columns: names }, scale: around(1) },
    room,
  );
  const every = [step > 1 ? `${ordinal(step)} position` : "", odd > 1 ? `${ordinal(odd)} dimension` : ""].filter(
    Boolean,
  );
  const blocks = Math.max(left.rows.by, left.columns.by, right.rows.by) > 1;
  const notes = [
    every.length > 0 ? `drawn: every ${every.join(" and every ")}` : "",
    blocks ? "a square: the mean of neighbors" : "",
    all.nan > 0 ? `${grouped(all.nan)} NaN (red ×)` : "",
    all.nan + all.infinite === 0 && cosines.some((row) => row.some(Number.isNaN))
      ? "red ×: a vector of zeros has no similarity"
      : "",
    all.infinite > 0 ? `${grouped(all.infinite)} infinite (red)` : "",
  ].filter(Boolean);
  const [first, second] = isAbreast ? ["left", "right"] : ["above", "below"];
  const head = given.head(
    Number.isFinite(found.near) ? inWords(found) : none,
    `${first}: a row is a position, a column a dimension · ${second}: how similar two positions are`,
    notes,
  );

  const top = below(head, width) + 4;
  const upper = panel(
    { at: [], value: (r, c) => rows[at[r]][dimensions[c]] },
    left,
    `positions × dimensions: ${grouped(T)} × ${grouped(D)}`,
    limit,
  );
  const lower = panel({ at: [], value: (r, c) => cosines[r][c] }, right, "similarity of positions", 1);
  const place = isAbreast
    ? { x: Math.max(sliceWidth(left) + GAP, Math.min(250, width / 2)), y: top }
    : { x: 0, y: top + HEAD + sliceHeight(left) + 20 };
  const low = isAbreast ? Math.max(sliceHeight(left), sliceHeight(right)) : sliceHeight(right);
  const height = T > 0 ? place.y + HEAD + low + 10 : top + 4;
  const body = `<g transform="translate(0,${top})">${upper}</g><g transform="translate(${place.x},${place.y})">${lower}</g>`;
  return new Figure({
    name: "positions",
    width,
    height,
    markup: picture(width, height, head, T > 0 ? body : ""),
    description: `${head.title}. Positions × dimensions: ${grouped(T)} × ${grouped(D)}.`,
    facts: { positions: T, dimensions: D, ...found },
  });
}

/** Lists of numbers as rows. */
const named = (data: Iterable<object>): Iterable<object> =>
  typeof data === "object" && data !== null && Symbol.iterator in data
    ? Array.from(data, (row) => (Array.isArray(row) || ArrayBuffer.isView(row) ? { values: row } : row))
    : data;

const around = (limit: number): Scale => ({ low: -limit, none: 0, high: limit });

function panel(slice: Slice, grid: Grid, name: string, limit: number): string {
  return (
    words(2, 12, name, `font-weight="600" ${fill("ink")}`) +
    (limit > 0
      ? gridKey({ min: -limit, max: limit }, grid).at(2, 14)
      : words(2, 28, "all 0", `font-size="11" ${muted}`)) +
    `<g transform="translate(0,${HEAD})">${sliceMarkup(slice, grid)}</g>`
  );
}

const ordinal = (n: number): string => (n === 2 ? "second" : n === 3 ? "third" : `${grouped(n)}th`);
const ROUND = [1, 10, 100, 1000, 10_000, 100_000].flatMap((power) => [power, 2 * power, 5 * power]);

interface Comparison {
  /** Every step-th position is compared. */
  readonly step: number;
  readonly at: readonly number[];
  readonly cosines: readonly (readonly number[])[];
}

function comparison(rows: readonly (readonly number[])[]): Comparison {
  const step = ROUND.find((one) => one * MOST >= rows.length) ?? rows.length;
  const at = rows.map((_, p) => p).filter((p) => p % step === 0);
  const units = at.map((p) => {
    const size = Math.sqrt(rows[p].reduce((sum, value) => sum + value * value, 0));
    return rows[p].map((value) => value / size);
  });
  const cosines = units.map((a) => units.map((b) => a.reduce((sum, value, d) => sum + value * b[d], 0)));
  return { step, at, cosines };
}

interface Finding {
  /** How far apart the farther ones of the title are. */
  readonly distance: number;
  /** Mean similarity of the nearest positions that were compared, and of those at this distance. */
  readonly near: number;
  readonly far: number;
  /** Positions at one distance are equally similar, wherever they stand. */
  readonly byDistance: boolean;
}

function finding({ step, cosines }: Comparison): Finding & { step?: number } {
  const n = cosines.length;
  const diagonals = cosines.map((_, d) => Array.from({ length: n - d }, (_p, i) => cosines[i][i + d]));
  const half = Math.floor(n / 2);
  const byDistance = diagonals.every((own) => {
    const [low = NaN, high = NaN] = extent(own);
    return high - low <= ALIKE && own.every(Number.isFinite);
  });
  const [near, far] = [mean(diagonals[1] ?? []) ?? NaN, mean(diagonals[half] ?? []) ?? NaN];
  return { distance: half * step, near, far, byDistance, ...(step > 1 ? { step } : {}) };
}

function inWords({ distance, near, far, byDistance, step = 1 }: Finding & { step?: number }): string {
  const nearest = step === 1 ? "Neighbors" : `Positions ${step} apart`;
  const falls = distance > step && Number.isFinite(far) ? `, ${grouped(distance)} apart ${digits(far, 2)}` : "";
  const why = byDistance ? ": the distance alone decides" : "";
  return `${nearest} have a similarity of ${digits(near, 2)}${falls}${why}`;
}
