import { describe, expect, test } from "vitest";
import { useKernels } from "../../lib/index.js";
import * as t from "../../lib/tensor/index.js";
import { int32 } from "./layouts.js";

const numbers = (x: t.Tensor): number[] => Array.from(x.toTypedArray());
const said = (x: t.Tensor): [string, number[]] => [x.dtype, numbers(x)];
/** One more than float32 can tell apart. */
const BIG = 2 ** 24 + 1;
const LEAST = -(2 ** 31);
const MOST = 2 ** 31 - 1;

const a = int32([5, -3]);
const b = int32([2, 2]);

/** Each op of int32 operands, and what PyTorch gives (where it sums to int64, we do to int32). */
const kept: [string, () => t.Tensor, number[]][] = [
  ["add", () => t.add(int32([BIG]), int32([0])), [BIG]],
  ["add a number", () => t.add(int32([BIG]), 0), [BIG]],
  ["a number before", () => t.sub(1 as never, int32([BIG]) as never), [1 - BIG]],
  ["sub", () => t.sub(int32([BIG]), 1), [BIG - 1]],
  ["mul", () => t.mul(int32([BIG]), int32([3])), [BIG * 3]],
  ["maximum", () => t.maximum(int32([BIG, -1]), int32([0, BIG])), [BIG, BIG]],
  ["where", () => t.where(int32([1, 0]), int32([BIG, 1]), int32([2, MOST])), [BIG, MOST]],
  ["where with a number", () => t.where(int32([1, 0]), int32([BIG, 1]), -1), [BIG, -1]],
  ["maskedFill", () => t.maskedFill(int32([BIG, 1]), int32([0, 1]), LEAST), [BIG, LEAST]],
  ["neg", () => t.neg(int32([BIG])), [-BIG]],
  ["abs", () => t.abs(int32([-BIG])), [BIG]],
  ["relu", () => t.relu(int32([-BIG, BIG])), [0, BIG]],
  ["clamp", () => t.clamp(int32([BIG, -BIG]), { min: 0 }), [BIG, 0]],
  ["pow 2", () => t.pow(a, 2), [25, 9]],
  ["sum", () => t.sum(int32([BIG, 2])), [BIG + 2]],
  ["sum along an axis", () => t.sum(int32([BIG, 2, 3, 4], [2, 2]), 0), [BIG + 3, 6]],
  ["cumsum", () => t.cumsum(int32([BIG, 1]), 0), [BIG, BIG + 1]],
  ["max", () => t.max(int32([BIG, BIG - 1])), [BIG]],
  ["min", () => t.min(int32([BIG + 2, BIG]), 0), [BIG]],
  ["sort", () => t.sort(int32([BIG, BIG - 1])).values, [BIG - 1, BIG]],
  ["topk", () => t.topk(int32([BIG - 1, BIG]), 1).values, [BIG]],
  ["embedding", () => t.embedding(int32([1, BIG, 3, LEAST], [2, 2]) as never, int32([1, 0])), [3, LEAST, 1, BIG]],
  ["indexSelect", () => t.indexSelect(int32([BIG, MOST]), 0, int32([1])), [MOST]],
  ["gather", () => t.gather(int32([BIG, MOST]), 0, int32([1])), [MOST]],
  ["scatter", () => t.scatter(int32([1, 2]), 0, int32([0]), int32([BIG])), [BIG, 2]],
  ["scatterAdd", () => t.scatterAdd(int32([BIG, 2]), 0, int32([0]), int32([1])), [BIG + 1, 2]],
  ["indexAdd", () => t.indexAdd(int32([BIG, 2]), 0, int32([0]), int32([1]), 3), [BIG + 3, 2]],
  ["concat", () => t.concat([int32([BIG]), int32([1])], 0), [BIG, 1]],
  ["stack", () => t.stack([int32([BIG]), int32([1])], 0), [BIG, 1]],
  ["pad", () => t.pad(int32([BIG]), 0, [1, 1], MOST), [MOST, BIG, MOST]],
  ["repeat", () => t.repeat(int32([BIG]), [2]), [BIG, BIG]],
  ["tril", () => t.tril(int32([BIG, 1, 2, 3], [2, 2])), [BIG, 0, 2, 3]],
  ["flip", () => t.flip(int32([BIG, 1]), 0), [1, BIG]],
  ["permute", () => t.permute(int32([BIG, 1, 2, 3], [2, 2]), [1, 0]), [BIG, 2, 1, 3]],
  ["expand", () => t.expand(int32([BIG]), [2]), [BIG, BIG]],
  ["split", () => t.split(int32([1, BIG]), [1, 1], 0)[1], [BIG]],
  ["iteration", () => [...int32([1, BIG], [2, 1])][1], [BIG]],
  ["argmax", () => t.argmax(int32([BIG - 1, BIG]), 0), [1]],
];

const floats: [string, () => t.Tensor, number[]][] = [
  ["a fraction beside it", () => t.mul(a, 1.5), [7.5, -4.5]],
  ["a float32 beside it", () => t.add(a, t.tensor([0.5, 1])), [5.5, -2]],
  ["div", () => t.div(a, b), [2.5, -1.5]],
  ["pow of a fraction", () => t.pow(int32([4]), 0.5), [2]],
  ["pow of a negative", () => t.pow(int32([4]), -1), [0.25]],
  ["where with a float32", () => t.where(int32([1, 0]), a, 1.5), [5, 1.5]],
  ["clamp between fractions", () => t.clamp(a, { min: -1.5 }), [5, -1.5]],
  ["mean", () => t.mean(int32([BIG, BIG + 2])), [Math.fround(BIG + 1)]],
  ["variance", () => t.variance(int32([1, 3])), [2]],
];

