import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { account, findModel, models } from "../../lib/account/index.js";
import { bound } from "../../lib/cost/index.js";
import { Generator } from "../../lib/index.js";
import { capacityKnobs, type CapacityValues, costKnobs, routerKnobs } from "../../lib/interactive/index.js";
import { digits, grouped, percent } from "../../lib/text/numbers.js";
import { wellFormed } from "../plot/read.js";

/** Scores of N tokens for E experts, of which some are favored. */
function scoresOf(N: number, E: number, seed = 1): number[][] {
  const rng = new Generator(seed);
  const favor = Array.from({ length: E }, () => rng.normal());
  return Array.from({ length: N }, () => favor.map((f) => Math.fround(f + rng.normal())));
}
const capacityRows = (N: number, E: number, layers = 1) =>
  scoresOf(N * layers, E).map((scores, i) => ({ scores, layer: i % layers }));
const routerRows = (N: number, E: number) => scoresOf(N, E).map((logits, n) => ({ token: `token ${n}`, logits }));
/** The words of a picture as one text, and how many tokens it says are shown. */
function wordsOf(markup: string): { words: string; shown: number } {
  const words = [...markup.matchAll(/<text[^>]*>([^<]*)/g)].map(([, text]) => text).join(" ");
  return { words, shown: Number((/([\d,]+) tokens choose/.exec(words)?.[1] ?? "0").replaceAll(",", "")) };
}
const kB = (figure: { html(): string }) => Buffer.byteLength(figure.html()) / 1000;

const SIZES = [
  [0, 1],
  [1, 1],
  [1, 2],
  [40, 2],
  [300, 16],
  [10_000, 8],
  [2_000, 256],
  [60, 300],
] as const;

