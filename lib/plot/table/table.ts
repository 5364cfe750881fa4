import { counted, digits, grouped, withDecimals } from "../../text/numbers.js";
import { jsonText, oneLine } from "../../text/printable.js";
import { named, show, showAll } from "../../text/show.js";
import { escapeHtml } from "../escape.js";
import { HtmlFigure, type HtmlOptions } from "../figure.js";
import { Options, shorten } from "../options.js";
import { paletteRules, themeStyle } from "../palette.js";
import { list } from "../rows/columns.js";

/** What a table says of one column. */
export interface TableColumn {
  /** Head of the column; default: its name in the rows. */
  readonly label?: string;
  /** Unit of its values, behind the label: "steps (s)". */
  readonly unit?: string;
  /** A value in words; default: numbers of a column with equally many decimals. */
  readonly format?: (value: unknown, row: object) => string;
}

export interface TableOptions {
  /** First line, bold. */
  readonly title?: string;
  /** Of any of the columns: its label, or more. */
  readonly columns?: Readonly<Record<string, string | TableColumn>>;
  /** Sources and remarks, folded away below the table. */
  readonly notes?: readonly string[];
}

/** Rows as a table. It has every column that any row has; the first one names the rows and stays in sight while the others scroll.
 *  Numbers stand to the right, with commas and as many decimals as the largest of their column needs for four digits; texts to the
 *  left, without quotes; lists with commas between their items; null and what is missing as a dash. Of many rows the first and the last
 *  are shown, of many columns the first, of a long text its beginning; the table says what is left out.
 *
 *      table([{ model: "dense", loss: 2.61 }, { model: "MoE", loss: 2.58 }], { columns: { loss: { unit: "nats" } } })  */
export function table(rows: Iterable<object>, options: TableOptions = {}): HtmlFigure {
  const read = rowsOf(rows);
  const given = new Options("table", options);
  const title = given.text("title", "");
  const notes = (given.read("notes", list) ?? []).map((note) => text("a text as each of its notes", note));
  const names = [...new Set(read.flatMap(Object.keys))];
  const few = fewOf(read.length, names.length);
  const shown = [...read.slice(0, few.first), ...read.slice(read.length - few.last)];
  const columns = columnsOf(read, shown, names, options.columns).slice(0, COLUMNS);
  const facts = shown.map((row) =>
    Object.fromEntries(Object.entries(row).map(([name, value]) => [name, plain(value)])),
  );
  const hidden = { rows: read.length - shown.length, columns: names.length - columns.length };
  const description = `${title || "table"}: ${counted(read.length, "row")} of ${columns.flatMap(({ head }) => head.trim() || []).join(", ") || "nothing"}`;
  return new HtmlFigure({
    name: "table",
    description,
    facts,
    html: (how) => markup({ title, notes, columns, few, hidden, facts, description }, how),
  });
}

type Row = Readonly<Record<string, unknown>>;

const CELLS = 800; // as many as keep an output below 300 kB
const COLUMNS = 60;
const LETTERS = 300; // of a cell

/** How many rows are shown: the first and the last. */
interface Few {
  readonly first: number;
  readonly last: number;
}

function fewOf(rows: number, columns: number): Few {
  const most = Math.floor(CELLS / Math.max(1, Math.min(columns, COLUMNS)));
  if (rows <= most) return { first: rows, last: 0 };
  const last = Math.floor(most / 5);
  return { first: most - last, last };
}

interface Column {
  readonly head: string;
  readonly isNumber: boolean;
  readonly cells: readonly string[];
}

function rowsOf(rows: unknown): Row[] {
  if (typeof rows !== "object" || rows === null || !(Symbol.iterator in rows))
    throw new TypeError(`table needs an array of rows, got ${show(rows)}`);
  return [...(rows as Iterable<unknown>)].map((row, i) => {
    if (typeof row === "object" && row !== null && !Array.isArray(row)) return row as Row;
    throw new TypeError(`table needs rows that are objects, such as { step: 1, loss: 2.5 }, row ${i} is ${show(row)}`);
  });
}

/** @param shown of the rows, those whose cells are wanted */
function columnsOf(
  rows: readonly Row[],
  shown: readonly Row[],
  names: readonly string[],
  given: TableOptions["columns"] = {},
): Column[] {
  if (typeof given !== "object" || given === null)
    throw new TypeError(`table needs an object as columns, got ${show(given)}`);
  const unknown = Object.keys(given).find((name) => !names.includes(name));
  if (unknown !== undefined && rows.length > 0)
    throw new TypeError(
      `table has no column '${named(unknown)}' for its option columns: its rows have ${showAll(names)}`,
    );
  return names.map((name) => {
    const own: unknown = given[name] ?? {};
    const { label, unit, format } = (typeof own === "string" ? { label: own } : own) as TableColumn;
    const values = rows.map((row) => row[name]);
    const [words, inUnit] = [text(`a text as the label of '${named(name)}'`, label ?? name), text(`a text as the unit of '${named(name)}'`, unit ?? "")]; // prettier-ignore
    if (format !== undefined && typeof format !== "function")
      throw new TypeError(`table needs a function as the format of '${named(name)}', got ${show(format)}`);
    const write = format ? (value: unknown, i: number) => format(value, shown[i]) : writer(values);
    return {
      head: inUnit ? `${words} (${inUnit})` : words,
      isNumber: values.every((value) => isMissing(value) || isNumber(value)) && !values.every(isMissing),
      cells: shown.map((row, i) => (isMissing(row[name]) ? "–" : write(row[name], i))),
    };
  });
}

function text(what: string, value: unknown): string {
  if (typeof value === "string") return value;
  throw new TypeError(`table needs ${what}, got ${show(value)}`);
}

