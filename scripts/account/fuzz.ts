/** `npm run account:fuzz [-- FILE] [--rows]`: what test/account/fuzz/fuzz.py counted, beside lib/account's counts, a line a type. */

import { readFileSync } from "node:fs";
import { judge, type FuzzRow, type Verdict } from "../../test/account/fuzz/verdict.js";

const [file = "build/account/fuzz.json"] = process.argv.slice(2).filter((word) => !word.startsWith("-"));
const every = process.argv.includes("--rows");
const { rows, failed } = JSON.parse(readFileSync(file, "utf8")) as { rows: FuzzRow[]; failed: string[] };

const sums: Record<Verdict, number> = { exact: 0, near: 0, refused: 0, WRONG: 0 };
const worst = new Map<string, { verdicts: Record<Verdict, number>; says: string }>();
for (const row of rows) {
  const judged = judge(row);
  sums[judged.verdict]++;
  const type = worst.get(row.type) ?? { verdicts: { exact: 0, near: 0, refused: 0, WRONG: 0 }, says: "" };
  type.verdicts[judged.verdict]++;
  if (judged.verdict !== "exact" && (type.says === "" || judged.verdict === "WRONG"))
    type.says = `${row.field ?? "default"} (${row.form}): ${judged.says}`;
  worst.set(row.type, type);
  if (every && judged.verdict !== "exact")
    console.log([row.type, row.field, row.form, judged.verdict, judged.says].join("\t"));
}
for (const [type, { verdicts, says }] of worst) {
  const counts = Object.entries(verdicts).filter(([, times]) => times > 0);
  console.log(`${type.padEnd(26)} ${counts.map(([verdict, times]) => `${times} ${verdict}`).join(", ")}  ${says}`);
}
const refused = rows.filter(
  (row) => row.field === null && row.form === "full" && judge(row).verdict === "refused",
).length;
console.log(`${refused} of ${worst.size} types refused`);
console.log(`${rows.length} configs of ${worst.size} types:`, sums, `could not be built: ${failed.join(", ")}`);
