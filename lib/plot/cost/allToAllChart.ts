import { max, mean, sum } from "d3";
import { digits, grouped, inBytes, inWords, percent, prefixFor } from "../../text/numbers.js";
import { show } from "../../text/show.js";
import { Figure } from "../figure.js";
import { type FrameOptions, Options } from "../options.js";
import { below, fill, muted, picture, px, rect, stroke, words } from "../marks/svg.js";
import { type Accessors, amount, type Columns, index, oneOf, readRows } from "../rows/columns.js";
import { indicesOf, nameOf } from "../tensor/axis.js";
import { type Grid, gridOf, sliceHeight, sliceMarkup, sliceWidth } from "../tensor/cells.js";
import { pixelsOf } from "./parts/axes.js";

/** What one device sends to another; with `from` and `to` the same, what stays. */
export interface AllToAllRow {
  readonly from: number;
  readonly to: number;
  readonly bytes: number;
}

export interface AllToAllChartOptions extends Omit<FrameOptions, "height"> {
  /** N; default one more than the largest device. */
  readonly nDevice?: number;
  /** M, each of N / M neighboring devices: lines between them, and what crosses. Default 1. */
  readonly machines?: number;
  /** How amounts are written. Default "bytes"; "number" for rows of tokens. */
  readonly unit?: "bytes" | "number";
}

const COLUMNS: Columns<AllToAllRow> = { from: index, to: index, bytes: amount };
const DEVICES = 1024;
const CELLS = 1600;
const MARGIN = { bar: 54, words: 62, gap: 8 } as const; // px beside and below the matrix

/** Bytes between devices: a row sends, a column gets, with the sums beside and below. What stays on a device is left blank, and has its
 *  number as a tooltip.
 *  @param rows { from, to, bytes }, or a matrix [from][to] such as `rows` of `allToAll` in twinformer/parallel
 *  @example
 *  ```ts
 *  import { allToAll, placeExperts } from "twinformer/parallel";
 *  import { allToAllChart } from "twinformer/plot";
 *
 *  const { rows } = allToAll([[0, 3], [1, 2], [2, 3], [0, 1]], placeExperts(4, { devices: 2 }), { dModel: 16 });
 *  allToAllChart(rows, { unit: "number" });
 *  ```
 */
export function allToAllChart<T extends object>(
  rows: Iterable<T>,
  options: AllToAllChartOptions & Accessors<AllToAllRow, T>,
): Figure;
export function allToAllChart(
  rows: Iterable<AllToAllRow> | readonly ArrayLike<number>[],
  options?: AllToAllChartOptions,
): Figure;
export function allToAllChart(data: Iterable<object>, options: AllToAllChartOptions = {}): Figure {
  const rows = readRows("allToAllChart", cellsOf(data), COLUMNS, options);
  const given = new Options("allToAllChart", options);
  const found = rows.reduce((most, { from, to }) => Math.max(most, from + 1, to + 1), 0);
  const N = given.count("nDevice") ?? found;
  const machines = Math.max(1, given.count("machines") ?? 1);
  if (N < found) throw new RangeError(`allToAllChart has ${N} devices, 0 to ${N - 1}, but rows of device ${found - 1}`);
  if (N > DEVICES) throw new RangeError(`allToAllChart has room for ${DEVICES} devices, got ${N}`);
  if (N % machines !== 0)
    throw new RangeError(`allToAllChart needs machines of as many devices each, but ${machines} cannot share ${N}`);
  const unit = given.read("unit", oneOf("bytes", "number")) ?? "bytes";
  const amountOf = unit === "bytes" ? inBytes : (value: number) => (value < 1e5 ? grouped(value) : inWords(value));

  const sent = Array.from({ length: N }, () => new Array<number>(N).fill(0));
  for (const { from, to, bytes } of rows) sent[from][to] += bytes;
  const facts = factsOf(sent, machines);
  const most = max(sent, (row, i) => max(row, (value, j) => (i === j ? 0 : value))) ?? 0;
  const { size, prefix } = unit === "bytes" || most >= 1e5 ? prefixFor(most) : { size: 1, prefix: "" };
  const finding = findingOf(facts, machines, amountOf);

  const width = given.size("width", 680);
  const room = { width: width - MARGIN.gap - MARGIN.bar - MARGIN.words, cells: CELLS, slices: 1 };
  const shown = {
    ...{ rank: 2, names: { rows: undefined, columns: undefined } },
    ...{ order: { rows: undefined, columns: undefined } },
    scale: { low: 0, none: 0, high: most / size || 1 },
  };
  const grid = gridOf([N, N], shown, room);
  const { by } = grid.rows;
  const head = given.head(finding, "a row sends, a column gets · bars: their sums", [
    grid.written && most > 0 ? inUnit(unit, prefix) : "",
    by > 1 ? `a square: the mean of ${by} × ${by} devices, a bar of ${by}` : "",
    machines > 1 ? "lines: between machines" : "",
  ]);
  const top = below(head, width) + 14;
  const slice = {
    at: [],
    value: (i: number, j: number) => (i === j ? 0 : sent[i][j] / size),
    ...(by === 1 && { isBlank: (i: number, j: number) => i === j }),
  };
  const body =
    N === 0
      ? words(width / 2, top + 20, "no devices", `text-anchor="middle" ${muted}`)
      : words(2, top - 2, "from ↓ to →", `font-size="11" ${muted}`) +
        `<g transform="translate(0,${px(top)})">${sliceMarkup(slice, grid)}` +
        `${stays(sent, grid, amountOf)}${borders(grid, machines)}${margins(sent, grid, amountOf)}</g>`;
  const height = Math.max(120, Math.ceil(top + (N === 0 ? 40 : sliceHeight(grid) + MARGIN.gap + MARGIN.bar + 22)));
  const { sends, gets } = facts;
  const said =
    facts.sent > 0
      ? `${amountOf(facts.sent)} sent, ${amountOf(facts.stay)} stay; device ${sends.device} sends the most, ${amountOf(sends.bytes)}; ` +
        `device ${gets.device} gets the most, ${amountOf(gets.bytes)}; the mean is ${amountOf(facts.sent / N)}`
      : `devices: ${N}, ${amountOf(facts.stay)} stay`;
  return new Figure({
    name: "all-to-all",
    ...{ width, height, markup: picture(width, height, head, body) },
    description: `${head.title || finding}: ${said}.`,
    facts,
  });
}

