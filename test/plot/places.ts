/** The places of an output's arguments, and the output for others. */

import type { Output, Shown } from "./outputs.js";

type Path = readonly (string | number)[];

/** The places of all values of some type in the arguments. */
export function places(value: unknown, type: (value: unknown) => boolean, at: Path = []): Path[] {
  if (type(value)) return [at];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    places(inner, type, [...at, Array.isArray(value) ? Number(key) : key]),
  );
}

/** The arguments with another value at some places. */
export function replaced(args: unknown, at: readonly Path[], value: unknown): unknown {
  if (at.some((path) => path.length === 0)) return value;
  if (at.length === 0 || typeof args !== "object" || args === null) return args;
  const below = (key: string | number) => at.filter(([first]) => first === key).map((path) => path.slice(1));
  if (Array.isArray(args)) return args.map((inner: unknown, i) => replaced(inner, below(i), value));
  return Object.fromEntries(Object.entries(args).map(([key, inner]) => [key, replaced(inner, below(key), value)]));
}

export const textsOf = ({ args, fixed = [] }: Output): Path[] =>
  places(args, (value) => typeof value === "string" && !fixed.includes(value));
/** What the types say is no free text: numbers, flags and words with a meaning. */
export const othersOf = ({ args, fixed = [] }: Output): Path[] =>
  places(args, (value) =>
    typeof value === "string"
      ? fixed.includes(value)
      : value !== null && typeof value !== "object" && value !== undefined,
  );

/** The output for other arguments, or the sentence that refuses them. */
export async function attempt({ show }: Output, args: unknown): Promise<Shown | Error> {
  try {
    return await show(...(args as never[]));
  } catch (error) {
    if (error instanceof Error) return error;
    throw error;
  }
}
