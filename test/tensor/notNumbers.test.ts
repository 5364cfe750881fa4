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
    ["sqrtSoftplus", t.sqrtSoftplus],
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

/** d (f(x) · dy) / dx, of PyTorch 2.15 in float64 in each case below. */
function gradient(f: (x: X) => t.Tensor, values: readonly number[], dy: readonly number[] | number = 1): number[] {
  const x = t.tensor(values, { requiresGrad: true });
  const y = f(x);
  y.backward({ gradient: t.fromArray(typeof dy === "number" ? new Array(y.size).fill(dy) : dy, y.shape as number[]) });
  return numbers(x.grad!);
}
const Inf = Infinity;

describe("corners as PyTorch has them", () => {
  test("powers: a half power is a root, 1 to any power is 1", () => {
    const x = of(-Inf, -2, 0, 1, Inf, NaN);
    expect(numbers(t.pow(x, 0.5))).toEqual([NaN, NaN, 0, 1, Inf, NaN]);
    expect(numbers(t.pow(x, -0.5))).toEqual([NaN, NaN, Inf, 1, 0, NaN]);
    expect(numbers(t.pow(x, 1.5))).toEqual([Inf, NaN, 0, 1, Inf, NaN]);
    expect(numbers(t.pow(of(1, -1, 2), Inf))).toEqual([1, 1, Inf]);
    expect(numbers(t.pow(of(1, 2), NaN))).toEqual([1, NaN]);
    expect(gradient((x) => t.pow(x, 0), [-2, 0, NaN], Inf)).toEqual([0, 0, 0]);
    expect(gradient((x) => t.pow(x, 0.5), [-Inf, 0, 1])).toEqual([NaN, Inf, 0.5]);
  });

  test("abs, relu and clamp at NaN, and where dy is infinite", () => {
    expect(gradient(t.abs, [NaN, -Inf, 0])).toEqual([0, -1, 0]);
    expect(gradient(t.relu, [NaN, -1, 0, 1])).toEqual([1, 0, 0, 1]);
    expect(gradient(t.relu, [-1, 0, 1, NaN], Inf)).toEqual([0, 0, Inf, Inf]);
    expect(gradient((x) => t.clamp(x, { min: -1, max: 1 }), [-2, 0, 2, NaN], Inf)).toEqual([0, Inf, 0, 0]);
  });

  test("maximum: beside a NaN both get the gradient; what was not chosen gets 0 of an infinite one", () => {
    const b = t.tensor([0, NaN, 1, 2], { requiresGrad: true });
    expect(gradient((x) => t.maximum(x, b), [NaN, 0, 1, 5])).toEqual([1, 1, 0.5, 1]);
    expect(numbers(b.grad!)).toEqual([1, 1, 0.5, 0]);
    expect(gradient((x) => t.maximum(x, 0), [-1, 1, NaN], Inf)).toEqual([0, Inf, Inf]);
  });

  test("max and min with a NaN: over all numbers it takes the gradient, over a list of axes all become NaN", () => {
    const square = (x: X): X => t.reshape(x, [2, 2]);
    for (const op of [t.max, t.min]) {
      expect(gradient((x) => op(square(x)), [1, NaN, 2, 3])).toEqual([0, 1, 0, 0]);
      expect(gradient((x) => op(square(x)), [NaN, NaN, 2, 3])).toEqual([0.5, 0.5, 0, 0]);
      expect(gradient((x) => op(square(x), [0, 1]), [1, NaN, 2, 3])).toEqual([NaN, NaN, NaN, NaN]);
      expect(gradient((x) => op(square(x), [0]), [1, NaN, 2, 3])[1]).toBeNaN();
    }
    expect(gradient((x) => t.max(square(x), [0]), [1, NaN, 2, 3])).toEqual([0, NaN, 1, NaN]);
    expect(gradient((x) => t.max(square(x), 0), [1, NaN, 2, 3])).toEqual([0, 1, 1, 0]);
  });

  test("argmax and max along an axis choose the first of several NaNs", () => {
    const x = of(1, NaN, 3, NaN);
    expect([t.argmax(x, 0).item(), numbers(t.topk(x, 3).indices)]).toEqual([1, [1, 3, 2]]);
    expect(gradient((x) => t.max(x, 0), [1, NaN, 3, NaN])).toEqual([0, 1, 0, 0]);
    expect(gradient((x) => t.min(x, 0), [1, NaN, 3, NaN])).toEqual([0, 1, 0, 0]);
  });

  test("the variance of fewer numbers than the correction is infinite or NaN, never negative", () => {
    expect(t.variance(of(1, 2), 0, { correction: 2 }).item()).toBe(Inf);
    expect(t.variance(of(1, 2), 0, { correction: 3 }).item()).toBe(Inf);
    expect(t.variance(of(1), 0).item()).toBeNaN();
    expect(t.variance(of(1), 0, { correction: 5 }).item()).toBeNaN();
    expect(t.variance(t.zeros([0]), 0).item()).toBeNaN();
  });

  test("logSoftmax: far from 0 the logarithm of the total counts, and +∞ makes its line NaN", () => {
    expect(numbers(t.logSoftmax(of(3e38, 3e38), 0))).toEqual([Math.fround(-Math.LN2), Math.fround(-Math.LN2)]);
    expect(numbers(t.logSoftmax(of(Inf, 0), 0))).toEqual([NaN, NaN]);
    expect(numbers(t.logSoftmax(of(-Inf, 0), 0))).toEqual([-Inf, 0]);
    expect(t.crossEntropy(t.tensor([[3e38, 3e38]]), int32([0])).item()).toBeCloseTo(Math.LN2, 6);
  });

  test("division: the gradient neither overflows nor underflows on its way", () => {
    const slopes = (a: number, b: number, dy: number): number =>
      gradient((x) => t.div(a as never, x as never), [b], dy)[0];
    expect(slopes(1e-30, 1e-30, 1e-20)).toBeCloseTo(-1e10, -4);
    expect(slopes(1e30, 1e30, 1e20)).toBeCloseTo(-1e-10, 15);
    expect(slopes(1, 1e-18, 1e-10) / -1e26).toBeCloseTo(1, 6);
    expect([slopes(0, 0, 1), slopes(1, 0, 1), slopes(1, Inf, 1), slopes(Inf, 2, 1)]).toEqual([NaN, -Inf, -0, -Inf]);
  });

  test("a NaN is not 0: as a condition or in a mask it counts as true", () => {
    expect(numbers(t.where(of(NaN, 0, -0), 1, 2))).toEqual([1, 2, 2]);
    expect(numbers(t.maskedFill(of(1, 2), of(NaN, 0), 7))).toEqual([7, 2]);
    expect(numbers(t.maskedSoftmax(of(1, 1, 1), of(NaN, 1, 0), 0))).toEqual([0.5, 0.5, 0]);
    expect(gradient((x) => t.where(of(NaN, 0), x, 0), [1, 2])).toEqual([1, 0]);
    const one = t.ones([1, 1, 1, 1]);
    expect(numbers(t.scaledDotProductAttention(one, one, one, { mask: of(NaN) }))).toEqual([1]);
  });
});