/** What the numbers in the squares count. */
const inUnit = (unit: "bytes" | "number", prefix: string): string =>
  unit === "bytes" ? `in ${prefix}B` : prefix === "" ? "" : `in ${COUNTS[prefix]}`;
const COUNTS: Readonly<Record<string, string>> = {
  ...{ k: "thousands", M: "millions", G: "billions", T: "trillions", P: "quadrillions" },
};

/** A matrix as rows; rows as they are. */
function cellsOf(data: Iterable<object>): Iterable<object> {
  if (!Array.isArray(data) || data.length === 0 || ![...(data as unknown[])].every(isList)) return data; // also no hole
  const matrix = data as unknown as readonly ArrayLike<unknown>[];
  const long = matrix.find((row) => row.length !== matrix.length);
  if (long)
    throw new RangeError(`allToAllChart needs as many columns as rows, ${matrix.length}, got a list of ${long.length}`);
  if (matrix.length > DEVICES) throw new RangeError(`allToAllChart has room for ${DEVICES} devices, got ${show(data)}`);
  return matrix.flatMap((row, from) => Array.from(row, (bytes, to) => ({ from, to, bytes })));
}

const isList = (row: unknown): boolean => Array.isArray(row) || (ArrayBuffer.isView(row) && !(row instanceof DataView));

interface Facts {
  readonly nDevice: number;
  /** Of all, what leaves its device; of that, what leaves its machine; what stays. */
  readonly sent: number;
  readonly across: number;
  readonly stay: number;
  readonly sends: { readonly device: number; readonly bytes: number };
  readonly gets: { readonly device: number; readonly bytes: number };
}

function factsOf(sent: readonly (readonly number[])[], machines: number): Facts {
  const N = sent.length;
  const away = sent.map((row, i) => sum(row, (value, j) => (i === j ? 0 : value)));
  const arrived = sent.map((_, j) => sum(sent, (row, i) => (i === j ? 0 : row[j])));
  const machine = (device: number): number => Math.floor((device * machines) / N);
  const most = (all: readonly number[]) => {
    const bytes = max(all) ?? 0;
    return { device: Math.max(0, all.indexOf(bytes)), bytes };
  };
  return {
    nDevice: N,
    sent: sum(away),
    across: sum(sent, (row, i) => sum(row, (value, j) => (machine(i) === machine(j) ? 0 : value))),
    stay: sum(sent, (row, i) => row[i]),
    ...{ sends: most(away), gets: most(arrived) },
  };
}

