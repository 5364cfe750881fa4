import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  concat,
  einsum,
  flip,
  gather,
  maskedFill,
  pad,
  repeat,
  select,
  slice,
  sort,
  stack,
  topk,
  where,
} from "../../lib/tensor/index.js";
import { at, dim, everyIndex, numbers, same, viewed } from "./arbitraries.js";
import { int32, type X } from "./layouts.js";

describe("ops that undo or stand for each other", () => {
  const matrix = fc.tuple(dim, dim).chain(([m, n]) => viewed([m, n]));
  const holds = (seed: number, check: (x: X) => void): void => fc.assert(fc.property(matrix, check), { seed });

  test("flip undoes flip; reversing both axes is reversing the flat order", () =>
    holds(21, (x) => {
      same(flip(flip(x, 1), 1), x);
      expect(numbers(flip(x, [0, 1]))).toEqual(numbers(x).reverse());
    }));

  test("slice undoes pad", () => holds(22, (x) => same(slice(pad(x, 1, [2, 3], 7), 1, 2, 2 + x.shape[1]), x)));

  test("sort gives the same numbers in order, and gather finds them by its indices", () =>
    holds(23, (x) => {
      const { values, indices } = sort(x, 1);
      const rows = Array.from({ length: x.shape[0] }, (_, r) => numbers(select(x, 0, r)).sort((a, b) => a - b));
      expect(numbers(values)).toEqual(rows.flat());
      same(gather(x, 1, indices), values);
      same(sort(x, 1, { descending: true }).values, topk(x, x.shape[1], 1).values);
    }));

  test("repeat is stacking side by side", () => holds(24, (x) => same(repeat(x, [1, 3]), concat([x, x, x], 1))));

  test("maskedFill is where with a number", () =>
    holds(25, (x) => {
      const mask = int32(numbers(x).map((v) => (v > 0 ? 1 : 0)), [...x.shape]); // prettier-ignore
      same(maskedFill(x, mask, 5), where(mask, 5, x));
    }));

  test("the rows of an iteration, stacked, are the tensor", () =>
    holds(26, (x) => {
      if (x.shape[0] > 0) same(stack([...x], 0), x);
    }));

  test("einsum equals its loops, whatever the letters and layouts", () => {
    const sizes = fc.tuple(dim, dim, dim, dim);
    const operands = sizes.chain(([b, i, j, k]) => fc.tuple(viewed([b, i, j]), viewed([k, b, j])));
    const output = fc.constantFrom("bik", "kib", "ik", "b", "", "jb", "ijk");
    fc.assert(
      fc.property(operands, output, ([x, y], out) => {
        const got = einsum(`bij,kbj->${out}`, x, y);
        const size = { b: x.shape[0], i: x.shape[1], j: x.shape[2], k: y.shape[0] };
        const want = new Map<string, number>();
        for (const [b, i, j, k] of everyIndex([size.b, size.i, size.j, size.k])) {
          const at4 = { b, i, j, k };
          const key = out
            .split("")
            .map((name) => at4[name as "b"])
            .join();
          want.set(key, (want.get(key) ?? 0) + at(x, [b, i, j]) * at(y, [k, b, j]));
        }
        expect(numbers(got).map((v) => v + 0)).toEqual([...everyIndex(got.shape)].map((ix) => (want.get(ix.join()) ?? 0) + 0)); // prettier-ignore
      }),
      { seed: 27, numRuns: 150 },
    );
  });
});
