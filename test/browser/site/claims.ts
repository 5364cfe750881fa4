/** The claims of a page, and whether another run of the same notebook holds the same. */

import type { Page } from "playwright-core";

export interface Claim {
  readonly id: string;
  readonly verdict: string;
  readonly values: unknown;
}

export async function claimsIn(page: Page): Promise<Claim[]> {
  const found = await page
    .locator("[data-claim]")
    .evaluateAll((all) =>
      all.map((one) => ["claim", "verdict", "values"].map((name) => one.getAttribute(`data-${name}`)!)),
    );
  return found.map(([id, verdict, values]) => ({ id, verdict, values: JSON.parse(values) as unknown }));
}

/** Engines and builds of the kernels round otherwise, and a training lets that grow: losses differ in their third digit. */
const TOLERANCE = 0.02;
/** What a machine took, or how far it came in a time: another run has other ones. */
const TIMED = /second|time|step|speed|ms|loss|tokens/i;

/** What one has and the other not, as lines. */
export function differences(a: readonly Claim[], b: readonly Claim[]): string[] {
  const ids = (claims: readonly Claim[]): string => claims.map(({ id }) => id).join(" ");
  if (ids(a) !== ids(b)) return [`claims ${ids(a)} against ${ids(b)}`];
  return a.flatMap((one, i) => [
    ...(one.verdict === b[i].verdict ? [] : [`${one.id}: ${one.verdict} against ${b[i].verdict}`]),
    ...compared(one.id, one.values, b[i].values),
  ]);
}

function compared(where: string, a: unknown, b: unknown): string[] {
  if (typeof a === "number" && typeof b === "number") {
    const near = Math.abs(a - b) <= TOLERANCE * Math.max(1, Math.abs(a), Math.abs(b));
    return a === b || (!Number.isInteger(a) && near) || TIMED.test(where) ? [] : [`${where}: ${a} against ${b}`];
  }
  if (typeof a === "object" && typeof b === "object" && a !== null && b !== null) {
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return names.flatMap((name) =>
      compared(`${where}.${name}`, (a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]),
    );
  }
  return a === b ? [] : [`${where}: ${String(a)} against ${String(b)}`];
}
