import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { supports } from "../../lib/kernels/detect.js";
import { Storage } from "../../lib/kernels/memory.js";
import { rowsReference } from "../../lib/kernels/reference/index.js";
import type { RowKernels, Span } from "../../lib/kernels/rows/types.js";
import { unaryKernels } from "../../lib/kernels/rows/unary.js";
import { rowsOf } from "../../lib/kernels/rows/wasm.js";
import { instantiate } from "../../lib/kernels/wasm.js";
import { moduleFile } from "./builds.js";
import { uniform } from "./operands.js";

const builds = (["relaxed", "simd"] as const)
  .filter(supports)
  .map((name) => [name, rowsOf(instantiate(moduleFile(name)))] as const);

/** `values` in a block of their own, at an odd offset and with room behind, so that writing beside them shows. */
function span(values: ArrayLike<number>): Span & { length: number } {
  const storage = new Storage(values.length + 7);
  storage.f32().fill(123).set(Float32Array.from(values), 3);
  return { storage, offset: 3, length: values.length };
}
function intSpan(values: readonly number[]): Span {
  const storage = new Storage(values.length + 3);
  storage.i32().set(values, 3);
  return { storage, offset: 3 };
}

const contents = ({ storage, offset, length }: Span & { length: number }): number[] => {
  const all = Array.from(storage.f32());
  expect([...all.slice(0, offset), ...all.slice(offset + length)]).toEqual([123, 123, 123, 123, 123, 123, 123]);
  return all.slice(offset, offset + length);
};

/** Runs the same call on a build and on the twin, each with spans of its own, and compares what was written. */
function same(
  kernels: RowKernels,
  inputs: readonly ArrayLike<number>[],
  call: (k: RowKernels, spans: Span[]) => unknown,
  bound: number,
): void {
  const [ours, twins] = [inputs.map(span), inputs.map(span)];
  expect(call(kernels, ours)).toEqual(call(rowsReference, twins));
  ours.forEach((mine, i) => {
    const [got, wanted] = [contents(mine), contents(twins[i])];
    got.forEach((value, j) => {
      const close =
        Object.is(value, wanted[j]) || Math.abs(value - wanted[j]) <= bound * Math.max(1, Math.abs(wanted[j]));
      if (!close) expect.fail(`span ${i}, element ${j}: ${value}, the twin says ${wanted[j]}`);
    });
  });
}

const numbers = (n: number, seed: number, scale = 1): number[] => {
  const next = uniform(seed);
  return Array.from({ length: n }, () => scale * next());
};
const size = fc.integer({ min: 1, max: 40 });
const seed = fc.integer({ min: 0, max: 2 ** 31 });
/** How far a float32 sum of n numbers may be from another one with fewer roundings: one kernel fuses product and sum. */
const ofSum = (n: number): number => Math.max(1e-6, n * 2 ** -23);

