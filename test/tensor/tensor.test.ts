import { describe, expect, test } from "vitest";
import {
  add,
  arange,
  flip,
  fromArray,
  full,
  mul,
  ones,
  permute,
  scatterAdd,
  select,
  sum,
  tensor,
  transpose,
  view,
  zeros,
} from "../../lib/tensor/index.js";
import { int32, spaced, type X } from "./layouts.js";

const leaf = (values: number[] | number[][]): X => tensor(values, { requiresGrad: true });

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

describe("a tensor among JavaScript's own operators", () => {
  const [ten, nine] = [tensor(10) as X, tensor([9]) as X];

  test("of one element it is its number: compared as numbers, not as text", () => {
    expect([ten > nine, (ten as never) < (nine as never), +(ten as never), `${Number(nine) + 1}`]).toEqual([true, false, 10, "10"]); // prettier-ignore
    expect((ten as unknown as number) + 1).toBe(11);
    expect(Math.max(ten as never, nine as never)).toBe(10);
  });

  test("of more it is no number, which is an error; as text it stays what it prints", () => {
    const two: X = tensor([1, 2]);
    for (const wrong of [
      () => two > ten,
      () => (two as unknown as number) + 1,
      () => Number(two),
      () => (two as never) * 2,
    ])
      expect(wrong).toThrow("a tensor [2] is not one number");
    expect(String(two)).toBe(two.toString());
  });
});

test("JSON holds the numbers, the shape and the dtype, from which the tensor comes back", () => {
  const tensors = [tensor([[1.1, -2], [3e38, 0]]), int32([7, 8], [2, 1]), transpose(ones([2, 3]), 0, 1), zeros([0, 2]), full([], 4)]; // prettier-ignore
  for (const x of tensors) {
    const { data, shape, dtype } = JSON.parse(JSON.stringify(x)) as ReturnType<X["toJSON"]>;
    const back: X = fromArray(data, shape, { dtype });
    expect([back.dtype, back.shape, back.toArray()]).toEqual([x.dtype, x.shape, x.toArray()]);
  }
  const { data, shape } = JSON.parse(JSON.stringify(tensor([NaN, 1]))) as ReturnType<X["toJSON"]>;
  expect(() => fromArray(data, shape)).toThrow("fromArray: null is not a number");
});

describe("options of the functions that make tensors", () => {
  test("are the same everywhere: dtype and requiresGrad, or a dtype alone", () => {
    const made = [
      (options?: Parameters<typeof zeros>[1]) => tensor([1, 1], options),
      (options?: Parameters<typeof zeros>[1]) => fromArray([1, 1], [2], options),
      (options?: Parameters<typeof zeros>[1]) => full([2], 1, options),
      (options?: Parameters<typeof zeros>[1]) => ones([2], options),
      (options?: Parameters<typeof zeros>[1]) => zeros([2], options),
    ];
    for (const make of made) {
      expect([make().dtype, make().requiresGrad]).toEqual(["float32", false]);
      expect([make("int32").dtype, make({ dtype: "int32" }).dtype]).toEqual(["int32", "int32"]);
      expect(make({ requiresGrad: true }).requiresGrad).toBe(true);
    }
  });
});

describe("in place", () => {
  test("set on a view writes the view's own numbers, or says that it cannot", () => {
    const base = tensor([[1, 2], [3, 4]]); // prettier-ignore
    select(base, 0, 1).set([5, 6]);
    expect(base.toArray()).toEqual([[1, 2], [5, 6]]); // prettier-ignore
    expect(() => select(base, 1, 0).set(0)).toThrow("does not lie in one piece");
    const oddStrides = permute(ones([2, 1, 3]), [1, 0, 2]);
    oddStrides.set([1, 2, 3, 4, 5, 6]);
    expect(oddStrides.toArray()).toEqual([[[1, 2, 3], [4, 5, 6]]]); // prettier-ignore
  });

  test("flip is always a copy, along axes of size 1 too", () => {
    const x = tensor([[1, 2]]);
    for (const axes of [0, 1, [0, 1], []]) flip(x, axes as number[]).set(9);
    expect(x.toArray()).toEqual([[1, 2]]);
  });
});
