import { describe, expect, test } from "vitest";
import { unaryKernels } from "../../lib/kernels/rows/unary.js";
import * as t from "../../lib/tensor/index.js";
import { int32, type X } from "./layouts.js";

const of = (...values: number[]): X => t.tensor(values);
const numbers = (x: t.Tensor): number[] => Array.from(x.toTypedArray());

describe("a NaN stays visible", () => {
  const through: [string, (x: X) => t.Tensor][] = [
    ["relu", t.relu],
    ...unaryKernels.map((name): [string, (x: X) => t.Tensor] => [name, t[name]]),
    ["softplus", t.softplus],
    ["clamp", (x) => t.clamp(x, { min: -1, max: 1 })],
    ["abs", t.abs],
    ["maximum", (x) => t.maximum(x, 0)],
    ["add", (x) => t.add(x, 1)],
    ["max", (x) => t.max(x)],
    ["min", (x) => t.min(x)],
    ["sum", (x) => t.sum(x)],
    ["softmax", (x) => t.softmax(x, 0)],
    ["logsumexp", (x) => t.logsumexp(x, 0)],
    ["crossEntropy", (x) => t.crossEntropy(t.reshape(x, [1, -1]), int32([0]))],
    ["layerNorm", (x) => t.layerNorm(x, t.ones([3]))],
    ["matmul", (x) => t.matmul(t.reshape(x, [1, 3]), t.zeros([3, 1]))],
    [
      "attention",
      (x) => {
        const q = t.reshape(x, [1, 1, 1, 3]);
        return t.scaledDotProductAttention(q, q, q);
      },
    ],
  ];
  test.each(through)("through %s", (_, f) => {
    expect(numbers(f(of(1, NaN, 2))).some(Number.isNaN)).toBe(true);
  });

  test("and is chosen by argmax and topk", () => {
    const x = of(1, NaN, 2);
    expect([t.argmax(x, 0).item(), numbers(t.topk(x, 2).indices)]).toEqual([1, [1, 2]]);
  });
});

describe("infinities", () => {
  test("masked with -∞: softmax gives exactly 0, and a row of nothing else gives zeros", () => {
    const x = t.tensor([
      [1, -Infinity],
      [-Infinity, -Infinity],
    ]);
    expect(numbers(t.softmax(x, -1))).toEqual([1, 0, 0, 0]);
    expect(numbers(t.maskedSoftmax(of(1, 2), int32([0, 0]), 0))).toEqual([0, 0]);
  });

  test("huge scores overflow nothing", () => {
    expect(numbers(t.softmax(of(1e38, 1e38), 0))).toEqual([0.5, 0.5]);
    expect(t.logsumexp(of(1e4, 1e4), 0).item()).toBeCloseTo(1e4 + Math.LN2, 2);
    expect(numbers(t.softplus(of(1e4, -1e4)))).toEqual([1e4, 0]);
    expect(numbers(t.sigmoid(of(1e4, -1e4)))).toEqual([1, 0]);
    expect(numbers(t.silu(of(-1e4)))[0]).toBeCloseTo(0);
  });

  test("attention of a query that may see no key is zeros, with gradients of zero", () => {
    const [q, k, v] = [0, 1, 2].map((seed) =>
      Object.assign(t.randn([1, 1, 2, 2], new t.Generator(seed)), { requiresGrad: true }),
    );
    const y = t.scaledDotProductAttention(q, k, v, { mask: int32([0, 0, 1, 1], [2, 2]) });
    t.sum(y).backward();
    expect(numbers(y).slice(0, 2)).toEqual([0, 0]);
    expect(numbers(q.grad!).slice(0, 2).map(Math.abs)).toEqual([0, 0]);
    expect([q, k, v].flatMap((x) => numbers(x.grad!)).every(Number.isFinite)).toBe(true);
  });
});

test("targets that are ignored give no gradient, even where their logits are not numbers", () => {
  const logits = Object.assign(
    t.tensor([
      [NaN, 1],
      [0, 0],
    ]),
    { requiresGrad: true },
  );
  t.crossEntropy(logits, int32([-100, 1])).backward();
  expect(numbers(logits.grad!)).toEqual([0, 0, 0.5, -0.5]);
});

test("the mean over no targets is NaN, as in PyTorch", () => {
  expect(t.crossEntropy(t.ones([1, 2]), int32([-100]) as never).item()).toBeNaN();
});
