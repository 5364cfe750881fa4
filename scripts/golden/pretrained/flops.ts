/** FLOPs that torch counted in `meta.json` of a model: as one text was read, all scores computed, the head on every token. */

import { existsSync } from "node:fs";
import { join } from "node:path";
import { type Account, account } from "../../../lib/account/index.js";
import { flops } from "../../../lib/cost/index.js";
import { compare, type Difference, tolerances } from "../compare.js";
import { readJson } from "../data.js";

interface Meta {
  flops_forward_batch1?: { tokens: number; total: number; by_op: Readonly<Record<string, number>> };
}

/** One comparison of all products, and one of those in which no weight takes part. @param path folder of the model */
export function flopDifferences(path: string): Difference[] {
  const file = join(path, "meta.json");
  const counts = existsSync(file) ? readJson<Meta>(file).flops_forward_batch1 : undefined;
  if (!counts) return [];
  const { tokens, total, by_op: byOp } = counts;
  const counted = account(readJson(join(path, "config.json")), { file: "config.json" });
  const options = { phase: "prefill", context: tokens, mask: "square", head: "all", latent: "expanded" } as const;
  const own = flops(counted, options);
  const scores = own.rows.find(({ component }) => component === "attention scores and values")?.flops ?? 0;
  const rotary = rotaryFlops(counted, tokens);
  return [
    exact("flops_forward_batch1.total", own.total + rotary, total),
    exact("flops_forward_batch1.by_op.aten.bmm", scores + rotary, byOp["aten.bmm"] ?? 0),
  ];
}

/** Rotary positions are the outer product of the tokens' numbers and half as many frequencies as a head has rotary numbers, once a
 *  text. GPT-2 has a table instead. */
function rotaryFlops({ letters, byKind }: Account, tokens: number): number {
  const size = ["K_r", "K"].map((name) => letters.find(({ letter }) => letter === name)).find((found) => found);
  return byKind.position > 0n ? 0 : Number(size?.value ?? 0n) * tokens;
}

const exact = (field: string, actual: number, expected: number): Difference =>
  compare(field, { shape: [], data: [actual] }, { shape: [], data: [expected] }, tolerances.exact);
