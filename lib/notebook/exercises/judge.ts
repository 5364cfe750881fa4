import { show } from "../../text/show.js";
import type { Exercise, Verdict } from "./exercise.js";

type Tried = { readonly value: unknown } | { readonly threw: string };

/** What is right or wrong with an answer: a value, or a function that is tried with the inputs of the exercise. */
export function judge({ asks, inputs, right, mistakes, tolerance = 1e-4 }: Exercise, answer: unknown): Verdict {
  const isFunction = inputs.some((input) => input.length > 0);
  const open: Verdict = { state: "open", says: asks };
  if (answer === undefined || answer === null) return open;
  if (isFunction && typeof answer !== "function")
    return { state: "wrong", says: `a function is asked for, got ${show(answer)}`, hint: null };

  const given = inputs.map((input) => (isFunction ? tried(answer as () => unknown, input) : { value: answer }));
  if (given.every((one) => "value" in one && (one.value === undefined || one.value === null))) return open;
  const wanted = inputs.map((input) => right(...input));
  const agree = (value: unknown, i: number) => equal(plain(value), plain(wanted[i]), tolerance);
  const first = given.findIndex((one, i) => !("value" in one && agree(one.value, i)));
  if (first < 0) return { state: "right", says: asks };

  const mistake = mistakes.find(({ made }) =>
    given.every((one, i) => "value" in one && equal(plain(one.value), plain(made(...inputs[i])), tolerance)),
  );
  const called = isFunction ? `for (${inputs[first].map(inWords).join(", ")}) ` : "";
  return { state: "wrong", says: called + difference(given[first], wanted[first]), hint: mistake?.hint ?? null };
}

function tried(answer: (...input: readonly unknown[]) => unknown, input: readonly unknown[]): Tried {
  try {
    return { value: answer(...input) };
  } catch (error) {
    return { threw: error instanceof Error ? error.message : String(error) };
  }
}

/** A tensor or a typed array as a list, the rest as it is. */
function plain(value: unknown): unknown {
  if (ArrayBuffer.isView(value)) return [...(value as Float32Array)];
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  const { toArray } = value as { toArray?: () => unknown };
  return typeof toArray === "function" ? toArray.call(value) : value;
}

function equal(a: unknown, b: unknown, tolerance: number): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, i) => equal(plain(item), plain(b[i]), tolerance));
  if (typeof a === "number" && typeof b === "number")
    return Object.is(a, b) || a === b || Math.abs(a - b) <= tolerance * Math.max(Math.abs(b), 1e-6);
  return a === b;
}

/** What is seen from outside, and never the right value: that is for the reader to find. */
function difference(given: Tried, wanted: unknown): string {
  if ("threw" in given) return `the answer stops with "${given.threw}"`;
  const [value, right] = [plain(given.value), plain(wanted)];
  if (Array.isArray(right)) {
    if (!Array.isArray(value)) return `a list of ${right.length} is asked for, got ${inWords(value)}`;
    if (value.length !== right.length) return `a list of ${right.length} is asked for, got ${value.length} in it`;
    return `got ${inWords(value)}`;
  }
  return typeof value === typeof right ? `got ${inWords(value)}` : `a ${typeof right} is asked for, got ${show(value)}`;
}

const inWords = (value: unknown): string => {
  if (typeof value === "number") return String(Number(value.toPrecision(6)));
  if (!Array.isArray(value)) return show(value);
  return value.length <= 8 ? `[${value.map(inWords).join(", ")}]` : show(value);
};
