import { isRecord } from "../../format/record.js";
import { show } from "../../text/show.js";
import type { LoadRow } from "../rows/training.js";
import { cellsOf, type Found, plainRows, tableOf } from "./csv.js";
import { type FileText, parseJson, refuse, textOf, valueOf } from "./text.js";

export interface ReadLoadOptions {
  /** The step of a file that tells none. Default 0. */
  readonly step?: number;
}

const COUNTS = ["count", "tokens", "load", "share", "value"];

/** How many tokens each expert got, as rows of `loadChart`: from JSON, [layer][expert] or [step][layer][expert], or rows with
 *  `step` and `load`; or from CSV, a line a layer and a column an expert, or the columns layer, expert and count (and step, where there
 *  are several). Counts or shares, as the file has them; an expert of a layer that no line tells got none.
 *  @throws a sentence with the line or the layer that is wrong
 *  @example
 *  readLoad("layer,expert,count\n0,0,30\n0,1,10\n"); // => [{ "step": 0, "load": [[30, 10]] }] */
export function readLoad(file: FileText, { step = 0 }: ReadLoadOptions = {}): LoadRow[] {
  const text = textOf("readLoad", file);
  if (typeof step !== "number" || !Number.isFinite(step))
    throw new TypeError(`readLoad needs a finite number as step, got ${show(step)}`);
  if (text.trim() === "") return [];
  return /^\s*[{[]/.test(text) ? ofJson(text, step) : ofTable(text, step);
}

function ofJson(text: string, step: number): LoadRow[] {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch {
    refuse("readLoad", "this is not JSON");
  }
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (given.length > 0 && given.every(isRecord))
    return given.map((row, i) => {
      const at = row.step ?? step;
      if (typeof at !== "number") refuse("readLoad", `has ${show(at)} as step, which is no number`, `row ${i}`);
      return { ...row, step: at, load: layers(row.load, `row ${i}`) };
    });
  if (depthOf(given) < 3) return [{ step, load: layers(given, "the file") }];
  return given.map((one, i) => ({ step: step + i, load: layers(one, `step ${i}`) }));
}

const depthOf = (value: unknown): number => (Array.isArray(value) ? 1 + (value.length > 0 ? depthOf(value[0]) : 0) : 0);

function layers(value: unknown, where: string): number[][] {
  const lists: unknown[] = Array.isArray(value) ? value : [];
  const isRight = (list: unknown): list is number[] =>
    Array.isArray(list) && list.every((count) => typeof count === "number");
  if (lists.length > 0 && lists.every(isRight) && lists.every((list) => list.length === lists[0].length)) return lists;
  return refuse(
    "readLoad",
    `needs [layer][expert] numbers, as many in each layer, got ${show(value)}`,
    where === "the file" ? "" : where,
  );
}

function ofTable(text: string, step: number): LoadRow[] {
  const first = cellsOf(text).at(0);
  if (first?.cells.some((cell) => typeof valueOf(cell) === "string"))
    return ofRows(plainRows(tableOf("readLoad", text)), step);
  return [
    {
      step,
      load: layers(
        cellsOf(text).map(({ cells }) => cells.map(valueOf)),
        "the file",
      ),
    },
  ];
}

/** A row for each step, from one for each step, layer and expert. */
function ofRows(found: readonly Found[], step: number): LoadRow[] {
  const name = COUNTS.find((column) => found.some(({ row }) => column in row));
  if (name === undefined || !("expert" in found[0].row))
    refuse(
      "readLoad",
      `needs the columns expert and count, and layer where there are several: there is no '${name === undefined ? "count" : "expert"}'`,
    );
  const number = ({ row, where }: Found, column: string): number => {
    const value = row[column];
    return typeof value === "number"
      ? value
      : refuse("readLoad", `has ${show(value)} as '${column}', which is no number`, where);
  };
  const index = (of: Found, column: string): number => {
    const value = column in of.row ? number(of, column) : 0;
    if (Number.isInteger(value) && value >= 0 && value < 10_000) return value;
    return refuse("readLoad", `has ${value} as '${column}', which is no index from 0 to 9,999`, of.where);
  };
  const read = found.map((of) => ({
    step: "step" in of.row ? number(of, "step") : step,
    layer: index(of, "layer"),
    expert: index(of, "expert"),
    count: number(of, name),
  }));
  const size = (column: "layer" | "expert") => read.reduce((most, row) => Math.max(most, row[column] + 1), 0);
  const [nLayer, nExpert] = [size("layer"), size("expert")];
  const steps = new Map<number, number[][]>();
  for (const { step, layer, expert, count } of read) {
    const load = steps.get(step) ?? Array.from({ length: nLayer }, () => new Array<number>(nExpert).fill(0));
    steps.set(step, load);
    load[layer][expert] += count; // counts of several devices are one
  }
  return [...steps].map(([at, load]) => ({ step: at, load }));
}
