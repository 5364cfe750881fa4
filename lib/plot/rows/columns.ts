import * as v from "valibot";
import { show } from "../../text/show.js";

interface Range<T> {
  readonly words: string;
  holds(value: T): boolean;
}

/** What the values of a column must be. Numbers may be bigints and lists may be typed arrays or tensors' data: a figure gets numbers. */
export interface Column<T> {
  /** As a sentence names it: "a number". */
  readonly words: string;
  /** The values of the right type, and what a figure reads them as. */
  readonly schema: v.GenericSchema<unknown, T>;
  /** Of the right type, but beyond what the column can mean: "a share from 0 to 1". */
  readonly range?: Range<T>;
  /** A row may leave it out. */
  readonly optional?: boolean;
}

const column = <T>(words: string, schema: v.GenericSchema<unknown, T>): Column<T> => ({ words, schema });

const isNumber = (value: unknown): value is number | bigint => typeof value === "number" || typeof value === "bigint";
const anyNumber = v.pipe(v.custom<number | bigint>(isNumber), v.transform(Number));
const isNumbers = (value: unknown): value is ArrayLike<number | bigint> =>
  Array.isArray(value) ? value.every(isNumber) : ArrayBuffer.isView(value) && !(value instanceof DataView);
const anyNumbers = v.pipe(v.custom<ArrayLike<number | bigint>>(isNumbers), v.transform(copied));

/** A list of one's own. Most are arrays of numbers already, and to copy one as it is is far quicker than to make it number by number. */
function copied(list: ArrayLike<number | bigint>): readonly number[] {
  if (!Array.isArray(list)) return Array.from(list, Number);
  for (let i = 0; i < list.length; i++) if (typeof list[i] !== "number") return Array.from(list, Number);
  return (list as number[]).slice();
}

/** NaN and infinity are numbers here: a figure marks them. */
export const number = column<number>("a number", anyNumber);
export const text = column<string>("a text", v.string());
/** What tells lines, bars or panels apart: a text, or a number that is written as one. */
export const label = column<string>(
  "a text or a number",
  v.union([
    v.string(),
    v.pipe(
      v.number(),
      v.transform((value) => String(value)),
    ),
  ]),
);
export const flag = column<boolean>("true or false", v.boolean());
/** Counts that stay exact. */
export const bigint = column<bigint>(
  "an integer",
  v.union([
    v.bigint(),
    v.pipe(
      v.number(),
      v.safeInteger(),
      v.transform((value) => BigInt(value)),
    ),
  ]),
);
export const numbers = column<readonly number[]>("a list of numbers", anyNumbers);
export const texts = column<readonly string[]>("a list of texts", v.array(v.string()));
/** What is in the list, the figure looks at itself. */
export const list = column<readonly unknown[]>("a list", v.array(v.unknown()));
/** [rows][columns] of numbers; how long the lists are, the figure looks at itself. */
export const matrix = column<readonly (readonly number[])[]>("a list of lists of numbers", v.array(anyNumbers));
export const oneOf = <T extends string>(...all: readonly T[]): Column<T> =>
  column(all.map((word) => `"${word}"`).join(" or "), v.picklist(all));
export const either = <A, B>(a: Column<A>, b: Column<B>): Column<A | B> =>
  column(`${a.words} or ${b.words}`, v.union([a.schema, b.schema]));
export const orNull = <T>(of: Column<T>): Column<T | null> => ({
  words: `${of.words} or null`,
  schema: v.nullable(of.schema),
  ...(of.range && { range: { words: of.range.words, holds: (value) => value === null || of.range!.holds(value) } }),
});
export const optional = <T>(of: Column<T>): Column<T | undefined> => ({
  ...(of as Column<T | undefined>),
  optional: true,
});

const ranged = <T>(of: Column<T>, words: string, holds: (value: T) => boolean): Column<T> => ({
  ...of,
  range: { words, holds },
});
const SLACK = 1e-6; // of rounding

/** The number of a step of training. */
export const step = ranged(number, "a finite number", Number.isFinite);
/** How many of something, where parts of one may be; bytes, parameters. */
export const amount = ranged(number, "a number from 0", (value) => Number.isFinite(value) && value >= 0);
/** The number of a layer or an expert. */
export const index = ranged(
  number,
  "an index from 0 to 9,999",
  (value) => Number.isInteger(value) && value >= 0 && value < 10_000,
);
/** Percentages belong divided by 100, and counts by their sum. NaN is marked. */
export const share = ranged(
  number,
  "a share from 0 to 1",
  (value) => Number.isNaN(value) || (value >= -SLACK && value <= 1 + SLACK),
);
/** [E] shares that sum to 1; with a NaN among them, there is no sum. */
export const probabilities = ranged(numbers, "probabilities from 0 to 1 that sum to 1", (list) => {
  if (list.some(Number.isNaN)) return true;
  const sum = list.reduce((all, value) => all + value, 0);
  return list.every((value) => value >= 0) && (list.length === 0 || Math.abs(sum - 1) < 0.01); // float16 rounds
});

