import fc from "fast-check";
import { describe, test } from "vitest";
import { unaryKernels } from "../../../lib/kernels/rows/unary.js";
import * as t from "../../../lib/index.js";
import type { Tensor } from "../../../lib/tensor/index.js";
import { broadcastPair, layout, sizeOf } from "../arbitraries.js";
import { type Layout, int32, positive, spaced, type X } from "../layouts.js";

/** Ranks 0 to 5, sizes 0 to 3, few enough numbers to nudge each of them. */
const shape: fc.Arbitrary<number[]> = fc
  .array(fc.integer({ min: 0, max: 3 }), { maxLength: 5 })
  .filter((s) => sizeOf(s) <= 36);
const withAxis = shape.filter((s) => s.length > 0).chain((s) => fc.tuple(fc.constant(s), fc.integer({ min: -s.length, max: s.length - 1 }))); // prettier-ignore

/** Gradients of `f` against slopes, with each input seen through a view of the given layout. */
function check(f: (...xs: X[]) => Tensor, inputs: readonly X[], seenAs: Layout): void {
  const leaves = inputs.map((x) => Object.assign(seenAs.store(x).detach(), { requiresGrad: true }));
  t.gradcheck((...xs) => f(...xs.map((x, i) => seenAs.view(x, inputs[i].shape))), leaves);
}

const holds = (seed: number, property: fc.IRawProperty<unknown>): void =>
  void fc.assert(property, { numRuns: 60, seed });
const sizeAt = (x: X, axis: number): number => x.shape.at(axis)!;

