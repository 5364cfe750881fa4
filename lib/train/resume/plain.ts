/** Plain data as text that keeps every number: JSON has no Infinity, no NaN and no minus zero. */

import { isRecord } from "../../format/record.js";
import { show } from "../../text/show.js";

/** The key under which a number stands that JSON lacks. */
const NUMBER = "$number";

/** Throws a sentence where a value is no plain data, such as a Map, a function or a typed array. */
export function toText(who: string, what: string, value: unknown): string {
  return JSON.stringify(encoded(who, what, value));
}

export function fromText(text: string): unknown {
  return JSON.parse(text, (_, value: unknown) =>
    isRecord(value) && typeof value[NUMBER] === "string" ? Number(value[NUMBER]) : value,
  );
}

function encoded(who: string, path: string, value: unknown): unknown {
  if (value === null || typeof value === "boolean" || typeof value === "string") return value;
  if (typeof value === "number")
    return Number.isFinite(value) && !Object.is(value, -0)
      ? value
      : { [NUMBER]: Object.is(value, -0) ? "-0" : String(value) };
  if (Array.isArray(value)) return value.map((item, i) => encoded(who, `${path}.${i}`, item));
  if (isPlain(value) && !(NUMBER in value))
    return Object.fromEntries(
      Object.entries(value).flatMap(([key, inner]) =>
        inner === undefined ? [] : [[key, encoded(who, `${path}.${key}`, inner)]],
      ),
    );
  throw new TypeError(
    `${who}: ${path} must be plain data (numbers, texts, lists, objects, true, false, null), got ${show(value)}`,
  );
}

/** An object that is nothing but its keys. */
export function isPlain(value: unknown): value is Record<string, unknown> {
  if (!isRecord(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}