const isNumber = (value: unknown): value is number | bigint => typeof value === "number" || typeof value === "bigint";
const isMissing = (value: unknown): boolean => value === null || value === undefined;

/** Writes the values of a column, its numbers with equally many decimals. */
function writer(values: readonly unknown[]): (value: unknown) => string {
  const numbers = values.flat().filter((value) => typeof value === "number" && Number.isFinite(value)) as number[];
  const largest = numbers.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const room = Math.min(Math.max(3 - Math.floor(Math.log10(largest || 1)), 0), 7);
  const needed = (value: number): number => (Number(value.toFixed(room)).toString().split(".")[1] ?? "").length;
  const decimals = numbers.reduce((most, value) => Math.max(most, needed(value)), 0);
  const write = (value: unknown): string => {
    if (typeof value === "bigint") return value.toLocaleString("en");
    if (typeof value === "boolean") return value ? "yes" : "no";
    if (Array.isArray(value)) return value.map(write).join(", ");
    if (typeof value !== "number") return typeof value === "string" ? value : show(value);
    const isTiny = value !== 0 && Math.abs(value) < 0.5 * 10 ** -decimals;
    if (!Number.isFinite(value) || isTiny || Math.abs(value) >= 1e15) return digits(value, 2);
    return withDecimals(value, decimals).replace("-", "−");
  };
  return write;
}

/** A value as JSON can hold it. */
function plain(value: unknown, depth = 0): unknown {
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (Array.isArray(value) && depth < 3) return value.map((item) => plain(item, depth + 1));
  return isMissing(value) || ["string", "boolean", "number"].includes(typeof value) ? (value ?? null) : show(value);
}

interface Parts {
  readonly title: string;
  readonly notes: readonly string[];
  readonly columns: readonly Column[];
  readonly few: Few;
  /** How many are not shown. */
  readonly hidden: { readonly rows: number; readonly columns: number };
  readonly facts: unknown;
  readonly description: string;
}

const LINE = "border-bottom:1px solid var(--twin-grid, #e3e6ea)";
/** More letters than this take several lines. */
const LONG = 44;

/** The head and the first column keep a ground of their own: what scrolls passes below it. */
function markup(
  { title, notes, columns, few, hidden, facts, description }: Parts,
  { theme = "auto" }: HtmlOptions,
): string {
  const cell = (tag: "td" | 'th scope="row"' | 'th scope="col"', c: number, words: string): string => {
    const side = columns[c].isNumber ? "right" : "left";
    const wrap = words.length > LONG ? "normal;min-width:16em" : "nowrap";
    const stays = c === 0 ? ";position:sticky;left:0;background:var(--twin-background, Canvas)" : "";
    const weight = tag === "td" || tag === 'th scope="row"' ? "400" : "600";
    return `<${tag} align="${side}" style="text-align:${side};white-space:${wrap};font-weight:${weight};padding:3px 14px 3px 4px;vertical-align:top;${LINE}${stays}">${escapeHtml(shorten(oneLine(words), LETTERS))}</${tag.slice(0, 2)}>`; // prettier-ignore
  };
  const line = (cells: readonly string[]): string => `<tr style="background:none">${cells.join("")}</tr>`;
  const head = line(
    // A head without words names nothing: to a screen reader it is a cell.
    columns.map(({ head: words }, c) => cell(words.trim() ? 'th scope="col"' : "td", c, words)),
  );
  const body = Array.from({ length: few.first + few.last }, (_, r) =>
    line(columns.map(({ cells }, c) => cell(c === 0 ? 'th scope="row"' : "td", c, cells[r]))),
  );
  const muted = "padding:3px 4px;color:var(--twin-muted, #5c6470)";
  if (hidden.rows > 0)
    body.splice(
      few.first,
      0,
      line([`<td colspan="${columns.length}" align="left" style="text-align:left;${muted};${LINE}">… ${grouped(hidden.rows)} rows more …</td>`]), // prettier-ignore
    );
  const left = hidden.columns > 0 ? `<div style="${muted}">and ${counted(hidden.columns, "column")} more</div>` : "";
  const caption = title
    ? `<figcaption style="padding:0 0 4px 4px;font-size:14px;font-weight:600">${escapeHtml(oneLine(title))}</figcaption>`
    : "";
  const folded = notes.map((note) => `<li>${escapeHtml(oneLine(note))}</li>`).join("");
  return (
    `<figure class="twinformer" data-figure="table" data-facts="${escapeHtml(jsonText(facts))}" style="margin:4px 0 10px;font-size:13px${themeStyle(theme)}">` +
    `<style>${paletteRules()}${HINT}</style>` +
    caption +
    `<div class="twinformer-scroll" tabindex="0" role="region" aria-label="${escapeHtml(oneLine(description))}" style="overflow-x:auto">` +
    `<table style="border-collapse:collapse;margin:0;font-size:13px;font-variant-numeric:tabular-nums;width:max-content"><thead>${head}</thead><tbody>${body.join("")}</tbody></table></div>` +
    left +
    (folded
      ? `<details class="twinformer-notes" style="margin:4px"><summary>${notes.length === 1 ? "1 note" : `${notes.length} notes`}</summary><ul style="margin:4px 0;padding-left:1.4em">${folded}</ul></details>`
      : "") +
    `</figure>`
  );
}

/** A shade at the side where more columns are, as long as there are more. */
const HINT =
  ".twinformer-scroll{background:linear-gradient(to left,var(--twin-background,Canvas) 30%,transparent) right/40px calc(100% + 2px) no-repeat local," +
  "linear-gradient(to left,color-mix(in srgb,var(--twin-muted,#5c6470) 40%,transparent),transparent) right/14px 100% no-repeat scroll}";
