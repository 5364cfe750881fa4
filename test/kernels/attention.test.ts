import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { checked } from "../../lib/kernels/attention/check.js";
import type { AttentionKernels, AttentionSizes, Heads } from "../../lib/kernels/attention/types.js";
import { attentionOf } from "../../lib/kernels/attention/wasm.js";
import { supports } from "../../lib/kernels/detect.js";
import { Storage } from "../../lib/kernels/memory.js";
import { attention as reference } from "../../lib/kernels/reference/attention.js";
import { instantiate } from "../../lib/kernels/wasm.js";
import { moduleFile } from "./builds.js";
import { uniform } from "./operands.js";

const builds = (["relaxed", "simd"] as const)
  .filter(supports)
  .map((name) => [name, attentionOf(instantiate(moduleFile(name)))] as const);

/** [B, H, T, K] at an odd offset, with a gap behind each row; heads beside each other (as [B, T, H, K]) or one after the other. */
function heads(shape: readonly [number, number, number, number], apart: boolean, next: () => number): Heads {
  const [b, h, t, k] = shape;
  const step = k + 2;
  const [rowStride, headStride] = apart ? [h * step, step] : [step, t * step];
  const storage = new Storage(3 + b * h * t * step);
  const values = storage.f32();
  for (let i = 0; i < values.length; i++) values[i] = next();
  return { storage, offset: 3, batchStride: h * t * step, headStride, rowStride };
}

interface Case extends AttentionSizes {
  apart: boolean;
  seed: number;
  wanted: readonly boolean[];
}

const arbitrary: fc.Arbitrary<Case> = fc
  .record({
    batch: fc.integer({ min: 1, max: 2 }),
    groups: fc.integer({ min: 1, max: 2 }),
    shared: fc.integer({ min: 1, max: 3 }),
    queries: fc.integer({ min: 1, max: 50 }),
    more: fc.integer({ min: 0, max: 30 }),
    size: fc.integer({ min: 0, max: 9 }),
    valueSize: fc.integer({ min: 1, max: 9 }),
    scale: fc.constantFrom(0.3, 1),
    causal: fc.boolean(),
    apart: fc.boolean(),
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
    wanted: fc.tuple(fc.boolean(), fc.boolean(), fc.boolean()),
  })
  .map(({ shared, more, causal, ...rest }) => {
    const keys = rest.queries + more - Math.min(rest.queries, 10);
    return { ...rest, heads: rest.groups * shared, keys, ahead: causal ? keys - rest.queries : keys };
  });

/** Everything that a kernel writes, gaps included, and the FLOPs that it says it ran. */
function run(
  kernels: AttentionKernels,
  sizes: Case,
  change: (x: Record<"q" | "k" | "v" | "dy", Heads>) => void = () => 0,
) {
  const { batch, groups, queries, keys, size, valueSize, apart, seed, wanted } = sizes;
  const next = uniform(seed);
  const q = heads([batch, sizes.heads, queries, size], apart, next);
  const k = heads([batch, groups, keys, size], !apart, next);
  const v = heads([batch, groups, keys, valueSize], apart, next);
  const dy = heads([batch, sizes.heads, queries, valueSize], !apart, next);
  change({ q, k, v, dy });
  const y = heads([batch, sizes.heads, queries, valueSize], apart, () => 9);
  const stats = { storage: new Storage(2 * batch * sizes.heads * queries), offset: 0 };
  const shapes = [
    [sizes.heads, queries, size] as const,
    [groups, keys, size] as const,
    [groups, keys, valueSize] as const,
  ];
  const [dq, dk, dv] = shapes.map(([h, t, n], i) => (wanted[i] ? heads([batch, h, t, n], apart, () => 9) : null));
  const safe = checked(kernels);
  const flops = [safe.forward(sizes, q, k, v, y, stats), safe.backward(sizes, q, k, v, dy, stats, dq, dk, dv)];
  return { flops, written: [y, dq, dk, dv].map((x) => (x ? Array.from(x.storage.f32()) : [])) };
}

describe.each(builds)("attention of the %s build", (_name, kernels) => {
  it("equals its TypeScript twin: shared heads, a cache, any strides, and whichever gradients are wanted", () => {
    fc.assert(
      fc.property(arbitrary, (sizes) => {
        const [ours, twin] = [run(kernels, sizes), run(reference, sizes)];
        ours.written.forEach((values, i) => {
          values.forEach((value, j) => {
            if (Math.abs(value - twin.written[i][j]) > 2e-5)
              expect.fail(`${i}, ${j}: ${value}, not ${twin.written[i][j]}`);
          });
        });
        // It computes what its queries see, and at most all.
        const { batch, queries, keys, size, valueSize } = sizes;
        const all = 2 * batch * sizes.heads * queries * keys * (size + valueSize);
        expect(ours.flops[0]).toBeGreaterThanOrEqual(twin.flops[0]);
        expect(ours.flops[0]).toBeLessThanOrEqual(all);
        expect(ours.flops[1]).toBeGreaterThanOrEqual(twin.flops[1]);
      }),
    );
  });

  const causal: Case = {
    ...{ batch: 1, heads: 1, groups: 1, queries: 64, keys: 64, size: 4, valueSize: 4, scale: 0.5, ahead: 0 },
    ...{ apart: true, seed: 5, wanted: [true, true, true] },
  };

  it("leaves out much of what a causal mask hides, and counts no more than it runs", () => {
    const whole = 2 * 64 * 64 * 8;
    const [forward, backward] = run(kernels, causal).flops;
    expect(forward / whole).toBeLessThan(0.7);
    expect(backward / forward).toBe(20 / 8); // five products of 4 for two
    expect(run(kernels, { ...causal, ahead: 64 }).flops[0]).toBe(whole);
    expect(run(kernels, { ...causal, wanted: [false, false, true] }).flops[1]).toBe(forward);
  });

  it.each([NaN, Infinity, -Infinity])("keeps a %s to the queries that see it, as its twin does", (odd) => {
    const place = (x: Heads) => (x.storage.f32()[x.offset + 40 * x.rowStride] = odd);
    for (const name of ["q", "k", "v", "dy"] as const) {
      const [ours, twin] = [kernels, reference].map((each) => run(each, causal, (x) => place(x[name])));
      const visible = (x: number[][]) => x.map((values) => values.map((value) => Number.isFinite(value)));
      expect(visible(ours.written)).toEqual(visible(twin.written));
      const first = Array.from({ length: 40 }, (_, t) => ours.written[0].slice(3 + 6 * t, 3 + 6 * (t + 1)));
      expect(first.flat().every(Number.isFinite)).toBe(true);
    }
  });

  it("refuses to leave a block, and more keys than fit", () => {
    const outside = (x: Record<string, Heads>) => Object.assign(x.k, { rowStride: 7 });
    expect(() => run(kernels, causal, outside)).toThrow(
      "internal error: attention's k [1, 1, 64, 4] reaches elements 3 to 447 of a block of 387",
    );
    const { q, k, v, y } = { q: 1, k: 1, v: 1, y: 1 } as unknown as Record<string, Heads>;
    expect(() => checked(kernels).forward({ ...causal, keys: 32_769 }, q, k, v, y, null)).toThrow(
      "attention over 32769 keys, 32768 fit the kernel",
    );
  });
});
