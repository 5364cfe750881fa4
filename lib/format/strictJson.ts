/** JSON that a stranger wrote, read so that neither its size nor its form does harm. */

import { named } from "../text/show.js";
import { repeatedKey } from "./duplicates.js";
import { isRecord } from "./record.js";
import type { Fail } from "./header.js";

/** What a header or an index needs is 3 deep, and has some ten values for each tensor; both are far less than it may have. */
const MOST = { depth: 16, values: 2 ** 22 };

/** The object that a text is, if it is one that says nothing twice.
 *  @param what is read, for the sentences  @param otherwise what follows if it is no JSON */
export function parseStrictly(text: Uint8Array, what: string, otherwise: string, fail: Fail): Record<string, unknown> {
  // Before it is parsed: 100 MB of brackets would become gigabytes of objects.
  const { depth, values } = extent(text);
  if (depth > MOST.depth) fail(`${what} is nested ${depth} deep: ${otherwise}`);
  if (values > MOST.values) fail(`${what} has ${values} values, more than a model needs: ${otherwise}`);
  let json: string;
  let value: unknown;
  try {
    json = new TextDecoder("utf-8", { fatal: true }).decode(text.buffer instanceof ArrayBuffer ? text : text.slice());
    value = JSON.parse(json);
  } catch {
    fail(`${what} is not JSON: ${otherwise}`);
  }
  if (!isRecord(value)) fail(`${what} is not an object: ${otherwise}`);
  const twice = repeatedKey(json);
  if (twice !== null) fail(`${what} has the name ${named(twice)} twice, which the format forbids`);
  return value;
}

/** How deep brackets are nested in a text, if it is JSON, and at least how many keys and values it has. */
function extent(text: Uint8Array): { depth: number; values: number } {
  let [depth, deepest, values] = [0, 0, 0];
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === QUOTE) {
      for (i++; i < text.length && text[i] !== QUOTE; i++) if (text[i] === BACKSLASH) i++;
    } else if (c === OPEN || c === OPEN_LIST) {
      values++;
      deepest = Math.max(deepest, ++depth);
    } else if (c === CLOSE || c === CLOSE_LIST) depth--;
    else if (c === COMMA || c === COLON) values++;
  }
  return { depth: deepest, values };
}

const [OPEN, CLOSE, OPEN_LIST, CLOSE_LIST, QUOTE, BACKSLASH, COMMA, COLON] = Array.from('{}[]"\\,:', (c) =>
  c.charCodeAt(0),
);
