import fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { supports } from "../../lib/kernels/detect.js";
import { useKernels } from "../../lib/kernels/index.js";
import {
  crossEntropy,
  fromArray,
  full,
  layerNorm,
  logSoftmax,
  logsumexp,
  mul,
  rmsNorm,
  softmax,
  sum,
  type Tensor,
} from "../../lib/index.js";
import "./builds.js"; // relaxed SIMD on Node 20
import { uniform } from "./operands.js";

const names = (["relaxed", "simd", "typescript"] as const).filter(supports);
afterAll(() => useKernels(names[0]));

/** Rows that cost digits: offset + spread · noise, in float32, now and then with one number far from the others. */
interface Row {
  n: number;
  offset: number;
  spread: number;
  outlier: number;
  seed: number;
}
const row: fc.Arbitrary<Row> = fc.record({
  n: fc.oneof(fc.integer({ min: 1, max: 70 }), fc.integer({ min: 1000, max: 5000 })),
  offset: fc.constantFrom(0, 0.1, -1.1, 10.1, 100.1, -1e4, 1e6, 1e20, -3e38, 1e-40),
  spread: fc.constantFrom(0, 1e-42, 1e-6, 1e-3, 1, 30),
  outlier: fc.constantFrom(0, 0, 0, 1e3, 1e8, -1e30),
  seed: fc.integer({ min: 0, max: 2 ** 31 }),
});

function numbersOf({ n, offset, spread, outlier, seed }: Row): Float32Array {
  const next = uniform(seed);
  const x = Float32Array.from({ length: n }, () => offset + spread * next());
  if (outlier !== 0) x[n >> 1] = outlier;
  return x;
}

/** y and dx of each op in the build that is chosen, dy being noise. */
function results(x: Float32Array, seed: number): Record<string, { y: Float64Array; dx: Float64Array }> {
  const n = x.length;
  const next = uniform(seed + 1);
  const dy = fromArray(Float32Array.from({ length: n }, next), [1, n]);
  const target = fromArray([n >> 1], [1], "int32");
  const ops: Record<string, (x: Tensor<[number, number]>) => Tensor> = {
    layerNorm: (x) => layerNorm(x, null),
    rmsNorm: (x) => rmsNorm(x, null),
    softmax: (x) => softmax(x, 1),
    logSoftmax: (x) => logSoftmax(x, 1),
    logsumexp: (x) => logsumexp(x, 1),
    crossEntropy: (x) => crossEntropy(x, target),
  };
  return Object.fromEntries(
    Object.entries(ops).map(([name, op]) => {
      const leaf = Object.assign(fromArray(x, [1, n]), { requiresGrad: true });
      const y = op(leaf);
      if (y.size === n) sum(mul(y, dy as Tensor)).backward();
      else sum(y).backward();
      return [name, { y: Float64Array.from(y.toTypedArray()), dx: Float64Array.from(leaf.grad!.toTypedArray()) }];
    }),
  );
}

/** The slope of each op: where a gradient cancels out, what is left is rounding of numbers of this size. */
function slopes(x: Float32Array, softmax: Float64Array): Record<string, number> {
  const over = (mean: number, eps: number): number =>
    1 / Math.sqrt(x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / x.length + eps);
  const mean = x.reduce((sum, v) => sum + v, 0) / x.length;
  return { layerNorm: over(mean, 1e-5), rmsNorm: over(0, 1e-6), softmax: Math.max(...softmax), logSoftmax: 1 };
}

/** Largest difference, as a share of the largest number (at least `floor`); NaN and infinities must be equal. */
function off(got: Float64Array, wanted: Float64Array, floor: number): number {
  const scale = wanted.reduce((most, x) => (Number.isFinite(x) ? Math.max(most, Math.abs(x)) : most), floor);
  return got.reduce((most, x, i) => {
    if (Object.is(x, wanted[i]) || x === wanted[i]) return most;
    const difference = Math.abs(x - wanted[i]) / scale;
    return difference <= most ? most : Number.isNaN(difference) ? Infinity : difference;
  }, 0);
}