describe("masked places never get a gradient, and change nothing", () => {
  test("maskedSoftmax with a NaN in its line, or in dy", () => {
    const masked = (x: X): t.Tensor => t.maskedSoftmax(x, of(1, 0, 1), 0);
    expect(gradient(masked, [NaN, 1, 2])[1]).toBe(0);
    expect(gradient(masked, [1, NaN, 2]).every(Number.isFinite)).toBe(true);
    for (const dy of [NaN, Inf]) expect(gradient(masked, [1, 2, 3], dy)[1]).toBe(0);
  });

  const isClose = (a: number, b: number): boolean => Object.is(a, b) || Math.abs(a - b) < 1e-5;
  /** Normally distributed, [1, H, 3, 2]. */
  const part = (seed: number, heads = 1): X => t.randn([1, heads, 3, 2], new t.Generator(seed));
  const causal = t.reshape(t.tril(t.ones([3, 3])), [1, 1, 3, 3]);

  test.each([1, 2])(
    "attention gives the same by isCausal and by the same mask, with a hidden NaN and %i query heads",
    (heads) => {
      for (const bad of [NaN, Inf]) {
        const run = (options: t.AttentionOptions): number[][] => {
          const inputs = [part(1, heads), part(2), part(3)].map((x) => Object.assign(x, { requiresGrad: true }));
          // The last key and value are hidden from all but the last query.
          for (const x of inputs.slice(1)) x.set(numbers(x).with(4, bad));
          const y = t.scaledDotProductAttention(inputs[0], inputs[1], inputs[2], options);
          t.sum(t.slice(y, 2, 0, 2)).backward();
          return [y, ...inputs.map((x) => x.grad!)].map(numbers);
        };
        const [byMask, byOption] = [run({ mask: causal }), run({ isCausal: true })];
        expect(byMask[0].slice(0, 4).every(Number.isFinite)).toBe(true);
        byMask.forEach((list, i) => list.forEach((value, j) => expect(isClose(value, byOption[i][j])).toBe(true)));
      }
    },
  );

  test("a mask that hides nothing changes nothing, and padding behind a mask fares as if it were not there", () => {
    const [q, k, v] = [part(1), part(2), part(3)];
    const plain = numbers(t.scaledDotProductAttention(q, k, v));
    numbers(t.scaledDotProductAttention(q, k, v, { mask: t.ones([3, 3]) })).forEach((x, i) =>
      expect(x).toBeCloseTo(plain[i], 6),
    );
    const junk = t.full([1, 1, 2, 2], NaN);
    const padded = t.scaledDotProductAttention(q, t.concat([k, junk], 2), t.concat([v, junk], 2), {
      mask: int32([1, 1, 1, 0, 0]),
    });
    numbers(padded).forEach((x, i) => expect(x).toBeCloseTo(plain[i], 6));
  });
});
