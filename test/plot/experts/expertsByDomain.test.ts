import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { expertsByDomain } from "../../../lib/plot/index.js";
import { percent } from "../../../lib/text/numbers.js";
import { read } from "../read.js";

type Facts = Record<"domains" | "experts" | "tokens" | "moved" | "chance", number>;
const table = (counts: readonly (readonly number[])[], more = {}) =>
  counts.flatMap((own, d) => own.map((count, expert) => ({ domain: `d${d}`, expert, count, ...more })));

describe("expertsByDomain", () => {
  test("has the logarithm of each count against the average in its cell, in two matrices", () => {
    const rows = table([[30, 10], [10, 30]]); // prettier-ignore
    const { all, texts } = read(expertsByDomain([...rows, ...table([[20, 20], [20, 20]], { shuffled: true })])); // prettier-ignore
    expect(all("svg .slice")).toHaveLength(2);
    const titles = all("svg .cells title").map((title) => title.textContent.replace("−", "-"));
    const value = (name: string) => Number(titles.find((title) => title.startsWith(name))!.split(": ")[1]);
    expect(value("d0, 0")).toBeCloseTo(Math.log2(30.5 / 20.5), 4);
    expect(value("d0, 1")).toBeCloseTo(Math.log2(10.5 / 20.5), 4);
    expect(texts).toEqual(expect.arrayContaining(["as counted", "domains shuffled", "d0", "d1"]));
    expect(texts.join(" ")).not.toContain("drawn at random");
  });

  test("says which share of the tokens goes elsewhere than the average, for any counts", () => {
    const counts = fc.array(fc.array(fc.nat(60), { minLength: 4, maxLength: 4 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(counts, (all) => {
        const figure = expertsByDomain(table(all));
        const total = all.flat().reduce((a, b) => a + b, 0);
        if (total === 0) return;
        const columns = [0, 1, 2, 3].map((e) => all.reduce((sum, own) => sum + own[e], 0));
        const moved = all.reduce((sum, own) => {
          const size = own.reduce((a, b) => a + b, 0);
          return sum + own.reduce((far, count, e) => far + Math.abs(count - (size * columns[e]) / total), 0) / 2;
        }, 0);
        const { tokens, moved: said } = figure.facts as Facts;
        expect(tokens).toBe(total);
        expect(said).toBeCloseTo(moved / total, 9);
        expect(figure.description).toContain(`By their domain ${percent(said)} of the tokens`);
      }),
    );
  });

  test("draws the baseline anew from the sums: near nothing for many tokens, much for few", () => {
    const many = expertsByDomain(table([[90_000, 10_000], [10_000, 90_000]])).facts as Facts; // prettier-ignore
    expect(many.moved).toBeCloseTo(0.4, 9);
    expect(many.chance).toBeLessThan(0.01);
    const few = expertsByDomain(table(Array.from({ length: 8 }, (_, d) => [0, 1, 2, 3].map((e) => (d + e) % 2)))).facts;
    expect((few as Facts).chance).toBeGreaterThan(0.1);
    const figure = () => expertsByDomain(table([[9, 1], [1, 9]])).svg(); // prettier-ignore
    expect(figure()).toBe(figure());
  });

  test("has full color from eight times as many on, so that one empty cell does not pale the others", () => {
    const { texts } = read(expertsByDomain(table([[0, 9000], [3000, 6000]]))); // prettier-ignore
    expect(texts).toEqual(expect.arrayContaining(["−3", "3"]));
    expect(texts.join(" ")).toContain("full color: 8 times as many, or an eighth, and beyond");
    const near = read(expertsByDomain(table([[30, 10], [10, 30]]))).texts; // prettier-ignore
    expect(near.join(" ")).not.toContain("full color");
    expect(near).not.toContain("3");
  });

  test("gathers small domains, and loses none of their tokens", () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => ({
      domain: `d${i % 100}`,
      expert: i % 256,
      count: 1 + (i % 100),
    }));
    const figure = expertsByDomain(rows);
    const { texts } = read(figure);
    expect(texts.join(" ")).toContain("the 23 largest of 100 domains, and the others together");
    expect(figure.facts).toMatchObject({
      domains: 100,
      experts: 256,
      tokens: rows.reduce((sum, { count }) => sum + count, 0),
    });
    expect(figure.html().length).toBeLessThan(300_000);
  });
});
