import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { broadcastsTo } from "../../lib/tensor/check.js";
import {
  add,
  concat,
  cumsum,
  expand,
  fromArray,
  gather,
  logsumexp,
  matmul,
  mul,
  permute,
  reshape,
  scatterAdd,
  slice,
  softmax,
  sort,
  split,
  sum,
  tensor,
  topk,
  transpose,
  zeros,
} from "../../lib/tensor/index.js";
import { at, broadcastPair, dim, everyIndex, filled, numbers, same, tensors, viewed } from "./arbitraries.js";
import { int32 } from "./layouts.js";

test("matmul equals three loops, for any sizes, batches, strides and empty axes", () => {
  const sizes = fc.tuple(broadcastPair(2), dim, dim, dim);
  const operands = sizes.chain(([lead, m, k, n]) => fc.tuple(viewed([...lead.a, m, k]), viewed([...lead.b, k, n])));
  fc.assert(
    fc.property(operands, ([a, b]) => {
      const y = matmul(a, b);
      const k = a.shape[a.rank - 1];
      const want: number[] = [];
      for (const index of everyIndex(y.shape)) {
        const [lead, i, j] = [index.slice(0, -2), ...index.slice(-2)] as [number[], number, number];
        let total = 0;
        for (let p = 0; p < k; p++)
          total +=
            at(a, [...lead, i, p].slice(-Math.max(a.rank, 2))) * at(b, [...lead, p, j].slice(-Math.max(b.rank, 2)));
        want.push(total + 0);
      }
      expect(numbers(y)).toEqual(want);
    }),
    { numRuns: 300, seed: 1 },
  );
});

test("add and mul equal element by element broadcasting", () => {
  const operands = broadcastPair(4).chain(({ a, b }) => fc.tuple(viewed(a), viewed(b)));
  fc.assert(
    fc.property(operands, ([a, b]) => {
      const index = [...everyIndex(add(a, b).shape)];
      expect(numbers(add(a, b))).toEqual(index.map((i) => at(a, i) + at(b, i)));
      expect(numbers(mul(a, b)).map((v) => v + 0)).toEqual(index.map((i) => at(a, i) * at(b, i) + 0));
    }),
    { numRuns: 200, seed: 2 },
  );
});

test("rows of softmax sum to 1, and a constant added to a row changes nothing", () => {
  fc.assert(
    fc.property(
      fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 6 })).chain(([n, d]) => viewed([n, d])),
      fc.integer({ min: -80, max: 80 }),
      (x, c) => {
        const y = softmax(x, -1);
        for (const total of numbers(sum(y, -1))) expect(total).toBeCloseTo(1, 6);
        numbers(softmax(add(x, c), -1)).forEach((v, i) => expect(v).toBeCloseTo(numbers(y)[i], 6));
        numbers(logsumexp(add(x, c), -1)).forEach((v, i) => expect(v).toBeCloseTo(numbers(logsumexp(x, -1))[i] + c, 4));
      },
    ),
    { numRuns: 100, seed: 3 },
  );
});

describe("what moves numbers can be undone", () => {
  test("reshape and back", () => {
    fc.assert(
      fc.property(tensors(), (x) => same(reshape(reshape(x, [x.size]), [...x.shape]), x)),
      { seed: 4 },
    );
  });

  test("permute and its inverse", () => {
    const withOrder = tensors().chain((x) =>
      fc.tuple(
        fc.constant(x),
        fc.shuffledSubarray(
          x.shape.map((_, i) => i),
          { minLength: x.rank },
        ),
      ),
    );
    fc.assert(
      fc.property(withOrder, ([x, order]) => {
        const there = permute(x, order);
        same(
          permute(
            there,
            order.map((_, i) => order.indexOf(i)),
          ),
          x,
        );
        for (const index of everyIndex(there.shape))
          expect(at(there, index)).toBe(
            at(
              x,
              order.map((_, i) => index[order.indexOf(i)]),
            ),
          );
      }),
      { seed: 5 },
    );
  });

  test("split and concat", () => {
    const withCuts = fc
      .tuple(dim, dim, dim)
      .chain(([p, n, q]) => fc.tuple(viewed([p, n, q]), fc.array(fc.nat(n), { maxLength: 3 })));
    fc.assert(
      fc.property(withCuts, ([x, cuts]) => {
        const ends = [...cuts.sort((a, b) => a - b), x.shape[1]];
        same(
          concat(
            split(
              x,
              ends.map((end, i) => end - (ends[i - 1] ?? 0)),
              1,
            ),
            1,
          ),
          x,
        );
      }),
      { seed: 6 },
    );
  });

  test("transposing twice gives the same view", () => {
    fc.assert(
      fc.property(
        tensors().filter((x) => x.rank > 0),
        (x) => same(transpose(transpose(x, 0, -1), 0, -1), x),
      ),
      { seed: 7 },
    );
  });
});