describe.each(builds)("the row kernels of the %s build equal their TypeScript twins:", (_name, kernels) => {
  it.each(unaryKernels)("%s, forward within 1e-6 and back", (name) => {
    fc.assert(
      fc.property(size, seed, (n, from) => {
        const [x, dy] = [numbers(n, from, 8), numbers(n, from + 1)];
        same(kernels, [x, numbers(n, 1)], (k, [x, y]) => k[name](n, x, y), 1e-6);
        same(kernels, [x, dy, dy], (k, [x, dy, dx]) => k[`${name}Backward`](n, x, dy, dx), 2e-6);
      }),
    );
    const odd = [NaN, -1e30, 1e30, 0];
    same(kernels, [odd, odd], (k, [x, y]) => k[name](4, x, y), 1e-6);
  });

  it.each(["add", "sub", "mul", "div"] as const)("%s, with operands that repeat", (name) => {
    fc.assert(
      fc.property(size, size, seed, fc.constantFrom("same", "row", "one", "left"), (rows, d, from, kind) => {
        const n = rows * d;
        const periods = { same: [n, n], row: [n, d], one: [n, 1], left: [d, n] }[kind] as [number, number];
        const [a, b] = periods.map((p, i) => numbers(p, from + i));
        same(kernels, [a, b, numbers(n, 3)], (k, [a, b, y]) => k[name](n, a, periods[0], b, periods[1], y), 0);
      }),
    );
  });

  it("softmax, with scale, causal mask and stats; and its gradient", () => {
    fc.assert(
      fc.property(size, size, seed, fc.integer({ min: -2, max: 8 }), (rows, n, from, ahead) => {
        const x = numbers(rows * n, from, 5);
        same(
          kernels,
          [x, x, numbers(2 * rows, 1)],
          (k, [x, y, stats]) => k.softmax(rows, n, x, y, 0.7, 3, ahead, stats),
          2e-6,
        );
        const [y, dy] = [numbers(rows * n, from + 1), numbers(rows * n, from + 2)];
        same(kernels, [y, dy, dy], (k, [y, dy, dx]) => k.softmaxBackward(rows, n, y, dy, dx, 0.5), 5e-6);
      }),
    );
    const odd = [0, NaN, 1, -Infinity, 0, 0, -Infinity, -Infinity, -Infinity];
    same(kernels, [odd, odd], (k, [x, y]) => k.softmax(3, 3, x, y, 1, 1, 3), 1e-6);
  });

  it("the gradient of cross entropy", () => {
    fc.assert(
      fc.property(size, size, seed, fc.boolean(), (rows, v, from, weighted) => {
        const targets = Array.from({ length: rows }, (_, r) => (r % 3 === 2 ? -100 : (r * 7) % v));
        const inputs = [numbers(rows * v, from), numbers(rows, from + 1), numbers(rows * v, 1)];
        const call = (k: RowKernels, [p, weights, dx]: Span[]) =>
          k.crossEntropyBackward(rows, v, p, intSpan(targets), -100, 0.1, 0.5, weighted ? weights : null, dx);
        same(kernels, inputs, call, 1e-6);
      }),
    );
  });

  it("layer norm and RMS norm, with and without weight and bias, and back", () => {
    fc.assert(
      fc.property(size, size, seed, fc.boolean(), fc.boolean(), (rows, d, from, centered, bare) => {
        const [x, w, b] = [numbers(rows * d, from, 3), numbers(d, from + 1), numbers(d, from + 2)];
        const call = (k: RowKernels, [x, w, b, hat, rstd, y]: Span[]) =>
          k.norm(rows, d, x, bare ? null : w, bare ? null : b, 1e-2, centered, hat, rstd, y);
        same(kernels, [x, w, b, x, numbers(rows, 1), x], call, 1e-5);
        const back = (k: RowKernels, [dy, w, hat, rstd, dx]: Span[]) =>
          k.normBackward(rows, d, dy, bare ? null : w, hat, rstd, centered, dx);
        same(kernels, [x, w, numbers(rows * d, from + 3), numbers(rows, 1), x], back, 2e-5);
      }),
    );
  });

  it("sums down columns, and of squares", () => {
    fc.assert(
      fc.property(size, size, seed, (rows, d, from) => {
        const [a, b, y] = [numbers(rows * d, from), numbers(rows * d, from + 1), numbers(d, 1)];
        same(kernels, [a, y], (k, [a, y]) => k.columnSums(rows, d, a, y), 0);
        same(kernels, [a, b, y], (k, [a, b, y]) => k.columnDots(rows, d, a, b, y), 1e-6);
        const total = (k: RowKernels) => k.sumSquares(rows * d, span(a));
        expect(total(kernels)).toBeCloseTo(total(rowsReference), 8);
      }),
    );
  });

  it("rows by index, and added back", () => {
    fc.assert(
      fc.property(size, size, size, seed, (m, v, d, from) => {
        const next = uniform(from);
        const index = Array.from({ length: m }, () => Math.floor(((next() + 1) / 2) * v));
        const [table, rows] = [numbers(v * d, from), numbers(m * d, from + 1)];
        same(kernels, [table, rows], (k, [t, r]) => k.gatherRows(m, d, t, intSpan(index), r), 0);
        same(kernels, [table, rows], (k, [t, r]) => k.scatterAddRows(m, d, r, intSpan(index), 0.5, t), ofSum(m));
      }),
    );
  });

  it("experts' rows on their way home, and the gradients", () => {
    fc.assert(
      fc.property(size, size, size, seed, (m, n, d, from) => {
        const next = uniform(from);
        const tokens = Array.from({ length: m }, () => Math.floor(((next() + 1) / 2) * n));
        const order = Array.from({ length: m }, (_, i) => m + 1 - i); // two assignments have no row
        const [t, o] = [intSpan(tokens), intSpan(order)];
        const [rows, weights, y] = [numbers(m * d, from), numbers(m + 2, from + 1), numbers(n * d, from + 2)];
        same(kernels, [rows, weights, y], (k, [r, w, y]) => k.combine(m, d, r, t, w, o, y), ofSum(m));
        same(kernels, [rows, weights, y], (k, [r, w, y]) => k.combineBackward(m, d, y, t, w, o, r), 0);
        same(kernels, [rows, weights, y], (k, [r, w, y]) => k.combineWeightsBackward(m, d, r, y, t, o, w), 5e-6);
      }),
    );
  });

  it("the k largest", () => {
    fc.assert(
      fc.property(size, fc.array(fc.constantFrom(0, 1, 2, NaN, -Infinity), { minLength: 1, maxLength: 12 }), (k, x) => {
        const most = Math.min(k, x.length);
        const places = (rows: RowKernels) => {
          const out = intSpan(new Array<number>(most).fill(-1));
          rows.topk(1, x.length, most, span(x), out);
          return Array.from(out.storage.i32().subarray(3, 3 + most));
        };
        expect(places(kernels)).toEqual(places(rowsReference));
      }),
    );
  });

  it("Adam and AdamW", () => {
    fc.assert(
      fc.property(size, seed, fc.constantFrom([1, 0], [0.9, 0], [1, 0.1]), (n, from, [weightDecayFactor, decay]) => {
        const state = [
          numbers(n, from),
          numbers(n, from + 1),
          numbers(n, from + 2),
          numbers(n, from + 3).map(Math.abs),
        ];
        const call = (k: RowKernels, [p, g, m, v]: Span[]) =>
          k.adam(n, p, g, m, v, {
            betas: [0.9, 0.99],
            stepSize: 0.01,
            invSqrtBiasCorrection2: 1.5,
            eps: 1e-8,
            weightDecayFactor,
            decay,
          });
        same(kernels, state, call, 1e-6);
        same(kernels, [state[0]], (k, [x]) => k.scale(n, x, 0.3), 1e-6);
      }),
    );
  });

  it("refuse to leave a block", () => {
    const [x, short] = [span([1, 2, 3]), { storage: new Storage(2), offset: 0 }];
    expect(() => kernels.gelu(3, x, short)).toThrow("3 numbers from 0 on reach beyond a block of 2");
    expect(() => rowsReference.gelu(3, x, short)).toThrow("3 numbers from 0 on reach beyond a block of 2");
  });
});
