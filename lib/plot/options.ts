import { safeParse } from "valibot";
import { show } from "../text/show.js";
import { type Column, flag, number, text } from "./rows/columns.js";

/** Options that every figure takes. */
export interface FrameOptions {
  /** Width in CSS pixels; default 680. A narrower place shrinks the figure as a whole. */
  readonly width?: number;
  /** Height in CSS pixels. */
  readonly height?: number;
  /** First line, bold. Empty string: none. */
  readonly title?: string;
  /** Second line: how to read the marks. Empty string: none. */
  readonly subtitle?: string;
}

const LEAST = 120; // px
const MOST = 20_000;

/** The options of one figure, read one by one; each that is given must be of its type. */
export class Options<Given extends object> {
  constructor(
    /** The figure's name, for sentences. */
    readonly figure: string,
    readonly given: Given,
  ) {
    if (typeof given !== "object" || given === null)
      throw new TypeError(`${figure} needs an object of options, got ${show(given)}`);
  }

  text<Name extends keyof Given & string>(name: Name, otherwise: string): string {
    return this.read(name, text) ?? otherwise;
  }

  number<Name extends keyof Given & string>(name: Name): number | undefined {
    return this.read(name, number);
  }

  /** How many of something: an integer from 0 to 10,000. */
  count<Name extends keyof Given & string>(name: Name): number | undefined {
    const value = this.read(name, number);
    if (value === undefined || (Number.isInteger(value) && value >= 0 && value <= 10_000)) return value;
    throw new RangeError(`${this.figure} needs ${name} to be an integer from 0 to 10,000, got ${value}`);
  }

  flag<Name extends keyof Given & string>(name: Name): boolean {
    return this.read(name, flag) ?? false;
  }

  /** A size in pixels. One that is given must lie between LEAST and MOST: a figure of NaN pixels would be an empty output without a word.
   *  What a figure itself takes for its rows is right as it is. */
  size<Name extends keyof Given & ("width" | "height")>(name: Name, natural: number): number {
    const value: unknown = this.given[name];
    if (value === undefined) return natural;
    if (typeof value === "number" && value >= LEAST && value <= MOST) return value;
    if (typeof value === "number" && Number.isFinite(value) && value > MOST)
      throw new RangeError(
        `${this.figure} needs a ${name} of ${MOST.toLocaleString("en")} pixels or less, got ${value}`,
      );
    throw new RangeError(`${this.figure} needs a ${name} of ${LEAST} pixels or more, got ${show(value)}`);
  }

  read<T>(name: keyof Given & string, column: Column<T>): T | undefined {
    const value: unknown = this.given[name];
    if (value === undefined) return value;
    const { success, output } = safeParse(column.schema, value);
    if (success && (column.range?.holds(output) ?? true)) return output;
    throw new TypeError(`${this.figure} needs ${(column.range ?? column).words} as ${name}, got ${show(value)}`);
  }
}

/** A subtitle with what was done to the rows. */
export const noted = (subtitle: string, note: string): string => [subtitle, note].filter(Boolean).join(" · ");

/** Height of the lines above the drawing, in pixels. */
export function headHeight(title: string, subtitle: string): number {
  return (title ? 22 : 0) + (subtitle ? 18 : 0);
}

/** E: the option `nExpert`, or one more than the largest expert of the rows. */
export function expertsOf(
  { figure, given }: { readonly figure: string; readonly given: { readonly nExpert?: number } },
  rows: readonly { readonly expert: number }[],
): number {
  const found = rows.reduce((most, { expert }) => Math.max(most, expert + 1), 0);
  const nExpert = new Options(figure, given).count("nExpert") ?? found;
  if (nExpert >= found) return nExpert;
  throw new RangeError(`${figure} has ${nExpert} experts, 0 to ${nExpert - 1}, but rows of expert ${found - 1}`);
}
