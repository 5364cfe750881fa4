import { escapeHtml } from "../plot/escape.js";
import { paletteRules, color, type ColorName } from "../plot/palette.js";
import { digits, grouped } from "../text/numbers.js";
import { jsonText, oneLine } from "../text/printable.js";
import { named, show } from "../text/show.js";
import { type ClaimId, claimed, claimIds } from "./claims/ledger.js";
import { display } from "./display.js";
import { host } from "./host.js";
import type { Picture } from "./picture.js";

/** What a claim was computed to be: numbers, words, lists of them. */
export type ClaimValue =
  number | string | boolean | null | readonly ClaimValue[] | { readonly [name: string]: ClaimValue };

/** Whether a claim holds, as the run says: one answer, or one for each of its parts, by what it is called. */
export type Verdict = boolean | Readonly<Record<string, boolean>>;

export interface ClaimResult {
  readonly verdict: Verdict;
  /** At most three, by plain labels: what the badge shows of the run. */
  readonly numbers?: Readonly<Record<string, number | string>>;
  /** All other values: exact, for the test of the claim. */
  readonly [name: string]: ClaimValue | undefined;
}

/** Ends a cell that shows a claim of the ledger (claims/ledger.ts): prints the claim, who makes it, whether it holds, and up to three numbers.
 *  It holds if its verdict is true, or all of its parts are; it is half true if some are; else it fails. The other values are left,
 *  exact, in the output, where the test of that claim reads them (`data-claim`, `data-verdict`, `data-values`).
 *
 *      claim("C1", { verdict: total === 46_702_792_704, numbers: { parameters: total, "active for a token": active }, total, active })  */
export function claim(id: ClaimId, result: ClaimResult): void {
  if (!claimIds.includes(id))
    throw new Error(`claim needs an id of the ledger, one of ${claimIds.join(" ")}, got ${show(id)}`);
  if (typeof result !== "object" || (result as unknown) === null)
    throw new Error(`claim ${id}: needs an object with a verdict and values, got ${show(result)}`);
  const { verdict, numbers = {}, ...values } = result;
  const parts = partsOf(id, verdict);
  const labels = typeof numbers === "object" && (numbers as unknown) !== null ? Object.keys(numbers) : [];
  if (labels.length > 3)
    throw new Error(`claim ${id}: shows at most three numbers, got ${labels.length}: leave the others as values`);
  for (const [name, value] of Object.entries({ ...numbers, ...values })) {
    const problem = problemOf(value, 0);
    if (problem) throw new Error(`claim ${id}: the value '${named(name)}' ${problem}, so nothing was shown`);
  }
  const shown = labels.map((label) => [label, inWords(numbers[label])] as const);
  const word = inOneWord(parts);
  if (host() === "node")
    console.log(`claim ${id} ${word}: ${claimed(id).words} ${jsonText({ ...numbers, ...values })}`);
  else display(badge(id, word, parts, shown, values));
}

type Parts = readonly (readonly [string, boolean])[];
type Word = keyof typeof LOOKS;

const LOOKS = {
  holds: ["✓", "third"],
  "half true": ["≈", "moe"],
  fails: ["✗", "alarm"],
} as const satisfies Record<string, readonly [string, ColorName]>;

function partsOf(id: string, verdict: unknown): Parts {
  const parts = typeof verdict === "object" && verdict !== null ? Object.entries(verdict) : [["", verdict] as const];
  if (parts.length > 0 && parts.every((part): part is [string, boolean] => typeof part[1] === "boolean")) return parts;
  throw new Error(
    `claim ${id}: needs a verdict that the run computed, true or false, or an object of these by its parts, got ${show(verdict)}`,
  );
}

function inOneWord(parts: Parts): Word {
  if (parts.every(([, holds]) => holds)) return "holds";
  return parts.some(([, holds]) => holds) ? "half true" : "fails";
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

/** "1,234", "0.1235", or the words given. */
function inWords(value: unknown): string {
  if (typeof value !== "number") return show(value).replace(/^"|"$/g, "");
  return Number.isInteger(value) ? grouped(value) : digits(value);
}

/** A space at which no line ends. */
const STAYS = "\u00a0";
/** No line begins with the dot. */
const DOT = `${STAYS}· `;

function badge(
  id: ClaimId,
  word: Word,
  parts: Parts,
  numbers: readonly (readonly [string, string])[],
  values: object,
): Picture {
  const { words, sources } = claimed(id);
  const [sign, tint] = LOOKS[word];
  const safe = (text: string): string => escapeHtml(oneLine(text));
  const chip = `display:inline-block;padding:0 8px;margin-right:8px;border:1px solid;border-radius:9px;font-weight:600;color:${color(tint)}`;
  const line = (markup: string, style = ""): string =>
    markup ? `<div style="margin-top:3px${style}">${markup}</div>` : "";
  const named = parts.filter(([name]) => name).map(([name, holds]) => `${holds ? "✓" : "✗"}${STAYS}${safe(name)}`);
  const counted = numbers.map(([label, value]) => `${safe(label)} <b>${safe(value)}</b>`);
  const data = `data-claim="${id}" data-verdict="${word}" data-values="${escapeHtml(jsonText(values))}"`;
  return {
    name: `claim-${id}`,
    description: `claim ${id} ${word}: ${words} ${jsonText(values)}`,
    html: () =>
      `<div class="twinformer twinformer-claim" ${data} style="margin:6px 0;padding:4px 10px;border-left:4px solid ${color(tint)};font-size:13px;line-height:1.45;max-width:680px;overflow-wrap:anywhere">` +
      `<style>${paletteRules()}</style>` +
      `<div><span style="${chip}">${sign} ${word}</span><i>${safe(words)}</i></div>` +
      line(named.join(DOT)) +
      line(counted.join(DOT)) +
      line(`Claim ${id}, made in: ${sources.map(safe).join("; ")}`, `;font-size:12px;color:${color("muted")}`) +
      `</div>`,
  };
}
