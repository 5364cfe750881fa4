import { describe, expect, test } from "vitest";
import * as t from "../../lib/tensor/index.js";
import { int32, type X } from "./layouts.js";

const leaf = (...values: number[]): X => Object.assign(t.tensor(values), { requiresGrad: true });
const numbers = (x: t.Tensor | null): number[] => Array.from(x!.toTypedArray());
/** The gradient of the sum of f. */
function slopes(f: (x: X) => t.Tensor, ...values: number[]): number[] {
  const x = leaf(...values);
  t.sum(f(x)).backward();
  return numbers(x.grad);
}

describe("logits of ±10,000", () => {
  const logits = [1e4, -1e4, 0];

  test("softmax is exactly one-hot, with gradients of 0", () => {
    expect(numbers(t.softmax(leaf(...logits), 0))).toEqual([1, 0, 0]);
    expect(slopes((x) => t.mul(t.softmax(x, 0), t.tensor([1, 2, 3])), ...logits)).toEqual([0, 0, 0]);
  });

  test("cross entropy is finite for the best and the worst class, and its gradient p − onehot", () => {
    const loss = (target: number) => (x: X) => t.crossEntropy(t.reshape(x, [1, 3]), int32([target]));
    expect([0, 1, 2].map((target) => numbers(loss(target)(leaf(...logits)))[0])).toEqual([0, 2e4, 1e4]);
    expect(slopes(loss(0), ...logits)).toEqual([0, 0, 0]);
    expect(slopes(loss(1), ...logits)).toEqual([1, -1, 0]);
  });

  test("with label smoothing, logSoftmax, logsumexp and attention too", () => {
    const smooth = (x: X): t.Tensor => t.crossEntropy(t.reshape(x, [1, 3]), int32([1]), { labelSmoothing: 0.1 });
    expect(numbers(smooth(leaf(...logits))).every(Number.isFinite)).toBe(true);
    expect(slopes(smooth, ...logits).every(Number.isFinite)).toBe(true);
    expect(numbers(t.logSoftmax(leaf(...logits), 0))).toEqual([0, -2e4, -1e4]);
    expect(slopes((x) => t.logsumexp(x, 0), ...logits)).toEqual([1, 0, 0]);
    const q = t.reshape(leaf(1e4, 1e4), [1, 1, 1, 2]);
    const y = t.scaledDotProductAttention(
      q,
      t.reshape(t.tensor([1e4, 1, -1e4, 1]), [1, 1, 2, 2]),
      t.ones([1, 1, 2, 2]),
    );
    for (const v of numbers(y)) expect(v).toBeCloseTo(1, 6);
  });
});

describe("all is masked", () => {
  test("softmax, maskedSoftmax and attention give zeros, with gradients of 0", () => {
    expect(slopes((x) => t.softmax(t.maskedFill(x, int32([1, 1]), -Infinity), 0), 1, 2)).toEqual([0, 0]);
    expect(slopes((x) => t.maskedSoftmax(x, int32([0, 0]), 0), 1, 2)).toEqual([0, 0]);
    const bias = t.full([1, 2], -Infinity);
    const [k, v] = [t.ones([1, 1, 2, 2]), t.ones([1, 1, 2, 2])];
    const attend = (x: X): t.Tensor => t.scaledDotProductAttention(t.reshape(x, [1, 1, 1, 2]), k, v, { bias });
    expect([numbers(attend(leaf(1, 2))), slopes(attend, 1, 2)]).toEqual([[0, 0], [0, 0]]); // prettier-ignore
  });

  test("logsumexp is −∞ with gradients of 0; logSoftmax is NaN, as there is nothing to divide by", () => {
    expect(numbers(t.logsumexp(leaf(-Infinity, -Infinity), 0))).toEqual([-Infinity]);
    expect(slopes((x) => t.logsumexp(x, 0), -Infinity, -Infinity)).toEqual([0, 0]);
    expect(numbers(t.logSoftmax(leaf(-Infinity, -Infinity), 0))).toEqual([NaN, NaN]);
  });

  test("causal queries before the first key see nothing: with fewer keys than queries the first rows are zeros", () => {
    const [q, k] = [t.ones([1, 1, 3, 2]), t.ones([1, 1, 2, 2])];
    expect(numbers(t.scaledDotProductAttention(q, k, k, { isCausal: true }))).toEqual([0, 0, 1, 1, 1, 1]);
  });
});

