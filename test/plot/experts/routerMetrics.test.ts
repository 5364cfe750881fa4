import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { routerMetrics } from "../../../lib/plot/index.js";
import { digits } from "../../../lib/text/numbers.js";
import { geometry, read } from "../read.js";

interface Facts {
  metric: string;
  layer: number | null;
  end: number | null;
  median: number | null;
}
const log = (layers: number, steps: number) =>
  Array.from({ length: layers * steps }, (_, i) => {
    const [layer, step] = [i % layers, Math.floor(i / layers)];
    return { step, layer, entropy: 2 - layer / layers - step / steps, flipRate: layer / layers };
  });

describe("routerMetrics", () => {
  test("has a panel for each metric of the rows, and a line for each of a few layers", () => {
    const { all, texts } = read(routerMetrics(log(3, 5)));
    expect(all("svg .metric")).toHaveLength(2);
    expect(texts).toEqual(expect.arrayContaining(["↑ entropy, nats", "↑ flip rate", "layer 1", "layer 2", "layer 3"]));
    expect(texts).not.toContain("median");
  });

  test("has bands for many layers, with the two that are farthest out at the end", () => {
    const figure = routerMetrics(log(61, 164));
    const { texts } = read(figure);
    expect(texts.filter((text) => text?.startsWith("layer"))).toEqual(["layer 61", "layer 60", "layer 61", "layer 60"]);
    expect(texts.filter((text) => text === "median")).toHaveLength(2);
    expect(figure.description).toContain(
      "At the end layer 61 stands out in 2 of 2 metrics; 61 layers; lowest entropy in layer 61",
    );
    expect(figure.html().length).toBeLessThan(300_000);
  });

  test("says of any rows which layer is farthest out, and the median", () => {
    const row = fc.record({
      step: fc.nat(20),
      layer: fc.nat(6),
      entropy: fc.integer({ min: 0, max: 99 }),
      z: fc.nat(99),
    });
    const rows = fc.uniqueArray(row, { selector: ({ step, layer }) => `${step} ${layer}`, minLength: 1 });
    fc.assert(
      fc.property(rows, (all) => {
        const { facts, description } = routerMetrics(all);
        const [entropy, z] = facts as Facts[];
        const lasts = [...new Set(all.map(({ layer }) => layer))].map((layer) =>
          all.filter((one) => one.layer === layer).reduce((a, b) => (b.step > a.step ? b : a)),
        );
        expect(entropy.end).toBe(Math.min(...lasts.map((one) => one.entropy)));
        expect(z.end).toBe(Math.max(...lasts.map((one) => one.z)));
        const sorted = lasts.map((one) => one.z).sort((a, b) => a - b);
        const middle = (sorted.length - 1) / 2;
        expect(z.median).toBe((sorted[Math.floor(middle)] + sorted[Math.ceil(middle)]) / 2);
        expect(description).toContain(
          `highest z term in layer ${z.layer! + 1} (${digits(z.end!, 3)}), median ${digits(z.median!, 3)}`,
        );
      }),
      { numRuns: 40 },
    );
  });

  test("joins halves of a step that were logged apart, and says of steps that were logged twice", () => {
    const whole = log(2, 4);
    const halves = whole.flatMap(({ flipRate, ...row }) => [row, { step: row.step, layer: row.layer, flipRate }]);
    expect(routerMetrics(halves).svg()).toBe(routerMetrics(whole).svg());
    expect(read(routerMetrics([...whole, whole[0]])).texts.join(" ")).toContain("1 step logged twice");
  });

  test("marks what is no number", () => {
    for (const layers of [2, 9]) {
      const rows = log(layers, 6).map((row) => (row.layer === 1 && row.step === 3 ? { ...row, entropy: NaN } : row));
      const figure = routerMetrics(rows);
      expect(read(figure).texts.join(" ")).toMatch(/red\s+crosses: 1 value without a number/);
      expect(
        read(figure)
          .all("svg title")
          .map((title) => title.textContent),
      ).toContain("not a number at step 3");
      expect(geometry(figure)).not.toMatch(/NaN|Infinity/);
    }
    expect(routerMetrics([{ step: 1, gini: Infinity }]).description).toContain("no number at the end");
  });
});

test("each value without a number has its cross: of one layer or of many, at the end or from the first step on", () => {
  for (const layers of [2, 12])
    for (const isBad of [(step: number) => step === 3, (step: number) => step === 1, () => true]) {
      const rows = [1, 2, 3].flatMap((step) =>
        Array.from({ length: layers }, (_, layer) => ({ step, layer, entropy: isBad(step) ? NaN : 1 + layer / step })),
      );
      const { texts, all } = read(routerMetrics(rows));
      expect(texts.join(" ")).toContain("without a number");
      expect(
        all('[data-mark="dot"] path[stroke*="alarm"], [data-mark="dot"][stroke*="alarm"] path').length,
      ).toBeGreaterThan(0);
      expect(texts.join(" ")).not.toMatch(/NaN/);
    }
});

test("a layer that ends without a number keeps its line", () => {
  const rows = [1, 2, 3].flatMap((step) =>
    [0, 1].map((layer) => ({ step, layer, z: layer === 1 && step > 2 ? NaN : step })),
  );
  const { texts, all } = read(routerMetrics(rows));
  expect(all('[data-mark="line"] path')).toHaveLength(2);
  expect(texts).toContain("layer 2");
});
