/** What is known of one option: its default, and which values make sense. */

export interface Option<T, Config = unknown> {
  /** The value where nothing is said, or a rule for it: the rule may read the options above it in the table.
   *  @param nExpert 0 for a dense model */
  readonly standard: T | ((config: Config, nExpert: number) => T);
  /** Whether a value makes sense by itself. */
  readonly ok: (value: unknown) => boolean;
  /** What a value must be, as the end of a sentence: "from 0 to below 1". */
  readonly must: string;
}

type Check = Pick<Option<unknown>, "ok" | "must">;

/** One of these words. */
export const word = (words: readonly string[]): Check => ({
  ok: (value) => typeof value === "string" && words.includes(value),
  must: `one of ${words.join(", ")}`,
});

/** An integer that is `from` or larger. */
export const integer = (from: number): Check => ({
  ok: (value) => Number.isInteger(value) && (value as number) >= from,
  must: `an integer from ${from}`,
});

/** A finite number for which `ok` holds. @param must ends the sentence "x must be" */
export const number = (must: string, ok: (value: number) => boolean): Check => ({
  ok: (value) => typeof value === "number" && Number.isFinite(value) && ok(value),
  must,
});

export const flag: Check = { ok: (value) => typeof value === "boolean", must: "true or false" };
