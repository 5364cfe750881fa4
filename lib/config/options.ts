/** Checks of what a caller gives as an option. Types do not reach JavaScript, JSON or `any`, and a loop whose step is 0 or NaN
 *  never ends. Every sentence names the function, the option and the value. */

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
  check(operation, options, range, "an integer", Number.isSafeInteger);
}

/** Throws a RangeError unless every value is a finite number in the range. */
export function checkNumbers(operation: string, options: Readonly<Record<string, unknown>>, range: Range = {}): void {
  check(operation, options, range, "a number", Number.isFinite);
}

/** Throws a RangeError unless the value is an object with options, not a list or null. */
export function checkObject(operation: string, what: string, value: unknown): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return;
  throw new RangeError(`${operation}: ${what} must be an object, got ${shown(value)}`);
}

/** Throws a RangeError unless the value is true or false. */
export function checkFlag(operation: string, option: string, value: unknown): void {
  if (typeof value === "boolean") return;
  throw new RangeError(`${operation}: ${option} must be true or false, got ${shown(value)}`);
}

/** Throws a RangeError unless the value is one of the words. */
export function checkWord(operation: string, option: string, value: unknown, words: readonly string[]): void {
  if (words.some((word) => word === value)) return;
  throw new RangeError(`${operation}: ${option} must be one of ${words.join(", ")}, got ${shown(value)}`);
}

function check(
  operation: string,
  options: Readonly<Record<string, unknown>>,
  { from = -Infinity, above = -Infinity, below = Infinity, orInfinity = false }: Range,
  kind: string,
  isOne: (value: unknown) => boolean,
): void {
  for (const [name, value] of Object.entries(options)) {
    if (orInfinity && value === Infinity) continue;
    const x = value as number;
    if (isOne(value) && x >= from && (x > above || above === -Infinity) && x < below) continue;
    const bounds = [
      from > -Infinity ? ` from ${from}` : above > -Infinity ? ` above ${above}` : "",
      below < Infinity ? `${from > -Infinity ? " to" : ""} below ${below}` : "",
      orInfinity ? ", or Infinity" : "",
    ];
    throw new RangeError(`${operation}: ${name} must be ${kind}${bounds.join("")}, got ${shown(value)}`);
  }
}

const shown = (value: unknown): string =>
  typeof value === "string"
    ? JSON.stringify(value)
    : typeof value === "object" && value
      ? Array.isArray(value)
        ? "an array"
        : "an object"
      : String(value);
