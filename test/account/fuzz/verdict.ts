/** How near a count of lib/account is to transformers' class. */

import { account, type Config, ConfigError } from "../../../lib/account/index.js";

/** A row of fuzz.py. */
export interface FuzzRow {
  readonly type: string;
  /** The field that was changed; null: a config of defaults. */
  readonly field: string | null;
  readonly form: string;
  readonly config: Config;
  readonly total: number;
}

/** near: within 1 %, and a note says what was assumed. WRONG: further off, or a difference without a note. */
export type Verdict = "exact" | "near" | "refused" | "WRONG";

export function judge({ config, total }: Pick<FuzzRow, "config" | "total">): { verdict: Verdict; says: string } {
  let counted;
  try {
    counted = account(config);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return { verdict: "refused", says: error.message };
  }
  const ours = Number(counted.total);
  if (ours === total) return { verdict: "exact", says: counted.countedAs };
  const off = `${((100 * (ours - total)) / total).toFixed(3)} % as ${counted.countedAs}, ${counted.notes.join("; ")}`;
  const near = Math.abs(ours - total) <= 0.01 * total && counted.notes.length > 0;
  return { verdict: near ? "near" : "WRONG", says: off };
}
