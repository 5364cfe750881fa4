import { escapeHtml } from "../plot/escape.js";
import { jsonText } from "../text/printable.js";
import { named, show } from "../text/show.js";
import { display } from "./display.js";
import { host } from "./host.js";
import type { Picture } from "./picture.js";

/** What a claim was computed to be: numbers, words, lists of them. */
export type ClaimValue =
  number | string | boolean | null | readonly ClaimValue[] | { readonly [name: string]: ClaimValue };

/** Ends a cell that shows a claim: prints a badge with the values and leaves them, exact, in the output, where the test of that
 *  claim reads them (`data-claim`, `data-values`).
 *
 *      claim("C1", { total, active })  */
export function claim(id: string, values: Readonly<Record<string, ClaimValue>>): void {
  if (typeof id !== "string" || !/^[A-Z]\d+$/.test(id))
    throw new Error(`claim needs an id of the ledger, such as "C1", got ${show(id)}`);
  if (typeof values !== "object" || values === null)
    throw new Error(`claim ${id}: needs an object of values, got ${show(values)}`);
  for (const [name, value] of Object.entries(values)) {
    const problem = problemOf(value, 0);
    if (problem) throw new Error(`claim ${id}: the value '${named(name)}' ${problem}, so nothing was shown`);
  }
  if (host() === "node") console.log(`claim ${id}: ${jsonText(values)}`);
  else display(badge(id, values));
}

/** Why a value could not be left in the output exactly, or null. */
function problemOf(value: unknown, depth: number): string | null {
  if (value === undefined) return "is missing";
  if (typeof value === "number") return Number.isFinite(value) ? null : `is ${value}`;
  if (value === null || typeof value === "string" || typeof value === "boolean") return null;
  if (typeof value !== "object") return `is ${show(value)}`;
  if (depth > 20) return "is too deep";
  for (const inner of Object.values(value)) {
    const problem = problemOf(inner, depth + 1);
    if (problem) return `has one inside that ${problem}`;
  }
  return null;
}

function badge(id: string, values: Readonly<Record<string, ClaimValue>>): Picture {
  const chip =
    "display:inline-block;padding:1px 8px;border-radius:9px;border:1px solid;font-weight:600;margin-right:8px";
  const words = Object.entries(values).map(
    ([name, value]) => `${escapeHtml(name)} <b>${escapeHtml(inWords(value))}</b>`,
  );
  const data = `data-claim="${id}" data-values="${escapeHtml(jsonText(values))}"`;
  return {
    name: `claim-${id}`,
    description: `claim ${id}: ${jsonText(values)}`,
    html: () =>
      `<p class="twinformer-claim" ${data} style="margin:4px 0;font-size:13px"><span style="${chip}">claim ${id}</span>${words.join(" · ")}</p>`,
  };
}

/** "1,234", "0.1235", "[1, 2]", "lowest 2.977, highest 3.127": for reading; the exact values are in the data. */
function inWords(value: ClaimValue): string {
  if (typeof value === "number")
    return Number.isInteger(value) ? value.toLocaleString("en") : String(Number(value.toPrecision(4)));
  if (typeof value !== "object" || value === null) return String(value);
  if (Array.isArray(value))
    return value.length > 4
      ? `${value.length} values`
      : `[${value.map((item) => inWords(item as ClaimValue)).join(", ")}]`;
  return `(${Object.entries(value)
    .map(([name, inner]) => `${name} ${inWords(inner)}`)
    .join(", ")})`;
}
