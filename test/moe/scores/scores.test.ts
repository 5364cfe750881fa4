import { describe, expect, it } from "vitest";
import {
  fromArray,
  Generator,
  gradcheck,
  mul,
  randn,
  softmax,
  sum,
  topkMaskedSoftmax,
  type Tensor,
} from "../../../lib/index.js";
import { cosineLogits, probabilities, route, scoresOf } from "../../../lib/moe/index.js";

const numbers = (x: Tensor): number[] => Array.from(x.toTypedArray());

describe("scores", () => {
  it("softmax and sigmoid as their formulas, and probabilities that sum to 1 for both", () => {
    const logits = fromArray([0, Math.log(3)], [1, 2]);
    expect(numbers(scoresOf(logits, "softmax"))[1]).toBeCloseTo(0.75, 6);
    expect(numbers(scoresOf(logits, "sigmoid"))[1]).toBeCloseTo(0.75, 6);
    expect(numbers(scoresOf(logits, "sigmoid"))[0]).toBe(0.5);
    expect(numbers(probabilities(scoresOf(logits, "sigmoid"), "sigmoid"))[1]).toBeCloseTo(0.6, 6);
  });

  it("cosine: length does not matter, only direction; and a gradient", () => {
    const [x, w] = [randn([3, 4], new Generator(1)), randn([2, 4], new Generator(2))];
    const [a, b] = [cosineLogits(x, w, 0.5), cosineLogits(mul(x, 7) as Tensor, w, 0.5)].map(numbers);
    a.forEach((z, i) => expect(z).toBeCloseTo(b[i], 4));
    expect(Math.max(...a.map(Math.abs))).toBeLessThanOrEqual(2 + 1e-5); // 1 / τ
    [x, w].forEach((p) => (p.requiresGrad = true));
    gradcheck((p, q) => cosineLogits(p, q, 0.5), [x, w]);
  });

  it("top-k before the softmax equals top-k after it, renormalized; without renormalizing it does not", () => {
    const logits = randn([20, 6], new Generator(3));
    const before = numbers(topkMaskedSoftmax(logits, 2));
    const dense = (renormalize: boolean): number[] => {
      const all = new Array<number>(120).fill(0);
      for (const a of route(logits, { topK: 2, renormalize }).assignments()) all[a.token * 6 + a.expert] = a.weight;
      return all;
    };
    dense(true).forEach((w, i) => expect(w).toBeCloseTo(before[i], 6));
    expect(Math.max(...dense(false).map((w, i) => Math.abs(w - before[i])))).toBeGreaterThan(0.1);
    expect(sum(softmax(logits, -1)).item()).toBeCloseTo(20, 4);
  });
});
