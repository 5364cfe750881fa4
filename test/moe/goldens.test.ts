import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";
import { runGolden } from "../../scripts/golden/run.js";

it("every router agrees with the papers' formulas in float64, and the Switch layer with transformers", () => {
  const lines: string[] = [];
  const { failed, passed } = runGolden(fileURLToPath(new URL("../golden/moe", import.meta.url)), (line) =>
    lines.push(line),
  );
  expect(lines.filter((line) => line.includes("FAIL"))).toEqual([]);
  expect({ failed, passed }).toEqual({ failed: 0, passed: 11 });
});
