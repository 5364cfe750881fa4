import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { switchOffBars } from "../../../lib/plot/index.js";
import { read } from "../read.js";

const rows = [1, 4, -2].map((cost, expert) => ({ expert, loss: 2 + cost / 8, base: 2 }));
const number = (node: Element, name: string) => Number(node.getAttribute(name));

describe("switchOffBars", () => {
  test("has a bar as long as the loss rises, the largest first, to the left where it falls", () => {
    const { all, texts } = read(switchOffBars(rows));
    const bars = all("svg .cost rect");
    expect(number(bars[0], "width") / number(bars[1], "width")).toBeCloseTo(4, 1);
    expect(number(bars[2], "x") + number(bars[2], "width")).toBeCloseTo(number(bars[0], "x"), 1);
    const shown = texts.filter((text) => /^(expert|[+−])/.test(text ?? ""));
    expect(shown).toEqual(["expert 1", "+0.5", "expert 0", "+0.125", "expert 2", "−0.25"]);
    expect(texts).toContain("average +0.125");
    expect(switchOffBars(rows).description).toBe(
      "Switching off expert 1 costs most, +0.5 of loss; 1 of 3 experts costs nothing; 3 experts; expert 1 +0.5; expert 0 +0.125; expert 2 −0.25.",
    );
  });

  test("says of any rows which expert costs most, and how many nothing", () => {
    const row = fc.record({ expert: fc.nat(5), layer: fc.nat(2), loss: fc.integer({ min: -50, max: 50 }) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (all) => {
        const experts = new Map<string, number[]>();
        for (const { expert, layer, loss } of all)
          experts.set(`${layer} ${expert}`, [...(experts.get(`${layer} ${expert}`) ?? []), loss]);
        const costs = [...experts.values()].map((own) => own.reduce((a, b) => a + b) / own.length);
        const figure = switchOffBars(all);
        const facts = figure.facts as { most: number; average: number; free: number; experts: number };
        expect(facts.experts).toBe(costs.length);
        expect(facts.most).toBeCloseTo(Math.max(...costs), 9);
        expect(facts.average).toBeCloseTo(costs.reduce((a, b) => a + b) / costs.length, 9);
        expect(facts.free).toBe(costs.filter((cost) => cost <= 0).length);
        const { all: find } = read(figure);
        expect(find("svg .cost")).toHaveLength(costs.length);
        for (const bar of find("svg .cost rect")) {
          expect(number(bar, "x")).toBeGreaterThan(0);
          expect(number(bar, "x") + number(bar, "width")).toBeLessThanOrEqual(figure.width);
        }
      }),
    );
  });

  test("gathers the middle of many experts in one line that has their average", () => {
    const many = Array.from({ length: 61 * 256 }, (_, i) => ({ layer: Math.floor(i / 256), expert: i % 256, loss: i }));
    const figure = switchOffBars(many);
    const { all, texts } = read(figure);
    expect(all("svg .cost")).toHaveLength(24);
    expect(texts).toContain("15,592 others");
    expect(texts).toContain("layer 61 expert 255");
    expect(figure.html().length).toBeLessThan(300_000);
  });

  test("names what has no finite number", () => {
    const figure = switchOffBars([...rows, { expert: 7, loss: NaN }]);
    expect(read(figure).texts.join(" ")).toMatch(/no finite\s+number: expert 7/);
    expect(read(switchOffBars([{ expert: 0, loss: Infinity }])).texts).toContain("no numbers");
  });
});