describe("infinities", () => {
  const cases: [string, (x: X) => t.Tensor, number[], number[]][] = [
    ["exp", t.exp, [Infinity, -Infinity], [Infinity, 0]],
    ["log", t.log, [0, Infinity, -1], [-Infinity, Infinity, NaN]],
    ["sqrt", t.sqrt, [Infinity, -1], [Infinity, NaN]],
    ["rsqrt", t.rsqrt, [0, Infinity], [Infinity, 0]],
    ["reciprocal", t.reciprocal, [0, -0, Infinity], [Infinity, -Infinity, 0]],
    ["tanh", t.tanh, [Infinity, -Infinity], [1, -1]],
    ["sigmoid", t.sigmoid, [Infinity, -Infinity], [1, 0]],
    ["softplus", t.softplus, [Infinity, -Infinity], [Infinity, 0]],
    ["sqrtSoftplus", t.sqrtSoftplus, [Infinity, -Infinity], [Infinity, 0]],
    ["relu", t.relu, [Infinity, -Infinity], [Infinity, 0]],
    ["clamp", (x) => t.clamp(x, { max: 2 }), [Infinity, -Infinity], [2, -Infinity]],
    ["div", (x) => t.div(x, 0), [1, -1, 0], [Infinity, -Infinity, NaN]],
    ["max", (x) => t.max(x), [-Infinity, -Infinity], [-Infinity]],
    ["sum", (x) => t.sum(x), [Infinity, -Infinity], [NaN]],
    ["cumsum", (x) => t.cumsum(x, 0), [1, Infinity, 1], [1, Infinity, Infinity]],
    ["softmax of +∞", (x) => t.softmax(x, 0), [0, Infinity], [NaN, NaN]],
    ["sort", (x) => t.sort(x).values, [Infinity, NaN, -Infinity, 0], [-Infinity, 0, Infinity, NaN]],
    ["maximum", (x) => t.maximum(x, 0), [-Infinity, Infinity, NaN], [0, Infinity, NaN]],
  ];
  test.each(cases)("%s", (_, f, values, expected) => {
    expect(numbers(f(leaf(...values)))).toEqual(expected);
  });

  test("what where or maskedFill leaves out gets a gradient of exactly 0, however infinite its own slope", () => {
    const safe = (x: X): t.Tensor => t.where(int32([0, 1]), t.log(x), 0);
    expect(slopes((x) => t.where(int32([0, 1]), x, 0), NaN, 2)).toEqual([0, 1]);
    expect(slopes((x) => t.maskedFill(x, int32([1, 0]), 5), Infinity, 2)).toEqual([0, 1]);
    // As in PyTorch: 0 · ∞ further back is NaN; choose before taking the logarithm.
    expect(slopes(safe, 0, 2)).toEqual([NaN, 0.5]);
    expect(slopes((x) => t.log(t.where(int32([0, 1]), x, 1)), 0, 2)).toEqual([0, 0.5]);
  });

  test("NaN among several axes: max is NaN, and its gradient goes there", () => {
    expect(slopes((x) => t.max(x), 1, NaN)).toEqual([0, 1]);
  });
});

test("−0 keeps its sign where it is only moved or negated", () => {
  const x = leaf(-0, 0);
  const same = [t.reshape(x, [2, 1]), t.flip(t.flip(x, 0), 0), t.mul(x, 1), t.sub(x, 0), t.concat([x], 0)];
  for (const y of same) expect(numbers(y)).toEqual([-0, 0]);
  expect(numbers(t.neg(x))).toEqual([0, -0]);
  expect(numbers(t.sqrt(x))).toEqual([-0, 0]);
});

test("denormal numbers are not flushed to 0, in the kernels neither", () => {
  const tiny = 2 ** -140;
  expect(numbers(t.mul(leaf(tiny), 2))).toEqual([2 ** -139]);
  expect(numbers(t.matmul(t.full([4, 4], tiny), t.eye(4))).every((v) => v === tiny)).toBe(true);
  expect(numbers(t.sum(t.full([8], tiny)))).toEqual([8 * tiny]);
});

describe("tensors without elements", () => {
  const none = t.zeros([0, 3]);
  test("have sums of 0, means of NaN, products of 0 and no largest element", () => {
    expect(numbers(t.sum(none, 0))).toEqual([0, 0, 0]);
    expect(numbers(t.mean(none, 0))).toEqual([NaN, NaN, NaN]);
    expect(numbers(t.matmul(t.zeros([2, 0]), t.zeros([0, 2])))).toEqual([0, 0, 0, 0]);
    expect(numbers(t.logsumexp(none, 0))).toEqual([-Infinity, -Infinity, -Infinity]);
    expect(() => t.max(none, 0)).toThrow("max of [0, 3]: there is nothing to choose from");
  });

  test("go through every kind of op", () => {
    const through = [t.softmax(none, 1), t.gelu(none), t.sort(none).values, t.layerNorm(none, null), t.flip(none, 0), t.cumsum(none, 0), t.tril(none), t.maskedFill(none, t.zeros([3]), 1)]; // prettier-ignore
    for (const y of through) expect(y.shape).toEqual([0, 3]);
    expect(t.crossEntropy(none, int32([], [0]), { reduction: "sum" }).item()).toBe(0);
    expect(t.crossEntropy(none, int32([], [0])).item()).toBeNaN();
  });
});

test("the reduction of a loss over ignored targets alone: sum 0, mean NaN, none zeros; gradients 0", () => {
  const f = (reduction: t.Reduction) => (x: X) => t.crossEntropy(t.reshape(x, [1, 2]), int32([-100]), { reduction });
  const values = (["sum", "mean", "none"] as const).map((r) => numbers(f(r)(leaf(1, 2)))[0]);
  expect(values).toEqual([0, NaN, 0]);
  for (const r of ["sum", "mean", "none"] as const) expect(slopes(f(r), 1, 2)).toEqual([0, 0]);
});