describe("on random shapes of rank 0 to 5, through random views, the gradient is the slope", () => {
  const unary: [string, (x: X) => Tensor, typeof spaced][] = [
    ["exp", t.exp, spaced],
    ...unaryKernels.map((name): [string, (x: X) => Tensor, typeof spaced] => [name, t[name], spaced]),
    ["log", t.log, positive],
    ["rsqrt", t.rsqrt, positive],
    ["pow", (x) => t.pow(x, 2.5), positive],
    ["clamp", (x) => t.clamp(x, { min: -0.7 }), spaced],
    ["reshape", (x) => t.reshape(x, [1, x.size]), spaced],
    ["sum", (x) => t.sum(x), spaced],
  ];
  test.each(unary)("%s", (_, f, fill) =>
    holds(
      1,
      fc.property(shape, layout, (s, seenAs) => check(f, [fill(s)], seenAs)),
    ),
  );

  const binary: [string, (a: X, b: X) => Tensor, typeof spaced][] = [
    ["add", (a, b) => t.add(a, b), spaced],
    ["mul", (a, b) => t.mul(a, b), spaced],
    ["div", (a, b) => t.div(a, b), positive],
    ["maximum", (a, b) => t.maximum(a, b), spaced],
    ["where", (a, b) => t.where(t.oneHot(int32([0], []), 1), a, b), spaced],
  ];
  const pairs = broadcastPair(5).filter(({ a, b, out }) => sizeOf(out) <= 36 && sizeOf(a) <= 36 && sizeOf(b) <= 36);
  test.each(binary)("%s, broadcast", (_, f, fill) =>
    holds(
      2,
      fc.property(pairs, layout, ({ a, b }, seenAs) => check(f, [spaced(a), fill(b, 1)], seenAs)),
    ),
  );

  const alongAxis: [string, (x: X, axis: number) => Tensor][] = [
    ["softmax", (x, axis) => t.softmax(x, axis)],
    ["logSoftmax", (x, axis) => t.logSoftmax(x, axis)],
    ["logsumexp", (x, axis) => t.logsumexp(x, axis, { keepdim: true })],
    ["cumsum", (x, axis) => t.cumsum(x, axis)],
    ["sort", (x, axis) => t.sort(x, axis, { descending: axis < 0 }).values],
    ["topk", (x, axis) => t.topk(x, Math.min(2, sizeAt(x, axis)), axis).values],
    ["mean", (x, axis) => (sizeAt(x, axis) > 0 ? t.mean(x, axis) : t.sum(x, axis))],
    ["variance", (x, axis) => (sizeAt(x, axis) > 1 ? t.variance(x, axis) : t.sum(x, axis))],
    ["max", (x, axis) => (sizeAt(x, axis) > 0 ? t.max(x, axis, { keepdim: true }) : x)],
    ["flip", (x, axis) => t.flip(x, axis)],
    ["pad", (x, axis) => t.pad(x, axis, [1, 2])],
    ["slice", (x, axis) => t.slice(x, axis, 1, -1)],
    ["select", (x, axis) => (sizeAt(x, axis) > 0 ? t.select(x, axis, -1) : x)],
    ["stack", (x, axis) => (x.rank < 5 ? t.stack([x, x], axis) : x)],
    ["concat", (x, axis) => t.concat([x, t.exp(x), x], axis)],
    ["transpose", (x, axis) => t.transpose(x, axis, 0)],
  ];
  test.each(alongAxis)("%s along any axis", (_, f) =>
    holds(
      3,
      fc.property(withAxis, layout, ([s, axis], seenAs) => check((x) => f(x, axis), [spaced(s)], seenAs)),
    ),
  );

  test("sum over any set of axes", () => {
    const withAxes = shape.chain((s) => fc.tuple(fc.constant(s), fc.subarray(s.map((_, i) => i)), fc.boolean()));
    holds(4, fc.property(withAxes, layout, ([s, axes, keepdim], seenAs) => check((x) => t.sum(t.mul(x, x), axes, { keepdim }), [spaced(s)], seenAs))); // prettier-ignore
  });

  test("maskedFill and maskedSoftmax with a mask that broadcasts, whole lines masked too", () => {
    const masked = pairs.filter(({ a, out }) => String(a) === String(out) && a.length > 0);
    holds(5, fc.property(masked, layout, fc.nat(7), ({ a, b }, seenAs, seed) => {
      const mask = int32(Array.from({ length: sizeOf(b) }, (_, i) => ((i * 5 + seed) % 3) % 2), b);
      check((x) => t.maskedFill(x, mask, 9), [spaced(a)], seenAs);
      check((x) => t.maskedSoftmax(x, mask, -1), [spaced(a)], seenAs);
    })); // prettier-ignore
  });

  test("repeat", () => {
    const repeated = shape.filter((s) => s.length < 5).chain((s) => fc.tuple(fc.constant(s), fc.array(fc.integer({ min: 0, max: 2 }), { minLength: s.length, maxLength: s.length }))); // prettier-ignore
    holds(6, fc.property(repeated, layout, ([s, times], seenAs) => check((x) => t.repeat(x, [2, ...times]), [spaced(s)], seenAs))); // prettier-ignore
  });

  test("matmul with batches that broadcast", () => {
    const size = fc.integer({ min: 0, max: 3 });
    const small = broadcastPair(2).filter(({ out }) => sizeOf(out) <= 4);
    holds(7, fc.property(small, size, size, size, layout, (lead, m, k, n, seenAs) =>
      check((a, b) => t.matmul(a, b), [spaced([...lead.a, m, k]), spaced([...lead.b, k, n], 1)], seenAs))); // prettier-ignore
  });

  test("layerNorm and rmsNorm, with and without a weight", () => {
    const rows = shape.filter((s) => s.length > 0 && s[s.length - 1] > 1 && s.length < 5);
    holds(8, fc.property(rows, layout, (s, seenAs) => {
      const d = s.slice(-1);
      check((x, w, b) => t.layerNorm(x, w as never, b as never), [spaced(s), spaced(d, 1), spaced(d, 2)], seenAs);
      check((x) => t.add(t.rmsNorm(x, null), t.layerNorm(x, null)), [spaced(s)], seenAs);
    })); // prettier-ignore
  });
});
