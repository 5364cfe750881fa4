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

  /** The words above the drawing: those that were given, or else what the figure finds and how its marks are read. Notes say what was
   *  done to the rows; empty ones are left out. */
  head(
    this: Options<Pick<FrameOptions, "title" | "subtitle">>,
    finding: string,
    how: string,
    notes: string | readonly string[] = [],
  ): Head {
    const all = [this.text("subtitle", how), notes].flat().filter(Boolean);
    return { title: this.text("title", finding), subtitle: all.join(" · ") };
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

/** Title and subtitle of a drawing; empty: none. */
export interface Head {
  readonly title: string;
  readonly subtitle: string;
}

/** One line of the words above the drawing; y is its baseline. */
export interface HeadLine {
  readonly text: string;
  readonly y: number;
  readonly isTitle: boolean;
}

const HEAD = {
  title: { first: 15, next: 18, height: 22 },
  subtitle: { first: 12, next: 15, height: 18 },
} as const; // px

/** Title and subtitle, broken into as many lines as the width needs; and how much room these take, in pixels. */
export function headLines(
  { title, subtitle }: Head,
  width: number,
): { lines: HeadLine[]; height: number; width: number } {
  const lines: HeadLine[] = [];
  let [height, taken] = [0, 0];
  for (const [words, look] of [[title, HEAD.title] as const, [subtitle, HEAD.subtitle] as const]) {
    if (!words) continue;
    const letter = look === HEAD.title ? LETTER.title : LETTER.words;
    const own = wrapped(words, (width - 4) / letter);
    own.forEach((text, i) => {
      taken = Math.max(taken, letter * lettersOf(text));
      lines.push({ text, y: height + look.first + i * look.next, isTitle: look === HEAD.title });
    });
    height += look.height + (own.length - 1) * look.next;
  }
  return { lines, height, width: taken };
}

/** Height of the lines above the drawing, in pixels. */
export const headHeight = (head: Head, width: number): number => headLines(head, width).height;

/** Widths of a letter, in pixels: no browser is asked, so all widths of words are guessed by these. They are those of the widest of the
 *  usual system fonts, on average; where a few letters have to fit for certain, somewhat more is left free. */
export const LETTER = {
  /** 14 px, bold: titles. */
  title: 8.6,
  /** 12 px */
  words: 6.7,
  /** 12 px, bold: names. */
  bold: 7.4,
  /** 11 px, and digits in it, which are narrower. */
  small: 6.4,
  digits: 5.9,
  /** 11 px, bold. */
  smallBold: 7,
  /** 12 and 13 px, all letters of one width: tokens. */
  mono: 7.3,
  largeMono: 7.85,
} as const;

const WIDE = /[\u1100-\u11ff\u2e80-\ua4cf\uac00-\ud7ff\uf900-\ufaff\uff00-\uff60]|\p{Extended_Pictographic}/u;
/** Width of a text in letters; those of Chinese, Japanese and Korean, and emoji, count twice. */
export const lettersOf = (text: string): number => Array.from(text).reduce((sum, c) => sum + (WIDE.test(c) ? 2 : 1), 0);

/** Where a line may end: after a space, but not between a number and its unit, and not before a dot that parts two sentences. */
const BREAK = /(?<= )(?![%·→+=]|[kMGTP]?B\b|(?:thousand|million|billion|trillion|quadrillion)\b)/;

/** Lines of at most `most` letters, broken between words; a word that is longer than a line, anywhere. */
export function wrapped(text: string, most: number): string[] {
  if (lettersOf(text) <= most) return [text];
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(BREAK)) {
    for (const piece of lettersOf(word.trimEnd()) > most ? Array.from(word) : [word]) {
      if (line && lettersOf(line + piece.trimEnd()) > most) {
        lines.push(line.trimEnd());
        line = "";
      }
      line += piece;
    }
  }
  return line.trimEnd() ? [...lines, line.trimEnd()] : lines;
}

/** At most `limit` letters, the last of them "…" where some are left out. Wide letters count twice. */
export function shorten(text: string, limit: number): string {
  if (lettersOf(text) <= limit) return text;
  let [kept, room] = ["", Math.max(limit - 1, 0)];
  for (const letter of text) {
    room -= lettersOf(letter);
    if (room < 0) break;
    kept += letter;
  }
  return `${kept}…`;
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