describe("rows that cost digits", () => {
  it("give the same in every build, forward and backward, within 1e-5 of the largest number", () => {
    fc.assert(
      fc.property(row, (given) => {
        const x = numbersOf(given);
        const [first, ...others] = names.map((name) => {
          useKernels(name);
          return results(x, given.seed);
        });
        const steep = slopes(x, first.softmax.y);
        others.forEach((other, i) => {
          for (const [op, { y, dx }] of Object.entries(first)) {
            expect(off(other[op].y, y, 1e-30), `${op} in ${names[0]} and ${names[i + 1]}`).toBeLessThan(1e-5);
            expect(
              off(other[op].dx, dx, steep[op] ?? 1e-30),
              `${op}'s gradient in ${names[0]} and ${names[i + 1]}`,
            ).toBeLessThan(1e-5);
          }
        });
      }),
      { numRuns: 300, seed: 1 },
    );
  });

  describe.each(names)("with the %s kernels", (name) => {
    const values = (x: Tensor): Float64Array => Float64Array.from(x.toTypedArray());

    it("are within 2e-6 of float64 where they are a million numbers long", () => {
      useKernels(name);
      const n = 1_000_000;
      const next = uniform(3);
      for (const [offset, spread] of [
        [0, 1],
        [100, 1],
        [0.3, 0],
      ]) {
        const x = Float32Array.from({ length: n }, () => offset + spread * (next() + next() + next()));
        const row = fromArray(x, [1, n]);
        const mean = x.reduce((sum, v) => sum + v, 0) / n;
        const variance = x.reduce((sum, v) => sum + (v - mean) ** 2, 0) / n;
        const size = Math.sqrt(x.reduce((sum, v) => sum + v * v, 0) / n + 1e-6);
        const [normed, scaled] = [values(layerNorm(row, null)), values(rmsNorm(row, null))];
        const top = x.reduce((most, v) => Math.max(most, v), -Infinity);
        const total = x.reduce((sum, v) => sum + Math.exp(v - top), 0);
        const p = values(softmax(row, 1));
        let worst = 0;
        for (let i = 0; i < n; i++) {
          worst = Math.max(
            worst,
            Math.abs(normed[i] - (x[i] - mean) / Math.sqrt(variance + 1e-5)),
            Math.abs(scaled[i] * size - x[i]) / Math.abs(offset + 1),
            Math.abs((p[i] * total) / Math.exp(x[i] - top) - 1),
          );
        }
        expect(worst).toBeLessThan(2e-6);
        expect(Math.abs(p.reduce((sum, v) => sum + v, 0) - 1)).toBeLessThan(1e-6);
        const loss = crossEntropy(row, fromArray([5], [1], "int32")).item();
        expect(Math.abs(loss / (Math.log(total) + top - x[5]) - 1)).toBeLessThan(1e-6);
      }
    });

    it.each([1.1, 10.1, 100.1, 1e4, 1e-40, -3e38])("layer norm of a row of nothing but %f is 0", (value) => {
      useKernels(name);
      for (const n of [1, 3, 48, 768])
        expect(values(layerNorm(full([1, n], value), null)).every((y) => y === 0)).toBe(true);
    });

    it("norms neither overflow nor vanish", () => {
      useKernels(name);
      for (const size of [1e20, 1e30, 3e38]) {
        const x = fromArray([size, -size, size, -size], [1, 4]);
        expect(values(rmsNorm(x, null)).map((y) => Math.round(1e5 * y) / 1e5)).toEqual(Float64Array.of(1, -1, 1, -1));
        expect(values(layerNorm(x, null)).map((y) => Math.round(1e5 * y) / 1e5)).toEqual(Float64Array.of(1, -1, 1, -1));
      }
    });
  });
});
