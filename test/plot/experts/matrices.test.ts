import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { agreement, coActivation, similarity } from "../../../lib/plot/index.js";
import { digits } from "../../../lib/text/numbers.js";
import { read } from "../read.js";

/** The numbers in the tooltips, by "row, column". */
const cells = (figure: Parameters<typeof read>[0]) =>
  new Map(
    read(figure)
      .all("svg .cells title")
      .map((title) => {
        const [, at, value] = /^\[?(.*?)[\]:] (\S+)$/.exec(title.textContent)!;
        return [at, Number(value.replace("−", "-"))];
      }),
  );

describe("coActivation", () => {
  const chosen = (pairs: readonly (readonly number[])[]) => pairs.map((own) => ({ chosen: own }));

  test("compares pairs with what independent choices of as many experts would give", () => {
    // Each of four experts is chosen twice: by chance each of six pairs would have 4 / 6 tokens.
    const found = cells(coActivation(chosen([[0, 1], [0, 1], [2, 3], [3, 2]]), { order: "given" })); // prettier-ignore
    expect(found.get("0, 1")).toBeCloseTo(Math.log2(2.5 / (2 / 3 + 0.5)), 4);
    expect(found.get("0, 2")).toBeCloseTo(Math.log2(0.5 / (2 / 3 + 0.5)), 4);
    expect(found.has("1, 1")).toBe(false);
  });

  test("finds nothing where a token takes any two experts, whatever the number of experts", () => {
    for (const E of [3, 5, 8]) {
      const all = Array.from({ length: E * E }, (_, i) => [Math.floor(i / E), i % E]).filter(([a, b]) => a !== b);
      for (const value of cells(coActivation(chosen(all))).values()) expect(value).toBeCloseTo(0, 4);
      expect(coActivation(chosen(all)).description).toContain("No two experts are chosen together clearly more often");
    }
  });

  test("names the pair that chance cannot explain", () => {
    const pairs = Array.from({ length: 400 }, (_, i) => (i % 4 === 0 ? [5, 6] : [i % 12, (i + 1 + (i % 10)) % 12]));
    const { facts, description } = coActivation(chosen(pairs));
    const { pair, together, expected } = facts as { pair: number[]; together: number; expected: number };
    expect(pair).toEqual([5, 6]);
    expect(together).toBe(pairs.filter((own) => own.includes(5) && own.includes(6)).length);
    expect(description).toContain(
      `Experts 5 and 6 are chosen together ${digits(together / expected, 2)} times as often`,
    );
  });

  test("says which layer it shows, and draws 256 experts", () => {
    const rows = Array.from({ length: 10_000 }, (_, i) => ({ layer: i % 3, chosen: [i % 256, (i * 7 + 1) % 256] }));
    const figure = coActivation(rows, { onlyLayer: 2 });
    expect(read(figure).texts.join(" ")).toMatch(/layer 3, one of\s3/);
    expect(figure.html().length).toBeLessThan(300_000);
    expect(() => coActivation([{ chosen: [1.5] }])).toThrow("coActivation needs experts from 0 to 2,047 in 'chosen'");
  });
});

