/** Checks of what a caller gives as an option or a field of a config. Types do not reach JavaScript, JSON or `any`, and a loop whose
 *  step is 0 or NaN never ends. Every sentence names the function, the option and the value. */

import { show } from "../text/show.js";

export interface Check {
  /** Whether a value makes sense by itself. */
  readonly ok: (value: unknown) => boolean;
  /** What a value must be, as the end of a sentence: "from 0 to below 1". */
  readonly must: string;
}

/** One of these words. */
export const word = (words: readonly (string | boolean)[]): Check => ({
  ok: (value) => words.some((word) => word === value),
  must: `one of ${words.join(", ")}`,
});

const object: Check = {
  ok: (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  must: "an object",
};

export const flag: Check = { ok: (value) => typeof value === "boolean", must: "true or false" };

/** A finite number for which `ok` holds. @param must ends the sentence "x must be" */
export const number = (must: string, ok: (value: number) => boolean): Check => ({
  ok: (value) => Number.isFinite(value) && ok(value as number),
  must,
});

/** An integer that is `from` or larger. */
export const integer = (from: number): Check => within({ from }, "an integer", Number.isSafeInteger);

/** "topK must be an integer from 1, got 0"; null for a value that makes sense. */
export const complaint = (name: string, value: unknown, { ok, must }: Check): string | null =>
  ok(value) ? null : `${name} must be ${must}, got ${show(value)}`;

export interface Range {
  /** Smallest value. */
  from?: number;
  /** Must be exceeded. */
  above?: number;
  /** Must not be reached. */
  below?: number;
  /** Whether Infinity is a value too. Default false. */
  orInfinity?: boolean;
}

/** Throws a RangeError unless every value is an integer in the range: `checkIntegers("evaluate", { batchSize }, { from: 1 })`. */
export function checkIntegers(operation: string, options: Readonly<Record<string, unknown>>, range: Range = {}): void {
  demand(operation, options, within(range, "an integer", Number.isSafeInteger));
}

/** Throws a RangeError unless every value is a finite number in the range. */
export function checkNumbers(operation: string, options: Readonly<Record<string, unknown>>, range: Range = {}): void {
  demand(operation, options, within(range, "a number", Number.isFinite));
}

/** Throws a RangeError unless the value is an object with options, not a list or null. */
export function checkObject(operation: string, what: string, value: unknown): void {
  demand(operation, { [what]: value }, object);
}

/** Throws a RangeError unless the value is true or false. */
export function checkFlag(operation: string, option: string, value: unknown): void {
  demand(operation, { [option]: value }, flag);
}

/** Throws a RangeError unless the value is one of the words. */
export function checkWord(
  operation: string,
  option: string,
  value: unknown,
  words: readonly (string | boolean)[],
): void {
  demand(operation, { [option]: value }, word(words));
}

function demand(operation: string, options: Readonly<Record<string, unknown>>, check: Check): void {
  for (const [name, value] of Object.entries(options)) {
    const wrong = complaint(name, value, check);
    if (wrong) throw new RangeError(`${operation}: ${wrong}`);
  }
}

function within(
  { from = -Infinity, above = -Infinity, below = Infinity, orInfinity = false }: Range,
  kind: string,
  isOne: (value: unknown) => boolean,
): Check {
  const inside = (x: number): boolean => x >= from && (x > above || above === -Infinity) && x < below;
  return {
    ok: (value) => (orInfinity && value === Infinity) || (isOne(value) && inside(value as number)),
    get must() {
      // written only where it is read: most values are right
      const least = from > -Infinity ? ` from ${from}` : above > -Infinity ? ` above ${above}` : "";
      const most = below < Infinity ? `${from > -Infinity ? " to" : ""} below ${below}` : "";
      return `${kind}${least}${most}${orInfinity ? ", or Infinity" : ""}`;
    },
  };
}