describe("of int32 the result is int32, with every digit", () => {
  test.each(kept)("%s", (_, op, wanted) => expect(said(op())).toEqual(["int32", wanted]));
});

describe("float32 where PyTorch has float32", () => {
  test.each(floats)("%s", (_, op, wanted) => expect(said(op())).toEqual(["float32", wanted]));
});

test("bit patterns that are no numbers as float32 survive every look-up, with each build", () => {
  const odd = [0x7f800001, 0x7fbfffff, -8388607, -1, LEAST, MOST];
  for (const kernels of ["typescript", "simd"] as const) {
    useKernels(kernels);
    expect(numbers(t.embedding(int32(odd, [6, 1]) as never, t.arange(6)))).toEqual(odd);
    expect(numbers(t.indexSelect(int32(odd), 0, t.arange(6)))).toEqual(odd);
  }
});

test("what does not fit is an error that names the op, not another number", () => {
  const calls: [string, () => unknown][] = [
    ["add", () => t.add(int32([MOST]), 1)],
    ["sub", () => t.sub(int32([LEAST]), 1)],
    ["mul", () => t.mul(int32([MOST]), 2)],
    ["neg", () => t.neg(int32([LEAST]))],
    ["abs", () => t.abs(int32([LEAST]))],
    ["pow", () => t.pow(int32([MOST]), 2)],
    ["sum", () => t.sum(int32([MOST, 1]))],
    ["cumsum", () => t.cumsum(int32([MOST, 1]), 0)],
    ["scatterAdd", () => t.scatterAdd(int32([MOST]), 0, int32([0]), int32([1]))],
    ["indexAdd", () => t.indexAdd(int32([MOST]), 0, int32([0]), int32([1]))],
    ["indexAdd", () => t.indexAdd(int32([1]), 0, int32([0]), int32([1]), 0.5)],
    ["pad", () => t.pad(int32([1]), 0, [1, 1], -Infinity)],
    ["pad", () => t.pad(int32([1]), 0, [1, 1], 0.5)],
    ["maskedFill", () => t.maskedFill(int32([1]), int32([1]), -Infinity)],
    ["matmul", () => t.matmul(int32([1], [1, 1]), int32([1], [1, 1]))],
    ["linear", () => t.linear(t.ones([1, 1]), t.ones([1, 1]), int32([1]) as never)],
  ];
  for (const [name, call] of calls) expect(call).toThrow(new RegExp(`^${name}: `));
});

describe("nothing but an integer of 32 bits becomes int32", () => {
  const made: [string, (x: number) => t.Tensor][] = [
    ["tensor", (x) => t.tensor([x], { dtype: "int32" })],
    ["tensor", (x) => t.tensor(Float64Array.of(x), "int32")],
    ["tensor", (x) => t.tensor(Float32Array.of(x), "int32")],
    ["fromArray", (x) => t.fromArray([x], [1], "int32")],
    ["full", (x) => t.full([1], x, "int32")],
    ["set", (x) => t.zeros([1], "int32").set(x)],
    ["set", (x) => t.zeros([1], "int32").set([x])],
    ["set", (x) => t.zeros([1], "int32").set(t.tensor([x]))],
  ];
  test.each(made)("%s", (name, make) => {
    for (const wrong of [NaN, 3e9, -3e9, 1.9, -0.5, Infinity, -Infinity]) expect(() => make(wrong)).toThrow(name);
    for (const right of [0, -0, 7, -2147483648]) expect(numbers(make(right))[0] === right).toBe(true);
  });

  test("Uint32Array and others by what they hold", () => {
    expect(numbers(t.tensor(Uint32Array.of(7, MOST), "int32"))).toEqual([7, MOST]);
    expect(() => t.tensor(Uint32Array.of(2 ** 31), "int32")).toThrow("tensor: 2147483648 is not an integer");
    expect(said(t.tensor(Uint8Array.of(255), "int32"))).toEqual(["int32", [255]]);
  });
});

test("cast changes the dtype: fractions are cut off, what does not fit is an error", () => {
  expect(said(t.cast(t.tensor([2.9, -2.9, 0]), "int32"))).toEqual(["int32", [2, -2, 0]]);
  expect(said(t.cast(int32([BIG, -1]), "float32"))).toEqual(["float32", [2 ** 24, -1]]);
  expect(t.cast(a, "int32")).toBe(a);
  for (const wrong of [NaN, 3e9, Infinity]) expect(() => t.cast(t.tensor([wrong]), "int32")).toThrow(/^cast: /);
});

test("maskedSoftmax of int32 masks as that of float32 does", () => {
  const x = t.reshape(t.arange(9), [3, 3]);
  const mask = t.tril(t.ones([3, 3]));
  expect(numbers(t.maskedSoftmax(x, mask, -1))).toEqual(numbers(t.maskedSoftmax(t.cast(x, "float32"), mask, -1)));
  expect(numbers(t.maskedSoftmax(x, mask, -1)).slice(0, 3)).toEqual([1, 0, 0]);
});