describe("similarity", () => {
  const vectors = fc.tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 4 })).chain(([experts, d]) =>
    fc.array(fc.array(fc.integer({ min: -9, max: 9 }), { minLength: d, maxLength: d }), {
      minLength: experts,
      maxLength: experts,
    }),
  );

  test("is the cosine of each two, and names the most alike", () => {
    fc.assert(
      fc.property(vectors, (all) => {
        const figure = similarity(
          all.map((vector, expert) => ({ expert, vector })),
          { order: "given" },
        );
        const norm = (v: number[]) => Math.sqrt(v.reduce((sum, x) => sum + x * x, 0));
        let [most, bad] = [-Infinity, 0];
        const found = cells(figure);
        all.forEach((a, i) => {
          all.slice(i + 1).forEach((b, k) => {
            const cosine = a.reduce((sum, x, d) => sum + x * b[d], 0) / (norm(a) * norm(b));
            if (Number.isNaN(cosine)) bad++;
            else {
              most = Math.max(most, cosine);
              expect(found.get(`${i}, ${i + 1 + k}`)).toBeCloseTo(cosine, 4);
            }
          });
        });
        expect((figure.facts as { notNumbers: number }).notNumbers).toBe(bad);
        if (most > -Infinity) expect(figure.description).toContain(`most alike: ${digits(most, 2)},`);
      }),
    );
  });

  test("takes a matrix of similarities as it is, and experts by their numbers", () => {
    const rows = [
      { expert: 7, vector: [1, 0.2, 0.3] },
      { expert: 2, vector: [0.2, 1, 0.5] },
      { expert: 4, vector: [0.3, 0.5, 1] },
    ];
    const figure = similarity(rows, { measure: "given" });
    expect(figure.facts).toMatchObject({ pair: [2, 4], largest: 0.5 });
    expect(cells(figure).get("7, 4")).toBe(0.3);
    expect(() => similarity([{ expert: 0, vector: [1] }], { measure: "given" })).not.toThrow();
    expect(() => similarity(rows.slice(1), { measure: "given" })).toThrow(
      "similarity needs vectors of 2 numbers, row 0 has 3",
    );
    expect(() => similarity([...rows, rows[0]])).toThrow(
      "similarity needs one row an expert, row 3 has expert 7 again",
    );
  });
});

describe("agreement", () => {
  const layers = (all: readonly (readonly number[])[]) =>
    all.flatMap((own, layer) => own.map((expert, position) => ({ layer, position, expert })));
  const pseudo = (n: number, seed: number, E: number) =>
    Array.from({ length: n }, (_, i) => Math.floor(((Math.sin(i * 12.9898 + seed) * 43_758.5453) % 1) * E + E) % E);

  test("is 1 for the same groups under other numbers, and about 0 for unrelated ones, even of many experts", () => {
    const base = pseudo(300, 1, 64);
    const renamed = base.map((expert) => 63 - expert);
    const { facts } = agreement(layers([base, renamed]));
    expect(facts).toMatchObject({ largest: 1, tokens: 300, pair: ["1", "2"] });
    const unrelated = agreement(layers([base, pseudo(300, 2, 64)])).facts as { largest: number };
    expect(Math.abs(unrelated.largest)).toBeLessThan(0.08);
  });

  test("does not depend on the numbers of the experts, nor on the order of the rows", () => {
    const random = fc.array(fc.tuple(fc.nat(4), fc.nat(4)), { minLength: 2, maxLength: 40 });
    fc.assert(
      fc.property(random, (pairs) => {
        const rows = layers([pairs.map(([a]) => a), pairs.map(([, b]) => b)]);
        const own = agreement(rows).facts as { largest: number | null };
        const other = rows.map((row) => ({ ...row, expert: row.layer === 0 ? 9 - row.expert : row.expert }));
        const found = agreement(other.reverse()).facts as { largest: number | null };
        if (own.largest === null) expect(found.largest).toBeNull();
        else {
          expect(found.largest).toBeCloseTo(own.largest, 9);
          expect(own.largest).toBeLessThanOrEqual(1 + 1e-9);
        }
      }),
    );
  });

  test("compares runs where there is one layer, and says what it left out", () => {
    const runs = ["a", "b"].flatMap((run) =>
      [0, 1, 0, 1].flatMap((expert, position) => [
        { run, position, expert },
        { run, position, expert: 2 },
      ]),
    );
    expect(agreement(runs).description).toBe(
      "Runs a and b agree most: 1, the average is 1; 2 runs, 4 tokens, the first expert of each token.",
    );
    const deep = layers(Array.from({ length: 100 }, (_, l) => [0, 1, l % 2, 1]));
    expect(read(agreement(deep)).texts.join(" ")).toContain("64 of 100 layers");
  });
});
