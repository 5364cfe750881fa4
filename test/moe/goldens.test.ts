import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runGolden } from "../../scripts/golden/run.js";

it.each([
  ["every router agrees with the papers' formulas in float64, and the Switch layer with transformers", "moe", 11],
  ["and so with other options: see test/golden/python/routing_more.py", "data/moe", 26],
])("%s", async (_, folder, cases) => {
  const lines: string[] = [];
  const { failed, passed } = await runGolden(fileURLToPath(new URL(`../golden/${folder}`, import.meta.url)), (line) =>
    lines.push(line),
  );
  expect(lines.filter((line) => line.includes("FAIL"))).toEqual([]);
  expect({ failed, passed }).toEqual({ failed: 0, passed: cases });
});
