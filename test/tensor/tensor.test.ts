import { describe, expect, test } from "vitest";
import { add, arange, mul, scatterAdd, sum, tensor, transpose, view, zeros } from "../../lib/tensor/index.js";
import { int32, spaced, type X } from "./layouts.js";

const leaf = (values: number[] | number[][]): X => Object.assign(tensor(values), { requiresGrad: true });

describe("iteration over a tensor", () => {
  test("gives the slices along the first axis, of any layout", () => {
    const x = tensor([[1, 2], [3, 4], [5, 6]]); // prettier-ignore
    expect([...x].map((row) => row.toArray())).toEqual(x.toArray());
    expect([...transpose(x, 0, 1)].map((row) => row.toArray())).toEqual([[1, 3, 5], [2, 4, 6]]); // prettier-ignore
    expect([...arange(3)].map((v) => v.item())).toEqual([0, 1, 2]);
    expect([...zeros([0, 3])]).toEqual([]);
  });

  test("lets gradients through", () => {
    const x = leaf([[1, 2], [3, 4]]); // prettier-ignore
    const [first, second] = [...x];
    sum(mul(add(first, first) as X, second)).backward();
    expect(x.grad?.toArray()).toEqual([[6, 8], [2, 4]]); // prettier-ignore
  });

  test("of a scalar is an error", () => {
    expect(() => [...sum(tensor([1]))]).toThrow("a scalar [] has no axis to iterate over; item() gives its number");
  });
});

describe("a tensor from a typed array", () => {
  test("copies it: floats of any width as float32, Int32Array as int32", () => {
    const numbers = Float64Array.of(1.5, -2);
    const x = tensor(numbers);
    numbers[0] = 9;
    expect([x.toArray(), x.dtype, x.shape]).toEqual([[1.5, -2], "float32", [2]]);
    expect(tensor(Int32Array.of(3, 4)).dtype).toBe("int32");
    expect(tensor(Uint8Array.of(3, 255)).toArray()).toEqual([3, 255]);
    expect(tensor(Int32Array.of(3), { dtype: "float32" }).dtype).toBe("float32");
    expect(tensor(new Float32Array(0)).shape).toEqual([0]);
  });
});

describe("retainGrad", () => {
  test("keeps the gradient of a tensor in the middle, and adds up over passes", () => {
    const x = leaf([1, 2]);
    const h = mul(x, 3).retainGrad();
    const y = sum(mul(h, h));
    y.backward({ retainGraph: true });
    expect([h.grad?.toArray(), x.grad?.toArray()]).toEqual([[6, 12], [18, 36]]); // prettier-ignore
    y.backward();
    expect(h.grad?.toArray()).toEqual([12, 24]);
  });

  test("of the tensor that backward starts from is the gradient given; without it there is none", () => {
    const x = leaf([1, 2]);
    const [y, silent] = [mul(x, 2).retainGrad(), mul(x, 2)];
    y.backward({ gradient: tensor([5, 7]) });
    silent.backward({ gradient: tensor([1, 1]) });
    expect([y.grad?.toArray(), silent.grad]).toEqual([[5, 7], null]);
  });

  test("gives a copy of its own, that later steps leave alone", () => {
    const x = leaf([1, 2]);
    const h = mul(x, 3).retainGrad();
    sum(add(h, h)).backward();
    expect(h.grad?.storage).not.toBe(x.grad?.storage);
  });

  test("of a leaf changes nothing, of a constant is an error", () => {
    expect(leaf([1]).retainGrad().requiresGrad).toBe(true);
    expect(() => tensor([1]).retainGrad()).toThrow(
      "retainGrad: no gradient flows into this tensor [1]: it is a constant",
    );
  });
});

test("view shares the numbers, and refuses what needs a copy", () => {
  const x = spaced([2, 3]);
  expect(view(x, [3, 2]).storage).toBe(x.storage);
  expect(() => view(transpose(x, 0, 1), [6])).toThrow(
    "view: [3, 2] does not lie in row-major order, so [6] needs a copy; use reshape",
  );
});

test("zeroGrad is grad = null: the next pass starts anew", () => {
  const x = leaf([1]);
  for (let i = 0; i < 2; i++) {
    x.grad = null;
    sum(scatterAdd(x, 0, int32([0]), x)).backward();
  }
  expect(x.grad?.toArray()).toEqual([2]);
});
