import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lorenz } from "../../../lib/plot/index.js";
import { digits, percent } from "../../../lib/text/numbers.js";
import { geometry, read } from "../read.js";

interface Facts {
  by: string;
  gini: number;
  share: number;
  busiest: number;
}
const factsOf = (figure: ReturnType<typeof lorenz>) => figure.facts as Facts[];

describe("lorenz", () => {
  test("has a Gini of 0 where all have the same, and of 1 − 1/E where one has everything", () => {
    const rows = Array.from({ length: 8 }, (_, expert) => ({ expert, tokens: 5 }));
    expect(factsOf(lorenz(rows))[0].gini).toBeCloseTo(0, 12);
    expect(factsOf(lorenz([{ expert: 3, tokens: 9 }], { nExpert: 8 }))[0].gini).toBeCloseTo(7 / 8, 12);
    expect(lorenz(rows).description).toBe("The busiest 2 of 8 experts have 25 % of the tokens; experts: Gini 0.");
  });

  test("is twice the area between the curve and the diagonal, and says who has how much, for any rows", () => {
    const row = fc.record({ expert: fc.nat(9), tokens: fc.nat(50), by: fc.constantFrom("a", "b") });
    fc.assert(
      fc.property(fc.array(row, { minLength: 1 }), (rows) => {
        const experts = Math.max(...rows.map(({ expert }) => expert)) + 1;
        const figure = lorenz(rows);
        for (const { by, gini, share, busiest } of factsOf(figure)) {
          const counts = Array.from({ length: experts }, (_, e) =>
            rows.filter((one) => one.by === by && one.expert === e).reduce((sum, { tokens }) => sum + tokens, 0),
          ).sort((a, b) => a - b);
          const total = counts.reduce((a, b) => a + b);
          let [below, area] = [0, 0];
          for (const count of counts) {
            area += (below + count / 2) / total / experts;
            below += count;
          }
          expect(gini).toBeCloseTo(1 - 2 * area, 9);
          const most = counts.slice(-busiest).reduce((a, b) => a + b) / total;
          expect(share).toBeCloseTo(most, 9);
          expect(figure.description).toContain(`${by}: Gini ${digits(gini, 2)}`);
        }
        if (factsOf(figure).length === 1)
          expect(figure.description).toContain(`${percent(factsOf(figure)[0].share)} of`);
        expect(geometry(figure)).not.toMatch(/NaN|Infinity/);
      }),
    );
  });

  test("takes shares as it takes counts", () => {
    const shares = [0.5, 0.25, 0.125, 0.125].map((tokens, expert) => ({ expert, tokens }));
    const counts = shares.map(({ expert, tokens }) => ({ expert, tokens: 8 * tokens }));
    expect(lorenz(shares).svg()).toBe(lorenz(counts).svg());
  });

  test("names the most uneven of 61 layers of 256 experts, and draws the others in gray", () => {
    const rows = Array.from({ length: 61 * 256 }, (_, i) => {
      const layer = Math.floor(i / 256);
      return { by: `layer ${layer}`, expert: i % 256, tokens: (i % 256) ** (layer / 20) };
    });
    const figure = lorenz(rows);
    const { texts } = read(figure);
    expect(texts.filter((text) => text?.startsWith("Gini"))).toHaveLength(6);
    expect(texts).toContain("layer 60");
    expect(texts.join(" ")).toContain("in gray: 55 more");
    expect(figure.html().length).toBeLessThan(300_000);
  });

  test("leaves out what has no tokens, and says so", () => {
    const rows = [
      { by: "a", expert: 0, tokens: 1 },
      { by: "b", expert: 0, tokens: 0 },
    ];
    expect(read(lorenz(rows)).texts.join(" ")).toContain("1 without tokens");
    expect(lorenz([]).description).toContain("no tokens");
  });
});
