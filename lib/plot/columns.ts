import { show } from "../text/show.js";

/** What the values of a column must be. */
export interface Column<T> {
  /** As a sentence names it: "a number". */
  readonly words: string;
  readonly fits: (value: unknown) => value is T;
  /** A row may leave it out. */
  readonly optional?: boolean;
}

const column = <T>(words: string, fits: (value: unknown) => boolean): Column<T> => ({
  words,
  fits: fits as (value: unknown) => value is T,
});

/** NaN and infinity are numbers here: a figure marks them. */
export const number = column<number>("a number", (value) => typeof value === "number");
export const text = column<string>("a text", (value) => typeof value === "string");
export const flag = column<boolean>("true or false", (value) => typeof value === "boolean");
export const bigint = column<bigint>("a bigint", (value) => typeof value === "bigint");
/** How many of something, where parts of one may be. */
export const amount = column<number>("a number from 0", (value) => Number.isFinite(value) && (value as number) >= 0);
/** The number of a layer or an expert. */
export const index = column<number>(
  "an index from 0 to 9,999",
  (value) => Number.isInteger(value) && (value as number) >= 0 && (value as number) < 10_000,
);
export const numbers = column<readonly number[]>(
  "a list of numbers",
  (value) => Array.isArray(value) && value.every((item) => typeof item === "number"),
);
/** What is in the list, the figure looks at itself. */
export const list = column<readonly (readonly number[])[]>("a list", Array.isArray);
export const texts = column<readonly string[]>(
  "a list of texts",
  (value) => Array.isArray(value) && value.every((item) => typeof item === "string"),
);
export const oneOf = <T extends string>(...all: readonly T[]): Column<T> =>
  column(all.map((word) => `"${word}"`).join(" or "), (value) => all.includes(value as T));
export const either = <A, B>(a: Column<A>, b: Column<B>): Column<A | B> =>
  column(`${a.words} or ${b.words}`, (value) => a.fits(value) || b.fits(value));
export const orNull = <T>(of: Column<T>): Column<T | null> =>
  column(`${of.words} or null`, (value) => value === null || of.fits(value));
export const optional = <T>(of: Column<T>): Column<T | undefined> => ({ ...of, optional: true });

/** All columns that a figure reads, each with what it must be. */
export type Columns<Row> = { readonly [Name in keyof Required<Row>]: Column<Row[Name]> };

/** The rows with the columns that the figure knows, each of the right type: so that whatever is drawn or written out was looked at
 *  here. Further columns are left behind, whatever they hold. Else throws a sentence that names the figure, the row and the column. */
export function readRows<Row extends object>(figure: string, rows: readonly Row[], columns: Columns<Row>): Row[] {
  const all = Object.entries<Column<unknown>>(columns);
  if (!Array.isArray(rows))
    throw new TypeError(`${figure} needs an array of rows with ${needs(all)}, got ${show(rows)}`);
  return Array.from(rows, (row: unknown, i) => {
    const given = (typeof row === "object" && row !== null ? row : {}) as Record<string, unknown>;
    const read: Record<string, unknown> = {};
    for (const [name, column] of all) {
      const value = given[name];
      if (column.fits(value)) read[name] = value;
      else if (!column.optional)
        throw new TypeError(`${figure} needs rows with ${needs(all)}, row ${i} has ${name} ${show(value)}`);
      else if (value !== undefined && value !== null)
        throw new TypeError(
          `${figure} needs ${column.words} '${name}' in rows that have it, row ${i} has ${show(value)}`,
        );
    }
    return read as Row;
  });
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