function findingOf(
  { nDevice, sent, across, stay, gets }: Facts,
  machines: number,
  amountOf: (value: number) => string,
): string {
  if (nDevice === 0) return "What devices send";
  if (sent === 0) return stay > 0 ? `Nothing is sent: all ${amountOf(stay)} stay` : "Nothing is sent";
  const all = sent + stay;
  const far = machines > 1 ? `, ${percent(across / all)} their machine` : "";
  const times = gets.bytes / (sent / nDevice);
  const most = times > 1.05 ? `; device ${gets.device} gets ${digits(times, 3)} times the mean` : "";
  return `${percent(sent / all)} of ${amountOf(all)} leave their device${far}${most}`;
}

/** A dot in place of what stays, with its number as a tooltip. */
function stays(
  sent: readonly (readonly number[])[],
  { rows, left, top, cellWidth, cellHeight }: Grid,
  amountOf: (value: number) => string,
): string {
  if (rows.by > 1) return "";
  return sent
    .map((row, i) => {
      const [x, y] = [left + i * cellWidth, top + i * cellHeight];
      const ground = rect(x, y, cellWidth, cellHeight, fill("background"), `device ${i} keeps ${amountOf(row[i])}`);
      const at = `cx="${px(x + cellWidth / 2)}" cy="${px(y + cellHeight / 2)}" r="${px(Math.min(2.5, cellWidth / 4))}"`;
      return `<g class="stays">${ground}<circle ${at} pointer-events="none" ${fill("muted")}/></g>`;
    })
    .join("");
}

/** Lines between machines. */
function borders({ rows, left, top, cellWidth, cellHeight }: Grid, machines: number): string {
  const lines = Array.from({ length: machines - 1 }, (_, m) => {
    const at = ((m + 1) * rows.size) / machines / rows.by;
    const [x, y] = [px(left + at * cellWidth), px(top + at * cellHeight)];
    return `M${x},${px(top)}v${px(rows.cells * cellHeight)}M${px(left)},${y}h${px(rows.cells * cellWidth)}`;
  });
  return lines.length > 0 && lines.length < 256
    ? `<path class="machines" d="${lines.join("")}" ${stroke("ink")} stroke-opacity="0.7"/>`
    : "";
}

/** Right of the matrix what each row sends, below it what each column gets. */
function margins(sent: readonly (readonly number[])[], grid: Grid, amountOf: (value: number) => string): string {
  const { rows, left, cellWidth, cellHeight, top } = grid;
  const cells = Array.from({ length: rows.cells }, (_, i) => indicesOf(rows, i));
  const away = cells.map((own) => mean(own, (i) => sum(sent[i], (value, j) => (i === j ? 0 : value)))!);
  const got = cells.map((own) => mean(own, (j) => sum(sent, (row, i) => (i === j ? 0 : row[j])))!);
  const length = pixelsOf(Math.max(max(away)!, max(got)!) || 1, 0, MARGIN.bar);
  const [right, bottom] = [sliceWidth(grid) + MARGIN.gap, sliceHeight(grid) + MARGIN.gap];
  const space = cellHeight >= 5 ? 2 : 0;
  const every = Math.max(1, Math.ceil(14 / cellHeight));
  const hint = (i: number, verb: string, value: number): string =>
    `${rows.by > 1 ? "devices" : "device"} ${nameOf(rows, i)} ${verb} ${amountOf(value)}`;
  const beside = away.map((value, i) => {
    const y = top + i * cellHeight;
    const bar = rect(right, y + space / 2, length(value), cellHeight - space, fill("dense"), hint(i, "sends", value));
    const text = words(right + length(value) + 5, y + cellHeight / 2 + 4, amountOf(value), `font-size="11" ${muted}`);
    return bar + (i % every === 0 ? text : "");
  });
  const under = got.map((value, i) => {
    const x = left + i * cellWidth;
    return rect(x + space / 2, bottom, cellWidth - space, length(value), fill("third"), hint(i, "gets", value));
  });
  const label = words(left, bottom + MARGIN.bar + 14, "gets", `font-size="11" ${fill("third")}`);
  const head = words(right, top - 5, "sends", `font-size="11" ${fill("dense")}`);
  return `<g class="sums">${beside.join("")}${under.join("")}${label}${head}</g>`;
}