test("scatterAdd and gather are each other's transpose: ⟨scatterAdd(0, src), y⟩ = ⟨src, gather(y)⟩", () => {
  const sizes = fc.tuple(
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 1, max: 5 }),
    fc.integer({ min: 0, max: 6 }),
  );
  const inputs = sizes.chain(([rows, n, m]) =>
    fc.tuple(
      viewed([rows, n]),
      viewed([rows, m]),
      fc.array(fc.nat(n - 1), { minLength: rows * m, maxLength: rows * m }),
    ),
  );
  fc.assert(
    fc.property(inputs, ([y, src, list]) => {
      const index = int32(list, [...src.shape]);
      const left = sum(mul(scatterAdd(zeros(y.shape), 1, index, src), y)).item();
      expect(left).toBe(sum(mul(src, gather(y, 1, index))).item());
    }),
    { seed: 8 },
  );
});

test("topk gives the k largest in falling order, the earlier of equals first", () => {
  const inputs = fc
    .tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 9 }))
    .chain(([r, n]) => fc.tuple(viewed([r, n]), fc.nat(n)));
  fc.assert(
    fc.property(inputs, ([x, k]) => {
      const { values, indices } = topk(x, k);
      const [X, n] = [numbers(x), x.shape[1]];
      const want = Array.from({ length: x.shape[0] }, (_, r) =>
        Array.from({ length: n }, (_, i) => i)
          .sort((a, b) => X[r * n + b] - X[r * n + a] || a - b)
          .slice(0, k),
      );
      expect(numbers(indices)).toEqual(want.flat());
      expect(numbers(values)).toEqual(want.flatMap((row, r) => row.map((i) => X[r * n + i])));
    }),
    { seed: 9 },
  );
});

test("topk of any k, with ties and NaNs, is the start of a stable sort", () => {
  const value = fc.constantFrom(-Infinity, -1, 0, -0, 1, 2, Infinity, NaN);
  const row = fc
    .integer({ min: 1, max: 200 })
    .chain((n) => fc.tuple(fc.array(value, { minLength: n, maxLength: n }), fc.nat(n)));
  fc.assert(
    fc.property(row, ([list, k]) => {
      const rank = (x: number): number => (Number.isNaN(x) ? 2 : x === Infinity ? 1 : 0);
      const order = [...list.keys()].sort((i, j) => rank(list[j]) - rank(list[i]) || list[j] - list[i] || i - j);
      for (const dtype of ["float32", "int32"] as const) {
        if (dtype === "int32" && !list.every(Number.isInteger)) continue;
        expect(numbers(topk(tensor(list, dtype), k).indices)).toEqual(order.slice(0, k));
      }
      expect(numbers(sort(tensor(list), -1, { descending: true }).indices)).toEqual(order);
    }),
    { seed: 13, numRuns: 300 },
  );
});

test("the last of the running sums is the sum", () => {
  const inputs = fc.tuple(dim, fc.integer({ min: 1, max: 5 })).chain(([r, n]) => viewed([r, n]));
  fc.assert(
    fc.property(inputs, (x) => same(reshape(slice(cumsum(x, 1), 1, -1), [-1]), reshape(sum(x, 1), [-1]))),
    { seed: 10 },
  );
});

test("the gradient of an expanded tensor is the sum over its copies", () => {
  fc.assert(
    fc.property(
      broadcastPair(3)
        .filter(({ a, out }) => broadcastsTo(a, out))
        .chain(({ a, out }) => fc.tuple(filled(a), filled(out))),
      ([x, dy]) => {
        const leaf = Object.assign(x.detach(), { requiresGrad: true });
        expand(leaf, [...dy.shape]).backward({ gradient: dy });
        const totals = new Array<number>(x.size).fill(0);
        const flat = fromArray(
          totals.map((_, i) => i),
          x.shape,
        );
        for (const index of everyIndex(dy.shape)) totals[at(flat, index)] += at(dy, index);
        expect(numbers(leaf.grad!)).toEqual(totals);
      },
    ),
    { seed: 11 },
  );
});
