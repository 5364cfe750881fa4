import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { builds } from "./builds.js";
import { layouts, naive, operand, uniform, type Layout } from "./operands.js";

const f32Epsilon = 2 ** -23;

/** Runs one product and compares every element of C's block: products with the oracle, all others with what was there. */
function check(
  run: (typeof builds)[number][1],
  [m, k, n, batch]: readonly [number, number, number, number],
  [aLayout, bLayout, cLayout]: readonly [Layout, Layout, "rows" | "slice"],
  accumulate: boolean,
  seed: number,
): void {
  const next = uniform(seed);
  const a = operand(aLayout, m, k, batch, next);
  const b = operand(bLayout, k, n, batch, next);
  const c = operand(cLayout, m, n, batch, next);
  const expected = naive(m, k, n, batch, a, b, c, accumulate);
  const before = c.storage.f32().slice();
  run(m, k, n, batch, a, b, c, accumulate);
  const after = c.storage.f32();
  for (const { index, value, magnitude } of expected) {
    // Each of the k + 1 additions rounds by at most half an epsilon of what was summed so far.
    const bound = (k + 2) * f32Epsilon * magnitude;
    if (!(Math.abs(after[index] - value) <= bound)) {
      expect.fail(`element ${index} is ${after[index]}, the oracle says ${value} (± ${bound})`);
    }
    before[index] = after[index]!;
  }
  expect(after).toEqual(before); // nothing beside the product was written
}

const size = fc.oneof(fc.integer({ min: 1, max: 20 }), fc.integer({ min: 1, max: 100 }));
const layout = fc.constantFrom(...layouts);

describe.each(builds)("the %s matmul", (_name, run) => {
  it("equals the float64 triple loop on odd sizes, strides, transposes and batches, and writes nothing else", () => {
    fc.assert(
      fc.property(
        fc.tuple(size, size, size, fc.integer({ min: 1, max: 3 })),
        fc.tuple(layout, layout, fc.constantFrom("rows" as const, "slice" as const)),
        fc.boolean(),
        fc.integer({ min: 0 }),
        (sizes, kinds, accumulate, seed) => check(run, sizes, kinds, accumulate, seed),
      ),
      { numRuns: 150 },
    );
  });

  it("equals the float64 triple loop for every size around the register tile", () => {
    for (let m = 1; m <= 13; m++) {
      for (let n = 1; n <= 17; n++) {
        for (const k of [1, 2, 3, 4, 5, 9])
          check(run, [m, k, n, 1], ["rows", "rows", "slice"], (m + n) % 2 === 0, m * n * k);
      }
    }
  });

  it.each([
    [99, 257, 259],
    [19, 515, 65],
    [193, 17, 9],
    [1, 600, 270],
    [270, 600, 1],
    [3, 43, 30], // dot products: rows of A and columns of B contiguous
  ])("equals the float64 triple loop where blocks end: %i×%i×%i", (m, k, n) => {
    for (const a of ["rows", "columns"] as const) {
      for (const b of ["rows", "columns"] as const) check(run, [m, k, n, 1], [a, b, "rows"], false, m + k + n);
    }
    check(run, [m, k, n, 2], ["slice", "gaps", "slice"], true, m);
  });

  it("gives zeros for k = 0, or leaves C as it is where it accumulates", () => {
    for (const accumulate of [false, true]) {
      const c = operand("rows", 3, 5, 2, () => 7);
      const empty = operand("rows", 1, 1, 1, () => NaN);
      run(3, 0, 5, 2, { ...empty, batchStride: 0 }, { ...empty, batchStride: 0 }, c, accumulate);
      expect(new Set(c.storage.f32())).toEqual(new Set([accumulate ? 7 : 0]));
    }
  });

  it.each([
    [0, NaN, NaN],
    [0, Infinity, NaN],
    [1, Infinity, Infinity],
    [-1, Infinity, -Infinity],
    [1, NaN, NaN],
  ])(
    "follows IEEE 754: a row holding %d times a column holding %d gives %d, and reaches no other element",
    (x, y, product) => {
      const [m, k, n] = [7, 11, 13];
      for (const bLayout of ["rows", "columns"] as const) {
        for (let row = 0; row < m; row++) {
          const a = operand("rows", m, k, 1, () => 1);
          const b = operand(bLayout, k, n, 1, () => 1);
          const c = operand("rows", m, n, 1, () => 0);
          // Only this row of A meets y with x; y's column of B meets 1 in all others.
          for (let i = 0; i < m; i++) a.storage.f32()[i * k + 4] = i === row ? x : 1;
          const column = (row * 5) % n;
          b.storage.f32()[4 * b.rowStride + column * b.colStride] = y;
          run(m, k, n, 1, a, b, c, false);
          const values = c.storage.f32();
          expect(values[row * n + column]).toBe(product);
          for (let i = 0; i < m; i++) {
            for (let j = 0; j < n; j++) {
              const clean = j !== column;
              if (clean) expect(values[i * n + j]).toBe(i === row ? k - 1 + x : k);
            }
          }
        }
      }
    },
  );

  it("gives the same bits every time", () => {
    const next = uniform(9);
    const a = operand("rows", 50, 70, 1, next);
    const b = operand("columns", 70, 30, 1, next);
    const c = operand("rows", 50, 30, 1, next);
    run(50, 70, 30, 1, a, b, c, false);
    const first = c.storage.f32().slice();
    run(50, 70, 30, 1, a, b, c, false);
    expect(c.storage.f32()).toEqual(first);
  });
});
