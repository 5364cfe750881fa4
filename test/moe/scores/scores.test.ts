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
  it("√softplus and its slope as PyTorch computes them in float64, and far from 0 as the limits e^(x/2) and √x", () => {
    const z = fromArray([-20, -1, 0, 2, 30, -170, 1e6], [1, 7]); // the softplus of −170 is 0 in float32
    z.requiresGrad = true;
    const scores = scoresOf(z, "sqrtSoftplus");
    sum(scores).backward();
    const near = (found: number[], expected: number[]): void =>
      found.forEach((x, i) => expect(x / expected[i]).toBeCloseTo(1, 6));
    const torch = [4.5399929739e-5, 0.55969785377, 0.83255461116, 1.45839912611, 5.47722557505];
    near(numbers(scores), [...torch, Math.exp(-85), 1000]);
    const slopes = [2.26999648462e-5, 0.2402558983896, 0.3002806021966, 0.301973946023, 0.091287092918];
    near(numbers(z.grad!), [...slopes, Math.exp(-85) / 2, 0.0005]);
  });

  it("√softplus keeps the order of the logits, and weighs as DeepSeek-V4: divided by the sum of the chosen, times scale", () => {
    const config = { topK: 2, score: "sqrtSoftplus", scale: 1.5 } as const;
    const routing = route(fromArray([0.5, -1, 2, 0], [1, 4]), config);
    expect([...routing.experts]).toEqual([2, 0]);
    [0.8945944109, 0.6054055891].forEach((w, k) => expect(numbers(routing.weights)[k]).toBeCloseTo(w, 6)); // PyTorch
    expect(numbers(routing.probs).reduce((a, b) => a + b)).toBeCloseTo(1, 6);
    const logits = randn([3, 4], new Generator(1), { std: 20 });
    logits.requiresGrad = true;
    gradcheck((z) => route(z, config).weights, [logits]);
  });

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