/** All columns that a figure reads, each with what it must be. */
export type Columns<Row> = { readonly [Name in keyof Required<Row>]: Column<Row[Name]> };

/** A row as it is read: `by` as a text. */
export type Read<Row extends { readonly by?: string | number }> = {
  [Name in keyof Row]: Name extends "by" ? Extract<Row[Name], string | undefined> : Row[Name];
};

/** Where rows of one's own have a column: its name there, or a function of the row. */
export type Accessor<T> = string | ((row: T, index: number) => unknown);

type Needed<Row> = { [Name in keyof Row]-?: object extends Pick<Row, Name> ? never : Name }[keyof Row];
/** Accessors of each column that rows of type T lack, or have as another type; and of any other that they have under another name. */
export type Accessors<Row, T> = { readonly [Name in keyof Row]?: Accessor<T> } & {
  readonly [Name in Needed<Row> as T extends Pick<Row, Name> ? never : Name]: Accessor<T>;
};

/** The rows with the columns that the figure knows, each of the right type and within its range: so that whatever is drawn or written
 *  out was looked at here. Further columns are left behind, whatever they hold. Else throws a sentence that names the figure, the row
 *  and the column.
 *  @param options of the figure; those named as a column say where the rows have it */
export function readRows<Row extends object>(
  figure: string,
  rows: Iterable<object>,
  columns: Columns<Row>,
  options: object = {},
): Row[] {
  const all = Object.entries<Column<unknown>>(columns as Readonly<Record<string, Column<unknown>>>);
  if (typeof rows !== "object" || rows === null || !(Symbol.iterator in rows))
    throw new TypeError(`${figure} needs an array of rows with ${needs(all)}, got ${show(rows)}`);
  const places = all.map(([name]) => placeOf(figure, name, (options as Record<string, unknown> | null)?.[name]));
  const given = [...(rows as Iterable<unknown>)];
  all.forEach(([name]) => {
    const accessor = (options as Record<string, unknown> | null)?.[name];
    const isThere = (row: unknown): boolean => typeof row === "object" && row !== null && (accessor as string) in row;
    if (typeof accessor === "string" && given.length > 0 && !given.some(isThere))
      throw new TypeError(`${figure} needs rows with a column '${accessor}' for its ${name}, no row has one`);
  });
  // What a column may lack is looked at once: asking its schema for each row would take longer than all else.
  const lacks = all.map(([, { schema, optional: canLack }]): unknown[] =>
    canLack ? [undefined, null].filter((nothing) => !v.is(schema, nothing)) : [],
  );
  return given.map((row, i) => {
    const own = (typeof row === "object" && row !== null ? row : {}) as Record<string, unknown>;
    const read: Record<string, unknown> = {};
    all.forEach(([name, { words, schema, range, optional: canLack }], c) => {
      const { called } = places[c];
      const value = places[c].valueOf(own, i);
      if (value == null && lacks[c].includes(value)) return;
      const { success, output } = v.safeParse(schema, value);
      if (!success)
        throw new TypeError(
          canLack
            ? `${figure} needs ${words} '${called}' in rows that have it, row ${i} has ${show(value)}`
            : `${figure} needs rows with ${needs(all)}, row ${i} has ${called} ${show(value)}`,
        );
      if (range && !range.holds(output))
        throw new RangeError(`${figure} needs ${range.words} as '${called}', row ${i} has ${show(value)}`);
      read[name] = output;
    });
    return read as Row;
  });
}

interface Place {
  /** As sentences name the column. */
  readonly called: string;
  readonly valueOf: (row: Record<string, unknown>, i: number) => unknown;
}

function placeOf(figure: string, name: string, accessor: unknown): Place {
  if (accessor === undefined) return { called: name, valueOf: (row) => row[name] };
  if (typeof accessor === "string") return { called: accessor, valueOf: (row) => row[accessor] };
  if (typeof accessor === "function")
    return { called: name, valueOf: (row, i) => (accessor as (row: object, i: number) => unknown)(row, i) };
  throw new TypeError(
    `${figure} needs the name of a column, or a function of the row, as ${name}, got ${show(accessor)}`,
  );
}

/** "a number 'x' and 'y' and a text 'series'": the columns that no row may lack. */
function needs(columns: readonly (readonly [string, Column<unknown>])[]): string {
  const groups = new Map<string, string[]>();
  for (const [name, { words, optional: canLack }] of columns)
    if (!canLack) groups.set(words, [...(groups.get(words) ?? []), `'${name}'`]);
  return [...groups]
    .map(([words, names]) => `${words}${words.startsWith('"') ? " as" : ""} ${names.join(" and ")}`)
    .join(" and ");
}