describe("capacityKnobs", () => {
  test("counts every choice once, and says in its title what its facts say", () => {
    const position = fc.record({
      factor: fc.integer({ min: 1, max: 80 }).map((n) => n / 20),
      topK: fc.integer({ min: 1, max: 4 }),
      overflow: fc.constantFrom("drop", "nextBest"),
      queue: fc.constantFrom("position", "probability"),
    });
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 40 }),
        fc.integer({ min: 4, max: 20 }),
        position,
        fc.nat(99),
        (N, E, values, seed) => {
          const figure = capacityKnobs(scoresOf(N, E, seed).map((scores) => ({ scores }))).at(values);
          const { facts, description } = figure;
          const { assignments, kept, rerouted, dropped, capacity, empty, without } = facts;
          {
            expect(assignments).toBe(N * values.topK);
            expect(empty).toBe(capacity * E - kept - rerouted);
            expect(capacity).toBe(Math.max(1, Math.ceil(Number(((values.factor * assignments) / E).toFixed(9)))));
          }
          expect(kept + rerouted + dropped).toBe(assignments);
          if (values.overflow === "drop") expect(rerouted).toBe(0);
          const share = dropped > 0 ? `${percent(dropped / assignments)} of the choices find no place` : "";
          expect(description).toContain(share);
          expect(description.includes("find no place")).toBe(dropped > 0);
          expect(description.includes(`${grouped(without)} tokens reach no expert`)).toBe(without > 0);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("draws columns that add up to its counts", () => {
    const figure = capacityKnobs(capacityRows(200, 8));
    for (const values of [{ factor: 0.5 }, { factor: 1, overflow: "nextBest" }, { topK: 4, factor: 4 }]) {
      const { facts, description } = figure.at(values);
      const sums = { asked: 0, took: 0, others: 0, empty: 0 };
      for (const [, asked, took, others, empty] of figure
        .at(values)
        .svg()
        .matchAll(/asked by (\d+), took (\d+) of them and (\d+) others, (\d+) places empty/g)) {
        sums.asked += Number(asked);
        sums.took += Number(took);
        sums.others += Number(others);
        sums.empty += Number(empty);
      }
      const { assignments, kept, rerouted, empty } = facts;
      expect(sums, description).toEqual({ asked: assignments, took: kept, others: rerouted, empty });
    }
  });

  test.each(SIZES)("holds %s tokens of %s experts in 60 kB, and says what it leaves out", (N, E) => {
    const figure = capacityKnobs(capacityRows(N, E));
    expect(kB(figure)).toBeLessThan(60);
    for (const values of [{}, { factor: 0.05 }, { factor: 4, overflow: "nextBest" }])
      expect(wellFormed(figure.at(values).svg())).toBe("");
    expect(figure.at().svg()).not.toMatch(/NaN|Infinity|undefined/);
    const { words, shown } = wordsOf(figure.at().svg());
    expect(words.includes(`the first ${grouped(shown)} of ${grouped(N)} tokens`)).toBe(shown < N);
    expect(shown).toBeGreaterThanOrEqual(Math.min(N, 200));
    expect(words.includes("16 best experts")).toBe(E > 16 && N > 0);
  });

  test("offers several layers in a menu, evenly spread where there is no room for all", () => {
    const two = capacityKnobs(capacityRows(50, 8, 2));
    expect(two.at({ layer: "1" }).facts).not.toEqual(two.at({ layer: "0" }).facts);
    expect(() => two.at({ layer: "2" })).toThrow("needs");
    const many = capacityKnobs(capacityRows(100, 64, 61));
    expect(kB(many)).toBeLessThan(60);
    expect(wordsOf(many.at().svg()).words).toMatch(/\d of 61 layers/);
    expect(many.at({ layer: "60" }).facts.assignments).toBeGreaterThan(0);
  });

  test("takes 10,000 tokens in a moment, and refuses what are no scores", () => {
    const rows = capacityRows(10_000, 8);
    const before = performance.now();
    capacityKnobs(rows).html();
    expect(performance.now() - before).toBeLessThan(1000); // 200 ms on a machine that does nothing else
    expect(() => capacityKnobs([{ scores: [1, NaN] }])).toThrow("capacityKnobs needs finite scores, row 0 has NaN");
    expect(() => capacityKnobs([{ scores: [1, 2] }, { scores: [1] }])).toThrow("row 1 has 1");
    expect(() => capacityKnobs([{ scores: [] }])).toThrow("a score for each expert");
    expect(() => capacityKnobs(capacityRows(4, 4), { topK: 5 })).toThrow("topK to be 1 to 4 in steps of 1, got 5");
    expect(() => capacityKnobs(capacityRows(4, 4), { factor: 0.33 })).toThrow("in steps of 0.05, got 0.33");
    const own: Partial<CapacityValues> = { factor: 2 };
    expect(capacityKnobs([{ p: [1, 2, 3] }], { scores: "p" }).at(own).facts.capacity).toBe(2);
  });
});

describe("routerKnobs", () => {
  test("has weights of several that sum to 1, and names them in its title", () => {
    const position = fc.record({
      temperature: fc.constantFrom(0.1, 1, 10),
      topK: fc.integer({ min: 1, max: 4 }),
      noise: fc.constantFrom("none", "gumbel", "normal"),
      scale: fc.integer({ min: 0, max: 30 }).map((n) => n / 10),
      draw: fc.integer({ min: 1, max: 1000 }),
    });
    const figure = routerKnobs(routerRows(30, 6));
    fc.assert(
      fc.property(position, fc.nat(29), (values, n) => {
        const { facts, description } = figure.at({ ...values, token: `${n}: token␣${n}` });
        const { chosen, weights, entropy, moved, effective } = facts;
        expect(new Set(chosen).size).toBe(values.topK);
        const sum = weights.reduce((a, b) => a + b, 0);
        if (values.topK > 1) expect(sum).toBeCloseTo(1, 5);
        expect(weights).toEqual([...weights].sort((a, b) => b - a));
        expect(entropy).toBeGreaterThanOrEqual(0);
        expect(entropy).toBeLessThanOrEqual(Math.log(6) + 1e-6);
        expect(effective).toBeLessThanOrEqual(6 + 1e-9);
        if (values.noise === "none" || values.scale === 0) expect(moved).toBe(0); // temperature alone moves nobody
        expect(description).toContain(`${chosen[0]} (${digits(weights[0], 2)})`);
        expect(description).toContain(`“token␣${n}”`);
      }),
      { numRuns: 100 },
    );
  });

  test.each(SIZES)("holds %s tokens of %s experts in 60 kB, and says what it leaves out", (N, E) => {
    const figure = routerKnobs(routerRows(N, E));
    expect(kB(figure)).toBeLessThan(60);
    for (const values of [{}, { temperature: 0.1, noise: "gumbel", scale: 3 }, { temperature: 10 }]) {
      expect(wellFormed(figure.at(values).svg())).toBe("");
      expect(figure.at(values).svg()).not.toMatch(/NaN|Infinity|undefined/);
    }
    expect(wordsOf(figure.at().svg()).words.includes("the first")).toBe(N * E > 2200);
  });
});

describe("costKnobs", () => {
  test("says of a model what bound says, in its title, too", () => {
    const mixtral = account(findModel("Mixtral-8x7B")!.config!);
    const figure = costKnobs(mixtral, { name: "Mixtral" });
    const { facts, description } = figure.at({ devices: 2, batch: 16, context: 1024 });
    const own = bound(mixtral, "H100-SXM", { phase: "decode", batch: 16, context: 1024, devices: 2 });
    expect(facts.bound).toEqual(own);
    const speed = grouped(Number(own.tokensPerSecond.toPrecision(3)));
    expect(description).toContain(
      `Mixtral on 2 H100-SXM: at most ${speed} tokens a second, ${own.bound} is the limit.`,
    );
    expect(figure.at().description).toContain("Mixtral does not fit H100-SXM");
    expect(facts.weights.experts + facts.weights.others).toBeCloseTo(own.capacity.weights, -3);
  });

  test.each(models.flatMap(({ name, config }) => (config ? [[name, config] as const] : [])))(
    "holds %s in 60 kB, and draws it with any device",
    (name, config) => {
      const figure = costKnobs(account(config), { name });
      expect(kB(figure)).toBeLessThan(60);
      for (const device of ["H100-SXM", "M2-Ultra", "Core-i5-4278U"])
        for (const values of [{}, { phase: "prefill", batch: 1024, context: 131_072, devices: 64 }]) {
          const svg = figure.at({ device, ...values }).svg();
          expect(wellFormed(svg)).toBe("");
          expect(svg).not.toMatch(/NaN|Infinity|undefined/);
        }
    },
  );

  test("takes devices of one's own, and refuses what is none", () => {
    const model = account({ model_type: "gpt2" });
    const mine = {
      name: "mine",
      memory: 1e9,
      bandwidth: 1e9,
      peak: { float16: 1e12 },
      link: null,
      host: null,
      watts: null,
      sources: [],
    };
    expect(costKnobs(model, { devices: [mine, "L4"] }).at().facts.bound.device).toBe("mine");
    expect(() => costKnobs(model, { devices: ["none"] })).toThrow("costKnobs: device must be one of H100-SXM");
    expect(() => costKnobs(model, { devices: [] })).toThrow("costKnobs needs devices to be a list");
    expect(() => costKnobs(model, { devices: [mine, mine] })).toThrow("of different names");
    expect(() => costKnobs({} as never)).toThrow("costKnobs needs what account() counted, got an object");
  });
});
