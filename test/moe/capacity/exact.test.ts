import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fromArray } from "../../../lib/index.js";
import { capacityOf, chanceDropShare, route } from "../../../lib/moe/index.js";

/** Factors as people write them, as fractions. */
const factors = [
  5, 10, 25, 30, 50, 60, 70, 75, 80, 90, 100, 105, 110, 115, 120, 125, 130, 140, 150, 160, 170, 175, 180, 190, 200,
]
  .concat([210, 220, 225, 230, 250, 270, 290, 300, 330, 400, 1000])
  .map((hundredths) => ({ factor: hundredths / 100, hundredths }));
const ceilOf = (above: bigint, below: bigint): number => Number((above + below - 1n) / below);

describe("a capacity", () => {
  it.each([
    [100, 10, 1.1, 11],
    [400, 8, 1.1, 55],
    [50, 5, 1.1, 11],
    [3, 7, 1e-7, 1],
    [7_000_000, 7, 1e-7, 1],
    [2 ** 40, 1, 1e3, 1000 * 2 ** 40],
    [0, 8, 1.5, 1],
  ])("of %i assignments to %i experts at factor %f is %i", (nAssignment, nExpert, factor, places) => {
    expect(capacityOf(nAssignment, nExpert, factor)).toBe(places);
  });

  it("is ceil(factor · M / E) in exact arithmetic, for all usual factors", () => {
    for (const { factor, hundredths } of factors)
      for (let nExpert = 1; nExpert <= 64; nExpert++)
        for (const nAssignment of [1, 2, 3, 7, 16, 50, 64, 100, 128, 250, 400, 512, 1000, 2048, 4096])
          if (
            capacityOf(nAssignment, nExpert, factor, 0) !==
            ceilOf(BigInt(hundredths * nAssignment), BigInt(100 * nExpert))
          )
            throw new Error(`capacityOf(${nAssignment}, ${nExpert}, ${factor})`);
  });

  it("takes any factor as the decimal that it is written as", () => {
    fc.assert(
      fc.property(
        fc.nat(9999),
        fc.integer({ min: 0, max: 12 }),
        fc.nat(5000),
        fc.integer({ min: 1, max: 300 }),
        (digits, decimals, m, e) => {
          const factor = Number(`${digits}e-${decimals}`);
          expect(capacityOf(m, e, factor, 0)).toBe(
            ceilOf(BigInt(digits) * BigInt(m), 10n ** BigInt(decimals) * BigInt(e)),
          );
        },
      ),
      { numRuns: 1000 },
    );
  });

  it("of expert choice is the floor in exact arithmetic, and one place at least", () => {
    const choose = (n: number, e: number, capacityFactor: number): number | null => {
      const logits = fromArray(new Array<number>(n * e).fill(0), [n, e]);
      return route(logits, { select: "expertChoice", topK: 1, capacityFactor }).capacity;
    };
    expect(choose(100, 5, 1.15)).toBe(23);
    for (const { factor, hundredths } of factors)
      for (const [n, e] of [
        [1, 4],
        [7, 3],
        [20, 4],
        [40, 8],
        [50, 10],
        [60, 6],
      ] as const)
        expect(choose(n, e, factor), `${n}, ${e}, ${factor}`).toBe(
          Math.min(n, Math.max(1, Math.floor((hundredths * n) / (100 * e)))), // integers divide exactly where it matters
        );
  });

  it("refuses what no product can be made of", () => {
    for (const [m, e, factor] of [
      [1.5, 2, 1],
      [-1, 2, 1],
      [4, 0, 1],
      [4, 2, NaN],
      [4, 2, Infinity],
      [4, 2, -1],
    ])
      expect(() => capacityOf(m, e, factor)).toThrow("capacity:");
  });
});

describe("the share that even chance drops", () => {
  /** E[max(X - C, 0)] / E[X] by exact fractions. */
  function exactly(n: number, k: number, e: number, capacity: number): number {
    let [over, choose] = [0n, 1n];
    for (let x = 0; x <= n; x++) {
      if (x > capacity) over += BigInt(x - capacity) * choose * BigInt(k) ** BigInt(x) * BigInt(e - k) ** BigInt(n - x);
      choose = (choose * BigInt(n - x)) / BigInt(x + 1);
    }
    return Number((over * 10n ** 30n) / (BigInt(e) ** BigInt(n - 1) * BigInt(n * k))) / 1e30;
  }

  it("equals the sum of exact fractions", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 400 }),
        fc.integer({ min: 1, max: 16 }),
        fc.nat(15),
        fc.nat(420),
        (n, e, less, capacity) => {
          const k = Math.max(1, e - less);
          const expected = exactly(n, k, e, capacity);
          expect(Math.abs(chanceDropShare(n, k, e, capacity) - expected)).toBeLessThan(1e-12 * expected + 1e-28);
        },
      ),
    );
  });

  /** ln x! by Stirling's series. */
  const logFactorial = (x: number): number => {
    if (x < 20) return Math.log(Array.from({ length: x }, (_, i) => i + 1).reduce((a, b) => a * b, 1));
    return (
      x * Math.log(x) - x + 0.5 * Math.log(2 * Math.PI * x) + 1 / (12 * x) - 1 / (360 * x ** 3) + 1 / (1260 * x ** 5)
    );
  };
  function byLogarithms(n: number, p: number, capacity: number): number {
    let over = 0;
    for (let x = capacity + 1; x <= n; x++) {
      const log = logFactorial(n) - logFactorial(x) - logFactorial(n - x) + x * Math.log(p) + (n - x) * Math.log1p(-p);
      over += (x - capacity) * Math.exp(log);
    }
    return over / (n * p);
  }

  it.each([
    [2560, 2, 8, 640, 0.0136549],
    [2600, 2, 8, 650, 0.01355],
    [4096, 2, 8, 1024, 0.0108],
    [16384, 2, 8, 4096, 0.0054],
    [8192, 1, 8, 1024, 0.01166],
    [1200, 4, 8, 600, 0.01151],
    [600, 6, 8, 450, 0.0094],
  ])("of %i tokens, top-%i of %i experts with %i places, is %f", (n, k, e, capacity, share) => {
    expect(Math.abs(chanceDropShare(n, k, e, capacity) / share - 1)).toBeLessThan(1e-3);
    expect(Math.abs(chanceDropShare(n, k, e, capacity) / byLogarithms(n, k / e, capacity) - 1)).toBeLessThan(1e-8);
  });

  it.each([10_000, 100_000, 1_000_000])("holds for %i tokens, at the fair share, below and above it", (n) => {
    for (const [k, e] of [
      [1, 2],
      [1, 64],
      [7, 8],
    ] as const)
      for (const factor of [0.9, 1, 1.01, 1.05]) {
        const capacity = capacityOf(n * k, e, factor);
        const expected = byLogarithms(n, k / e, capacity);
        const share = chanceDropShare(n, k, e, capacity);
        if (expected > 1e-250) expect(Math.abs(share / expected - 1), `${k} of ${e}, ${factor}`).toBeLessThan(1e-6);
        else expect(share).toBeLessThan(1e-240);
      }
  });

  it("knows the ends: no places, places for all, one expert, no tokens", () => {
    expect(chanceDropShare(5000, 1, 8, 0)).toBeCloseTo(1, 12);
    expect(chanceDropShare(5000, 1, 8, 5000)).toBe(0);
    expect(chanceDropShare(5000, 1, 1, 4000)).toBeCloseTo(0.2, 12);
    expect(chanceDropShare(0, 1, 8, 0)).toBe(0);
  });
});
