import { isRecord } from "../../format/record.js";
import { show } from "../../text/show.js";
import { chartRows, type Found, isOfChart, metricsOf, plainRows, tableOf } from "./csv.js";
import { isMegatron, megatronRows } from "./megatron.js";
import { type FileText, parseJson, refuse, textOf } from "./text.js";

/** A row of a log: all columns under the names that the log gives them, and those whose meaning is clear under the names that figures
 *  read. A column that some row has is in all of them, null where there was nothing; one that none has is in none, so that a figure
 *  which needs it says so. */
export interface LogRow {
  readonly step: number;
  /** Training loss; null in a row that has none. */
  readonly loss: number | null;
  /** Loss on held-out text; null in a row that has none. */
  readonly valLoss?: number | null;
  /** The one metric of a log that has one, as of TensorBoard or of a chart of Weights & Biases; null in a row that has none. */
  readonly value: number | null;
  /** What splits the lines: the run of Weights & Biases, or a column of that name. */
  readonly by?: string | number;
  readonly run?: string | number;
  readonly [column: string]: unknown;
}

export interface ReadLogOptions {
  /** The name of the line that all rows belong to: to draw several files as one figure. */
  readonly by?: string | number;
  /** The same for a repetition: a seed. */
  readonly run?: string | number;
}

interface Names {
  readonly loss: readonly string[];
  readonly valLoss: readonly string[];
  readonly value: readonly string[];
}

const STEP = ["step", "_step", "global_step", "train/global_step", "trainer/global_step", "iteration", "iter"];
const NAMES: Names = {
  loss: ["loss", "train/loss", "train_loss", "train loss", "training loss", "lm loss"],
  valLoss: [
    ...["valLoss", "val_loss", "val/loss", "val loss", "eval_loss", "eval/loss", "validation_loss", "validation/loss"],
    ...["validation loss", "lm loss validation"],
  ],
  value: ["value"],
};
/** The Trainer ends its list by a mean over the whole training, "train_loss". */
const OF_TRAINER: Names = { loss: ["loss"], valLoss: ["eval_loss"], value: [] };

/** The rows of a training log, in order of arrival: the text log of Megatron-LM, a chart of Weights & Biases saved as CSV, TensorBoard's
 *  CSV, one JSON object a line, `trainer_state.json` of Hugging Face's Trainer, or a CSV of one's own (commas, semicolons or tabs) with
 *  a line of names first. Which of them it is, it sees. Rows that do not say their step, such as a config at the head, are left out;
 *  where none does, the rows are counted from 0. So is a last line of JSON that is still being written.
 *  @param file the text of the file or its bytes; `fetch` or `readFile` gets them  @throws a sentence with the line that is wrong
 *  @example
 *  const rows = readLog("step,train/loss\n10,3.5\n20,3.1\n");
 *  rows.map(({ step, loss }) => [step, loss]); // => [[10, 3.5], [20, 3.1]] */
export function readLog(file: FileText, options: ReadLogOptions = {}): LogRow[] {
  const text = textOf("readLog", file);
  if (!isRecord(options)) throw new TypeError(`readLog needs an object of options, got ${show(options)}`);
  for (const name of ["by", "run"] as const)
    if (options[name] !== undefined && typeof options[name] !== "string" && typeof options[name] !== "number")
      throw new TypeError(`readLog needs a text or a number as ${name}, got ${show(options[name])}`);
  if (text.trim() === "") return [];
  const { rows, names = NAMES, axis } = found(text);
  return named(rows, names, axis).map((row) => ({ ...row, ...options }));
}

interface Log {
  readonly rows: readonly Found[];
  readonly names?: Names;
  /** The column of the steps, where a log has one of any name. */
  readonly axis?: string;
}

function found(text: string): Log {
  if (/^\s*\{/.test(text)) return ofJson(text);
  if (isMegatron(text)) return { rows: megatronRows(text) }; // it may begin with "[", before the time
  if (/^\s*\[/.test(text)) return ofJson(text);
  const table = tableOf("readLog", text);
  if (table.rows.length > 0 && !table.rows.some(({ cells }) => cells.some((cell) => typeof cell === "number")))
    refuse("readLog", `this is no log that it knows: ${KNOWN}`);
  if (!isOfChart(table)) return { rows: plainRows(table) };
  const rows = chartRows(table);
  const axis = columnOf(columnsOf(rows), STEP) ? undefined : table.names[0];
  const metrics = metricsOf(rows, table.names[0]);
  return { rows, names: metrics.length === 1 ? { ...NAMES, value: metrics } : NAMES, ...(axis && { axis }) };
}

const KNOWN =
  "Megatron-LM's lines, charts of Weights & Biases and TensorBoard as CSV, a JSON object a line, trainer_state.json, CSV with names first";

function ofJson(text: string): Log {
  const whole = attempt(text);
  if (isRecord(whole) && Array.isArray(whole.log_history))
    return { rows: objects(whole.log_history, "log_history"), names: OF_TRAINER };
  if (Array.isArray(whole)) return { rows: objects(whole, "the list") };
  const lines = text.split("\n").map((one, i) => ({ one, line: i + 1, where: `line ${i + 1}` }));
  const written = lines.filter(({ one }) => one.trim() !== "");
  const isOpen = !text.endsWith("\n") && written.length > 1;
  return {
    rows: written.flatMap(({ one, line, where }): Found[] => {
      const row = attempt(one);
      if (isRecord(row)) return [{ where, row }];
      if (row === undefined && isOpen && line === lines.length) return [];
      return refuse("readLog", row === undefined ? "is not JSON" : `is no JSON object, but ${show(row)}`, where);
    }),
  };
}

function attempt(text: string): unknown {
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}

const objects = (list: readonly unknown[], what: string): Found[] =>
  list.map((row, i) =>
    isRecord(row)
      ? { where: `row ${i}`, row }
      : refuse("readLog", `${what} needs objects, its element ${i} is ${show(row)}`),
  );

const columnsOf = (rows: readonly Found[]): ReadonlySet<string> => new Set(rows.flatMap(({ row }) => Object.keys(row)));

/** Which of these names there is, in large or small letters: the first of them. */
function columnOf(own: ReadonlySet<string>, names: readonly string[]): string | undefined {
  for (const name of names) {
    if (own.has(name)) return name;
    const other = [...own].find((column) => column.toLowerCase() === name.toLowerCase());
    if (other !== undefined) return other;
  }
  return undefined;
}

/** The rows with the names that figures read beside their own. */
function named(found: readonly Found[], names: Names, axis: string | undefined): LogRow[] {
  const all = columnsOf(found);
  const step = axis ?? columnOf(all, STEP);
  const columns = Object.entries(names as unknown as Record<string, readonly string[]>).flatMap(([name, of]) => {
    const column = columnOf(all, of);
    return column === undefined ? [] : [[name, column] as const];
  });
  const empty: Record<string, unknown> = Object.fromEntries(
    [...all, ...columns.map(([name]) => name)].map((name) => [name, null]),
  );
  if ("valLoss" in empty) empty.loss = null;
  return found.flatMap(({ where, row }, i): LogRow[] => {
    const number = (column: string): number | null => {
      const value = row[column] ?? null;
      if (value === null || typeof value === "number") return value;
      return refuse("readLog", `has ${show(value)} as '${column}', which is no number`, where);
    };
    const at = step === undefined ? i : number(step);
    if (at === null) return [];
    const read = Object.assign({}, empty, row, { step: at });
    for (const [name, column] of columns) read[name] = number(column);
    return [read as unknown as LogRow];
  });
}
