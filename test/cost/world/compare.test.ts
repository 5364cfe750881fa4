import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { account, findModel } from "../../../lib/account/index.js";
import { bound, expertsTouched, stepBytes } from "../../../lib/cost/index.js";
import { compareWithWorld } from "../../../lib/cost/world/compare.js";
import { NEAR, worldText } from "../../../lib/cost/world/text.js";
import { worldPage } from "../../../scripts/docs/world.js";

const rows = compareWithWorld();
const named = rows.map(
  (row) =>
    [
      `${row.measurement.model} on ${row.measurement.devices} ${row.measurement.device}: ${row.measurement.quote}`,
      row,
    ] as const,
);

describe("the bound beside the world", () => {
  test.each(named)("nobody was faster: %s", (_, { ratio, bound: most, measurement }) => {
    expect(ratio).toBeLessThanOrEqual(1);
    expect(ratio).toBeGreaterThan(0.05);
    expect(ratio).toBeCloseTo(measurement.tokensPerSecond / most, 12);
  });

  test("at least six of ten come near, and so do mixtures, prompts, large batches and eight devices", () => {
    const near = ({ ratio }: (typeof rows)[number]) => ratio >= NEAR;
    expect(rows.length).toBeGreaterThanOrEqual(10);
    expect(rows.filter(near).length / rows.length).toBeGreaterThanOrEqual(0.6);
    const kinds: ((row: (typeof rows)[number]) => boolean)[] = [
      ({ measurement }) => account(findModel(measurement.model)!.config!).experts.total > 0,
      ({ measurement }) => measurement.phase === "prefill",
      ({ measurement, batch }) => measurement.phase === "decode" && batch >= 50,
      ({ measurement }) => measurement.devices === 8,
      ({ bits }) => bits < 5,
      ({ by }) => by === "compute",
      ({ by }) => by === "memory",
    ];
    for (const kind of kinds) expect(rows.filter(kind).filter(near).length).toBeGreaterThanOrEqual(2);
  });

  test("a bound with experts by chance would be wrong: a batch on a DGX Spark beats it", () => {
    const beaten = rows.filter(({ ratioByChance }) => ratioByChance !== null && ratioByChance > 1);
    expect(beaten.map(({ measurement: { model, device } }) => `${model} ${device}`)).toContain(
      "Qwen3-30B-A3B DGX-Spark",
    );
    for (const { ratio, ratioByChance } of rows)
      if (ratioByChance !== null) expect(ratioByChance).toBeGreaterThanOrEqual(ratio - 1e-12);
  });

  test("fewest: k experts whatever the batch, uniform: what expertsTouched says", () => {
    const qwen = account(findModel("Qwen3-30B-A3B")!.config!);
    const step = { phase: "decode", context: 100 } as const;
    const one = stepBytes(qwen, step).experts;
    for (const batch of [1, 8, 500]) {
      expect(stepBytes(qwen, { ...step, batch, touched: "fewest" }).experts).toBeCloseTo(one, 0);
      const uniform = stepBytes(qwen, { ...step, batch }).experts;
      expect(uniform / one).toBeCloseTo(expertsTouched(128, 8, batch) / 8, 9);
    }
    const speed = (touched: "uniform" | "fewest") =>
      bound(qwen, "H200-SXM", { ...step, batch: 8, touched }).tokensPerSecond;
    expect(speed("fewest")).toBeGreaterThan(speed("uniform"));
    expect(() => stepBytes(qwen, { ...step, touched: "few" as "fewest" })).toThrow(/touched must be/);
  });

  test("prints each in columns, or in blocks where they do not fit", () => {
    const wide = worldText(140).split("\n");
    expect(wide[0]).toMatch(/^model +device +phase +texts +tokens +bits +measured +bound +ratio +by$/);
    expect(wide).toHaveLength(rows.length + 3);
    expect(wide.at(-1)).toMatch(/^\d+ measurements: 0 above the bound, \d+ from 0.35 to 1 of it\.$/);
    for (const width of [40, 80])
      for (const line of worldText(width, rows.slice(0, 4)).split("\n").slice(0, -1))
        expect(line.length).toBeLessThanOrEqual(width);
  });

  test("docs/measurements.md is what the data say", async () => {
    expect(readFileSync(new URL("../../../docs/measurements.md", import.meta.url), "utf8")).toBe(await worldPage());
  });
});
