import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { topTokens } from "../../../lib/plot/index.js";
import { percent } from "../../../lib/text/numbers.js";
import { read } from "../read.js";

const rows = [
  { expert: 0, token: " the", count: 6 },
  { expert: 0, token: "sea", count: 2 },
  { expert: 1, token: " the", count: 4 },
];
const width = (node: Element) => Number(node.getAttribute("width"));

describe("topTokens", () => {
  test("has each expert's tokens in order of their share, which bars and numbers show", () => {
    const { all, texts } = read(topTokens(rows));
    const [first, second] = all("svg .expert");
    expect(Array.from(first.querySelectorAll(".token")).map((text) => text.textContent)).toEqual(["␣the", "sea"]);
    const bars = Array.from(first.querySelectorAll(".share"));
    expect(width(bars[0]) / width(bars[1])).toBeCloseTo(3, 1);
    expect(bars.map((bar) => /twin-(\w+)/.exec(bar.getAttribute("fill")!)![1])).toEqual(["moe", "moe"]);
    expect(second.querySelector(".share")!.getAttribute("fill")).toContain("dense"); // 4 of 10 are here
    expect(texts).toEqual(expect.arrayContaining(["75 %", "25 %", "66.7 % of all", "33.3 % of all"]));
  });

  test("counts occurrences row by row, and by weight where there is one", () => {
    const once = rows.flatMap(({ expert, token, count }) => Array.from({ length: count }, () => ({ expert, token })));
    expect(topTokens(once).svg()).toBe(topTokens(rows).svg());
    const weighted = rows.map((row) => ({ ...row, weight: row.token === "sea" ? 3 : 1 }));
    expect(read(topTokens(weighted)).texts).toContain("50 %");
  });

  test("says of any rows what the most specialized expert does", () => {
    const row = fc.record({ expert: fc.nat(4), token: fc.constantFrom(...Array.from("abcdefgh")), count: fc.nat(20) });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 40 }), (all) => {
        const figure = topTokens(all);
        const { narrowest, share, work } = figure.facts as Record<"narrowest" | "share" | "work", number | null>;
        expect(work).toBe(all.reduce((sum, { count }) => sum + count, 0));
        if (narrowest === null) return;
        const own = all.filter(({ expert }) => expert === narrowest);
        const counts = Array.from("abcdefgh")
          .map((token) => own.reduce((sum, one) => sum + (one.token === token ? one.count : 0), 0))
          .sort((a, b) => b - a);
        const top = counts.slice(0, 5).reduce((a, b) => a + b) / counts.reduce((a, b) => a + b);
        expect(share).toBeCloseTo(top, 9);
        expect(figure.description).toContain(`tokens are ${percent(share!)} of its work`);
      }),
    );
  });

  test("shows the busiest of 256 experts and says how much is left", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({
      expert: i % 256,
      token: `t${i % 97}`,
      count: 1 + (i % 256),
    }));
    const figure = topTokens(many);
    const { all, texts } = read(figure);
    expect(all("svg .expert")).toHaveLength(24);
    expect(texts.join(" ")).toMatch(/the 24 busiest, with [\d.]+ % of all, and\s232 others/);
    expect(figure.html().length).toBeLessThan(300_000);
  });
});
