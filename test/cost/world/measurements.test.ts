import { describe, expect, test } from "vitest";
import { findModel } from "../../../lib/account/index.js";
import { measurements } from "../../../lib/cost/world/measurements.js";

const rows = measurements.map(
  (row) => [`${row.model} on ${row.devices} ${row.device}, ${row.source.title}`, row] as const,
);

describe("published measurements", () => {
  test.each(rows)("%s says where it is from", (_, { source, quote, figure }) => {
    expect(source.address).toMatch(/^https:\/\/\S+$/);
    expect(source.date).toMatch(/^20\d\d-\d\d(-\d\d)?$/);
    expect(source.read).toMatch(/^20\d\d-\d\d-\d\d$/);
    expect(source.date <= source.read).toBe(true);
    expect(source.title.length).toBeGreaterThan(5);
    expect(source.quote.length).toBeGreaterThan(10);
    expect(quote).toContain(figure);
  });

  // A figure is a speed, of all devices or of one or of a node, or a time for a prompt in milliseconds.
  test.each(rows)(
    "%s: its tokens per second are its figure's",
    (_, { figure, tokensPerSecond, devices, phase, context }) => {
      const [, digits, thousand] = /^([\d.,]+)(k?)$/.exec(figure)!;
      const printed = Number(digits.replaceAll(",", "")) * (thousand ? 1000 : 1);
      const meant = [1, devices, devices / 8].map((times) => printed * times);
      if (phase === "prefill") meant.push((context * 1000) / printed);
      expect(meant.some((value) => Math.abs(value / tokensPerSecond - 1) < 1e-9)).toBe(true);
    },
  );

  test.each(rows)("%s has a model that is counted, and all conditions", (_, row) => {
    expect(findModel(row.model)?.config).toBeTruthy();
    const sizes = [row.devices, row.batch === "most" ? 1 : row.batch, row.context];
    for (const size of sizes) expect(Number.isInteger(size) && size >= 1).toBe(true);
    if (typeof row.weights === "object" && "fileBytes" in row.weights)
      expect(row.weights.fileBytes).toBeGreaterThan(1e9);
  });

  test("are of many kinds: mixtures and dense models, one text and many, prompts, one device and many, 4 to 16 bits", () => {
    const count = (is: (row: (typeof measurements)[number]) => boolean) => measurements.filter(is).length;
    const mixture = (name: string) => "num_experts_per_tok" in (findModel(name)!.config as object);
    expect(measurements.length).toBeGreaterThanOrEqual(20);
    expect(count(({ model }) => mixture(model))).toBeGreaterThanOrEqual(5);
    expect(count(({ model }) => !mixture(model))).toBeGreaterThanOrEqual(5);
    expect(count(({ phase }) => phase === "prefill")).toBeGreaterThanOrEqual(5);
    expect(count(({ phase, batch }) => phase === "decode" && (batch === "most" || batch > 32))).toBeGreaterThanOrEqual(
      5,
    );
    expect(count(({ devices }) => devices >= 8)).toBeGreaterThanOrEqual(5);
    expect(new Set(measurements.map(({ device }) => device)).size).toBeGreaterThanOrEqual(10);
    expect(new Set(measurements.map(({ source }) => source.address)).size).toBeGreaterThanOrEqual(10);
  });
});
