import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { kernelNames, supports } from "../../lib/kernels/detect.js";
import { counter, kernelName, resetCounter, useKernels } from "../../lib/kernels/index.js";
import * as t from "../../lib/tensor/index.js";
import { scope, Storage } from "../../lib/kernels/memory.js";
import type { X } from "./layouts.js";

const start = kernelName();
afterEach(() => useKernels(start));

/** [B, H, T, K], or a view of [B, T, H, K]. */
function heads(shape: readonly [number, number, number, number], seed: number, apart: boolean): X {
  const [b, h, n, k] = shape;
  const x: X = t.randn(apart ? [b, n, h, k] : [b, h, n, k], new t.Generator(seed));
  x.requiresGrad = true;
  return x;
}
const view = (x: X, apart: boolean): X => (apart ? t.permute(x, [0, 2, 1, 3]) : x);

/** y and the gradients of q, k and v; step by step where there is a mask. */
function attend(inputs: readonly X[], apart: boolean, options: t.AttentionOptions): number[][] {
  const [q, k, v] = inputs.map((x) => view(x, apart));
  const y: X = t.scaledDotProductAttention(q, k, v, options);
  y.backward({ gradient: t.randn(y.shape as number[], new t.Generator(9)) });
  return [y, ...inputs.map((x) => x.grad!)].map((x) => Array.from(x.toTypedArray()));
}

describe.each(kernelNames.filter(supports))("attention on the %s kernels", (name) => {
  it("reads views whose axes of size 1 have any stride, as after a flip", () => {
    useKernels(name);
    const k: X = t.randn([1, 1, 1, 2], new t.Generator(1));
    for (const axes of [2, [0, 1], [0, 1, 2, 3]])
      expect(t.scaledDotProductAttention(t.flip(k, axes as number[]), k, t.ones([1, 1, 1, 2])).toArray()).toEqual([
        [[[1, 1]]],
      ]);
    const odd = t.permute(t.flip(k, 2), [2, 1, 0, 3]);
    expect(t.scaledDotProductAttention(odd, odd, t.ones([1, 1, 1, 2])).toArray()).toEqual([[[[1, 1]]]]);
  });

  const size = fc.integer({ min: 0, max: 3 });
  const length = fc.integer({ min: 0, max: 40 });
  it("gives in one kernel what separate steps give with a mask that hides nothing, gradients too", () => {
    useKernels(name);
    fc.assert(
      fc.property(
        fc.tuple(size, size, size, length, length, size, fc.boolean(), fc.boolean()),
        ([b, groups, shared, queries, keys, k, isCausal, apart]) => {
          const h = groups * shared;
          const make = () => [
            heads([b, h, queries, k + 1], 1, apart),
            heads([b, groups, keys, k + 1], 2, apart),
            heads([b, groups, keys, k], 3, apart),
          ];
          const options = { isCausal, scale: 0.4 };
          const fused = attend(make(), apart, options);
          const steps = attend(make(), apart, { ...options, mask: t.ones([1, 1]) });
          fused.forEach((values, i) => {
            expect(values.length).toBe(steps[i].length);
            values.forEach((x, j) => {
              expect(x).toBeCloseTo(steps[i][j], 4);
            });
          });
        },
      ),
      { numRuns: name === "typescript" ? 30 : 100 },
    );
  });

  it("gives zeros as gradients of keys that no query saw, whatever was in that memory before", () => {
    useKernels(name);
    for (const [b, h, queries] of [
      [1, 0, 1],
      [1, 2, 0],
      [1, 0, 0],
      [0, 2, 3],
    ]) {
      const { born } = scope(() => Array.from({ length: 8 }, () => new Storage(2 * 5 * 4)));
      for (const storage of born) storage.f32().fill(NaN);
      for (const storage of born) storage.release();
      const inputs = [
        heads([b, h, queries, 4], 1, false),
        heads([b, 2, 5, 4], 2, false),
        heads([b, 2, 5, 4], 3, false),
      ];
      const [, dq, dk, dv] = attend(inputs, false, {});
      expect([dq, dk, dv].flat().every((x) => x === 0)).toBe(true);
    }
  });

  it("takes any scale: 0 weighs all alike, below 0 the smallest score counts most, NaN stays visible", () => {
    useKernels(name);
    const [q, k, v] = [1, 2, 3].map((seed) => heads([1, 2, 7, 3], seed, false));
    const y = (q: X, scale: number): number[] =>
      Array.from((t.scaledDotProductAttention(q, k, v, { scale }) as X).toTypedArray());
    const mean = Array.from(t.mean(v, 2, { keepdim: true }).toTypedArray());
    const turned = y(t.neg(q), 1.5);
    y(q, 0).forEach((x, i) => expect(x).toBeCloseTo(mean[3 * Math.floor(i / 21) + (i % 3)], 5));
    y(q, -1.5).forEach((x, i) => expect(x).toBeCloseTo(turned[i], 5));
    expect(y(q, NaN).every(Number.isNaN)).toBe(true);
  });

  it("shows nothing of a later position, were it a NaN", () => {
    useKernels(name);
    const rows = (spoilt: boolean): number[][] => {
      const inputs = [1, 2, 3].map((seed) => {
        const x = heads([1, 1, 30, 4], seed, false);
        if (spoilt) x.set(Array.from(x.toTypedArray(), (value, i) => (i >= 20 * 4 ? NaN : value)));
        return x;
      });
      return [t.scaledDotProductAttention(inputs[0], inputs[1], inputs[2], { isCausal: true }).toTypedArray()].map(
        (y) => Array.from(y.slice(0, 20 * 4)),
      );
    };
    const [[clean], [spoilt]] = [rows(false), rows(true)];
    spoilt.forEach((x, i) => {
      expect(x).toBeCloseTo(clean[i], 5);
    });
  });
});

describe("the counter of matmul FLOPs", () => {
  const flops = (options: t.AttentionOptions): number => {
    resetCounter();
    const [q, k, v] = [1, 2, 3].map((seed) => heads([2, 3, 96, 8], seed, false));
    t.sum(t.scaledDotProductAttention(q, k, v, options)).backward();
    return counter.wasmFlops + counter.typescriptFlops;
  };
  const product = 2 * 2 * 3 * 96 * 96 * 8;

  it("counts seven products of an attention step, and under a causal mask only what ran", () => {
    expect(flops({})).toBe(7 * product);
    expect(flops({ mask: t.ones([1, 1]) })).toBe(6 * product); // which keeps the weights
    const share = flops({ isCausal: true }) / (7 * product);
    expect(share).toBeGreaterThan(0.5);
    expect(share).toBeLessThan(0.65);
  });
});

it("more keys than the kernel has room for go step by step", () => {
  const keys = 40_000;
  const [q, k] = [t.ones([1, 1, 1, 1]), t.zeros([1, 1, keys, 1])];
  const v: X = t.tensor([[Array.from({ length: keys }, (_, i) => [i])]]);
  expect(t.scaledDotProductAttention(q, k, v).item()).toBeCloseTo((keys - 1) / 2, -1);
});
