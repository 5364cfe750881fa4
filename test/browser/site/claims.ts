/** The claims of a notebook, and whether another run of it holds the same. */

export interface Claim {
  readonly id: string;
  readonly verdict: string;
  readonly values: unknown;
}

/** Numbers of float32 in another order of adding: kernels with and without fused multiply-adds, other engines' exp and log. */
const ROUNDING = 1e-5;

/** What is said by more than that, by "notebook claim.value", with the reason. All else is exact, but for rounding. */
const KNOWN: readonly { readonly where: RegExp; readonly within: number; readonly why: string }[] = [
  {
    where: /^08-inference (C2\.grows\.speed|C3\.over(Total|Active)|C3 verdict)/,
    within: Infinity,
    why: "times of this machine",
  },
  {
    where: /^04-routing B3\.(agreement|byChance)/,
    within: 0.01,
    why: "shares of 1024 tokens after a training: where two experts are as good, rounding decides",
  },
];

/** What one has and the other not, as lines.
 *  @param notebook "04-routing" */
export function differences(notebook: string, a: readonly Claim[], b: readonly Claim[]): string[] {
  const ids = (claims: readonly Claim[]): string => claims.map(({ id }) => id).join(" ");
  if (ids(a) !== ids(b)) return [`claims ${ids(a)} against ${ids(b)}`];
  return a.flatMap((one, i) => [
    ...compared(`${notebook} ${one.id} verdict`, one.verdict, b[i].verdict),
    ...compared(`${notebook} ${one.id}`, one.values, b[i].values),
  ]);
}

function compared(where: string, a: unknown, b: unknown): string[] {
  if (typeof a === "object" && typeof b === "object" && a !== null && b !== null) {
    const names = [...new Set([...Object.keys(a), ...Object.keys(b)])];
    return names.flatMap((name) =>
      compared(`${where}.${name}`, (a as Record<string, unknown>)[name], (b as Record<string, unknown>)[name]),
    );
  }
  if (a === b) return [];
  const within = KNOWN.find((known) => known.where.test(where))?.within ?? ROUNDING;
  if (within === Infinity) return [];
  // Counts are exact: two whole numbers that differ are two numbers.
  const areMeasures = typeof a === "number" && typeof b === "number" && !(Number.isInteger(a) && Number.isInteger(b));
  if (areMeasures && Math.abs(a - b) <= within * Math.max(1, Math.abs(a), Math.abs(b))) return [];
  return [`${where}: ${String(a)} against ${String(b)}`];
}
