/** What a run must have in common with its save, so that it goes on to the same numbers: names with plain values. */

import { isModule, type Module } from "../../nn/module.js";
import { clip, named, showAll } from "../../text/show.js";
import { checksum } from "./checksum.js";
import { isPlain } from "./plain.js";

/** A value by its path: "optimizer.eps" -> "1e-8". As text, so that equal is equal. */
export type Facts = Readonly<Record<string, string>>;

const isValue = (value: unknown): boolean =>
  value === null || typeof value === "number" || typeof value === "string" || typeof value === "boolean";

/** The values in plain data by their paths, a list of them as one. What is no plain data is left out. */
export function factsOf(
  value: unknown,
  path: string,
  facts: Record<string, string> = {},
  opened = new Set<unknown>(),
): Record<string, string> {
  if (isValue(value) || (Array.isArray(value) && value.every(isValue))) facts[path] = short(inWords(value));
  else if ((Array.isArray(value) || isPlain(value)) && !opened.has(value)) {
    opened.add(value);
    for (const [key, inner] of Object.entries(value)) factsOf(inner, path ? `${path}.${key}` : key, facts, opened);
  }
  return facts;
}

/** As a sentence shows it: numbers in JavaScript's words, texts in quotes. */
function inWords(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inWords).join(", ")}]`;
  if (typeof value === "string") return JSON.stringify(value);
  return Object.is(value, -0) ? "-0" : String(value);
}

/** A long list by its checksum: a save need not hold a table to tell it from another. */
const short = (text: string): string =>
  text.length <= 200 ? text : `${clip(text, 40)} (checksum ${checksum(new TextEncoder().encode(text))})`;

/** What the modules of a model were made with: the plain values among their properties; or, apart from these, their configs, which may
 *  change on the way (see `changeRouting`). What a module counts by itself would differ between a new model and one that has worked,
 *  so a model is asked before it works, but for its configs. */
export function modelFacts(model: Module, ofConfigs = false): Facts {
  const facts: Record<string, string> = {};
  for (const [path, module] of [["", model] as const, ...model.namedModules()])
    for (const [key, value] of Object.entries(module))
      if (key !== "training" && (key === "config") === ofConfigs && !isModule(value))
        factsOf(value, ["model", path, key].filter(Boolean).join("."), facts);
  return facts;
}

/** What differs, in words; null where nothing does. */
export function difference(here: Facts, there: Facts): string | null {
  const value = (facts: Facts, name: string): string => (Object.hasOwn(facts, name) ? facts[name] : "absent");
  const names = [...new Set([...Object.keys(here), ...Object.keys(there)])];
  const other = names.filter((name) => value(here, name) !== value(there, name));
  if (other.length === 0) return null;
  const [first, ...rest] = other;
  const few = rest.length > 4 ? `${showAll(rest.slice(0, 3))} and ${rest.length - 3} more` : showAll(rest);
  const more = rest.length ? `; other differences: ${few}` : "";
  return `${named(first)} is ${clip(value(here, first), 120)} here and ${clip(value(there, first), 120)} in the save${more}`;
}
