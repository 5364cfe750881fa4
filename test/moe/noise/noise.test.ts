import { describe, expect, it } from "vitest";
import { fromArray, Generator, softplus, zeros, type Tensor } from "../../../lib/index.js";
import { gumbelNoise, jitter, learnedNoise, normalNoise, route } from "../../../lib/moe/index.js";

const numbers = (x: Tensor): number[] => Array.from(x.toTypedArray());
const spread = (values: number[]): number => {
  const mean = values.reduce((a, b) => a + b, 0) / values.length;
  return Math.sqrt(values.reduce((total, v) => total + (v - mean) ** 2, 0) / values.length);
};

describe("noise", () => {
  it("normal: has the spread that it is told", () => {
    const { logits, std } = normalNoise(zeros([5000, 2]), 0.3, new Generator(1));
    expect(spread(numbers(logits))).toBeCloseTo(0.3, 2);
    expect(new Set(numbers(std))).toEqual(new Set([Math.fround(0.3)]));
  });

  it("learned: H = z + ε · softplus(x Wₙ)", () => {
    const [z, wide, draws] = [
      [1, 2],
      [0, 5],
      [0.5, -1],
    ].map((row) => fromArray(row, [1, 2]));
    const std = numbers(softplus(wide));
    expect(numbers(learnedNoise(z, wide, draws).logits)[1]).toBeCloseTo(2 - std[1], 5);
    expect(numbers(learnedNoise(z, wide, draws, 0).logits)).toEqual([1, 2]);
  });

  it("Gumbel: the largest is a draw from the softmax", () => {
    const logits = fromArray(
      Array.from({ length: 6000 }, () => [Math.log(0.5), Math.log(0.3), Math.log(0.2)]).flat(),
      [6000, 3],
    );
    const { demand } = route(gumbelNoise(logits, 1, new Generator(2)), { topK: 1 });
    [0.5, 0.3, 0.2].forEach((p, e) => expect(Math.abs(demand[e] - p)).toBeLessThan(0.02)); // three standard errors
  });

  it("jitter: multiplies by numbers within 1 ± size", () => {
    const values = numbers(jitter(fromArray(new Array<number>(4000).fill(2), [40, 100]), 0.01, new Generator(3)));
    expect(Math.min(...values)).toBeGreaterThanOrEqual(2 * 0.99 - 1e-6);
    expect(Math.max(...values)).toBeLessThanOrEqual(2 * 1.01 + 1e-6);
    expect(spread(values)).toBeCloseTo(0.02 / Math.sqrt(3), 3);
  });
});
