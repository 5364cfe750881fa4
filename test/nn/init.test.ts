import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Generator, init, matmul, type Tensor, transpose, zeros } from "../../lib/index.js";

const N = 40_000;
const rng = (): Generator => new Generator(11);
const tall = (): Tensor<[number, number]> => zeros([400, 100] as [number, number]);

interface Statistics {
  mean: number;
  std: number;
  low: number;
  high: number;
}
function statistics(x: Tensor): Statistics {
  const all = Array.from(x.toTypedArray());
  const mean = all.reduce((a, b) => a + b, 0) / all.length;
  const std = Math.sqrt(all.reduce((a, b) => a + (b - mean) ** 2, 0) / all.length);
  return { mean, std, low: Math.min(...all), high: Math.max(...all) };
}

const [a, b] = [Math.sqrt(6 / 500), Math.sqrt(6 / 100)];
/** Standard deviation of U(−h, h): h / √3. That of N(0, 1) between −1 and 1: √(1 − 2 φ(1) / (2 Φ(1) − 1)) = 0.53956. */
const cases: [string, () => Tensor, std: number, high: number][] = [
  ["normal", () => init.normal(tall(), rng(), { std: 0.02 }), 0.02, Infinity],
  ["uniform", () => init.uniform(tall(), rng(), { low: -0.5, high: 0.5 }), 0.5 / Math.sqrt(3), 0.5],
  ["truncatedNormal", () => init.truncatedNormal(tall(), rng(), { std: 2, low: -2, high: 2 }), 2 * 0.53956, 2],
  ["xavierUniform", () => init.xavierUniform(tall(), rng()), a / Math.sqrt(3), a],
  ["xavierNormal, gain 3", () => init.xavierNormal(tall(), rng(), { gain: 3 }), 3 * Math.sqrt(2 / 500), Infinity],
  ["kaimingUniform", () => init.kaimingUniform(tall(), rng()), b / Math.sqrt(3), b],
  ["kaimingNormal", () => init.kaimingNormal(tall(), rng()), Math.sqrt(2 / 100), Infinity],
  ["kaimingNormal, fanOut", () => init.kaimingNormal(tall(), rng(), { mode: "fanOut" }), Math.sqrt(2 / 400), Infinity],
  [
    "kaimingNormal, tanh",
    () => init.kaimingNormal(tall(), rng(), { gain: init.gain("tanh") }),
    5 / 3 / Math.sqrt(100),
    Infinity,
  ],
];

describe("first weights", () => {
  test.each(cases)("%s has the mean and the spread of its formula, within its bounds", (_, make, std, high) => {
    const found = statistics(make());
    // Four standard errors of a mean and of a standard deviation over N numbers.
    expect(Math.abs(found.mean)).toBeLessThan((4 * std) / Math.sqrt(N));
    expect(Math.abs(found.std / std - 1)).toBeLessThan(4 / Math.sqrt(2 * N));
    expect(found.high).toBeLessThanOrEqual(Math.fround(high));
    expect(found.low).toBeGreaterThanOrEqual(Math.fround(-high));
    if (high < Infinity) expect(found.high).toBeGreaterThan(0.999 * high);
    expect(make().toTypedArray()).toEqual(make().toTypedArray());
  });

  test("uniform and normal are where they should be, not only spread out", () => {
    expect(statistics(init.uniform(tall(), rng(), { low: 2, high: 4 })).mean).toBeCloseTo(3, 1);
    expect(statistics(init.normal(tall(), rng(), { mean: -5 })).mean).toBeCloseTo(-5, 1);
    const tail = statistics(init.truncatedNormal(tall(), rng(), { low: 1, high: 3 }));
    expect([tail.low >= 1, tail.high <= 3]).toEqual([true, true]);
  });

  test("orthogonal matrices have rows (or columns) of the given length at right angles", () => {
    const size = fc.integer({ min: 1, max: 12 });
    fc.assert(
      fc.property(size, size, fc.integer(), (rows, columns, seed) => {
        const q = init.orthogonal(zeros([rows, columns] as [number, number]), new Generator(seed), { gain: 2 });
        const t = transpose(q, 0, 1);
        const product = rows <= columns ? matmul(q, t) : matmul(t, q);
        (product.toArray() as number[][]).forEach((row, i) =>
          row.forEach((value, j) => expect(value).toBeCloseTo(i === j ? 4 : 0, 5)),
        );
      }),
      { numRuns: 50 },
    );
  });

  test("gains are PyTorch's", () => {
    const gains = (["linear", "sigmoid", "tanh", "relu", "leakyRelu"] as const).map((name) => init.gain(name));
    expect(gains).toEqual([1, 1, 5 / 3, Math.SQRT2, expect.closeTo(1.4141428569978354, 12)]);
    expect(init.gain("leakyRelu", 1)).toBe(1);
  });

  test.each<[string, () => unknown]>([
    ["init: fan in and fan out need at least 2 dimensions, got [3]", () => init.xavierUniform(zeros([3]), rng())],
    ["init.orthogonal needs a matrix, got [1, 2, 3]", () => init.orthogonal(zeros([1, 2, 3]), rng())],
    ["init.uniform: low 2 is above high 1", () => init.uniform(zeros([1]), rng(), { low: 2, high: 1 })],
    ["init.normal: std must be a number from 0, got -1", () => init.normal(zeros([1]), rng(), { std: -1 })],
    [
      "init.truncatedNormal: of N(0, 1²) next to nothing lies between 30 and 31; widen the interval",
      () => init.truncatedNormal(zeros([1]), rng(), { low: 30, high: 31 }),
    ],
    [
      "init.truncatedNormal needs std above 0 and low below high, got 0, -2 and 2",
      () => init.truncatedNormal(zeros([1]), rng(), { std: 0 }),
    ],
    [
      "init.truncatedNormal needs std above 0 and low below high, got 1, 2 and 1",
      () => init.truncatedNormal(zeros([1]), rng(), { low: 2, high: 1 }),
    ],
    [
      "init.constant: [3, 2] is a view that does not lie in one piece; change the tensor it shows",
      () => init.constant(transpose(zeros([2, 3]), 0, 1), 1),
    ],
  ])("refuses in one sentence: %s", (sentence, call) => {
    expect(call).toThrow(sentence);
  });
});
