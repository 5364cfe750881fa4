import { describe, expect, test } from "vitest";
import { type Node, record } from "../../../lib/tensor/autograd.js";
import {
  add,
  concat,
  fromArray,
  matmul,
  mul,
  noGrad,
  ones,
  relu,
  reshape,
  sub,
  sum,
  tensor,
  type Tensor,
  transpose,
  zeros,
} from "../../../lib/tensor/index.js";
import type { X } from "../layouts.js";

const leaf = (values: number[] | number[][]): X => tensor(values, { requiresGrad: true });
const gradOf = (x: Tensor): unknown => x.grad?.toArray();

describe("backward", () => {
  test("counts every use of a tensor that is used twice", () => {
    const x = leaf([2, 3]);
    sum(add(mul(x, x), x)).backward();
    expect(gradOf(x)).toEqual([5, 7]);
  });

  test("adds up where paths meet again, in whatever order they were made", () => {
    const x = leaf([1, 2]);
    const shared = mul(x, 3);
    const late = mul(shared, 2);
    sum(add(add(late, shared), mul(late, shared))).backward();
    // y = 6x + 3x + 18x², dy/dx = 9 + 36x
    expect(gradOf(x)).toEqual([45, 81]);
  });

  test("adds to the grad of an earlier backward", () => {
    const x = leaf([1, 2]);
    sum(mul(x, 2)).backward();
    const first = x.grad!;
    sum(mul(x, 10)).backward();
    expect([gradOf(x), first.toArray()]).toEqual([
      [12, 12],
      [2, 2],
    ]);
  });

  test("starts with the gradient that it is given", () => {
    const x = leaf([1, 2]);
    mul(x, x).backward({ gradient: tensor([10, 100]) });
    expect(gradOf(x)).toEqual([20, 400]);
  });

  test("of a leaf is that gradient, but never the caller's own tensor", () => {
    const x = leaf([1, 2]);
    const gradient = tensor([5, 6]);
    x.backward({ gradient: gradient });
    expect(gradOf(x)).toEqual([5, 6]);
    expect(x.grad!.storage).not.toBe(gradient.storage);
  });

  test("gives each leaf a grad of its own, even where one gradient belongs to both", () => {
    const [a, b, c] = [leaf([1, 2]), leaf([3, 4]), leaf([5, 6])];
    sum(concat([add(a, b), c], 0)).backward();
    const grads = [a, b, c].map((x) => x.grad!);
    expect(new Set(grads.map((g) => g.storage)).size).toBe(3);
    expect(grads.every((g) => g.isContiguous && g.storage.length === g.size)).toBe(true);
  });

  test("reaches only what wants a gradient, and asks no other thunk", () => {
    const [x, constant] = [leaf([1]), tensor([2])];
    const asked: string[] = [];
    const y = record("op", [x, constant], ones([1]), (dy) => [
      () => (asked.push("x"), dy),
      () => (asked.push("constant"), dy),
    ]);
    y.backward();
    expect([asked, constant.grad]).toEqual([["x"], null]);
  });

  test("frees the graph, and says so the second time", () => {
    const x = leaf([1, 2]);
    const y = sum(mul(x, x));
    y.backward();
    expect(() => y.backward()).toThrow(
      "backward: the graph of sum [] was freed by an earlier backward; pass { retainGraph: true } to that one",
    );
    expect(gradOf(x)).toEqual([2, 4]);
  });

  test("twice with retainGraph doubles the gradient", () => {
    const x = leaf([1, 2]);
    const y = sum(mul(x, x));
    y.backward({ retainGraph: true });
    y.backward();
    expect(gradOf(x)).toEqual([4, 8]);
  });

  test("of a chain of 50,000 ops neither overflows the stack nor takes long", () => {
    const x = leaf([1]);
    let y: X = x;
    for (let i = 0; i < 50_000; i++) y = add(y, 1);
    y.backward();
    expect([y.item(), gradOf(x)]).toEqual([50_001, [1]]);
  });

  test("names a thunk that made a gradient of the wrong shape", () => {
    const y = record("op", [leaf([1, 2])], ones([2]), () => [() => ones([3])]);
    expect(() => y.backward({ gradient: ones([2]) })).toThrow("backward: op made a gradient [3] for an input [2]");
  });

  test("leaves later passes intact when a thunk throws", () => {
    const x = leaf([1, 2]);
    const broken = record("op", [mul(x, 2)], ones([2]), () => [
      () => {
        throw new Error("thunk");
      },
    ]);
    expect(() => broken.backward({ gradient: ones([2]) })).toThrow("thunk");
    expect(x.grad).toBeNull();
    sum(mul(x, x)).backward();
    expect(gradOf(x)).toEqual([2, 4]);
  });

  test("refuses what was never computed from a parameter, what is no single number, and a gradient of another shape", () => {
    const x = leaf([1, 2]);
    expect(() => tensor([1]).backward()).toThrow(
      "backward: this tensor [1] was not computed from any tensor with requiresGrad, or was made under noGrad",
    );
    expect(() => mul(x, x).backward()).toThrow(
      "backward: [2] has 2 elements; reduce it to one, or pass { gradient } of its shape",
    );
    expect(() => mul(x, x).backward({ gradient: ones([3]) })).toThrow(
      "backward: the gradient [3] must have the shape of the tensor, [2]",
    );
  });

  test("through transposed views of both operands of a product", () => {
    const [a, b] = [
      leaf([
        [1, 2],
        [3, 4],
        [5, 6],
      ]),
      leaf([
        [1, 0, 2],
        [0, 1, 3],
      ]),
    ];
    const y = matmul(transpose(a, 0, 1), transpose(b, 0, 1));
    y.backward({
      gradient: tensor([
        [1, 2],
        [3, 4],
      ]),
    });
    expect([gradOf(a), gradOf(b)]).toEqual([
      [
        [1, 3],
        [2, 4],
        [8, 18],
      ],
      [
        [7, 15, 23],
        [10, 22, 34],
      ],
    ]);
  });
});

describe("what is not recorded", () => {
  test("under noGrad nothing is, also after an error in it", () => {
    const x = leaf([1]);
    expect(noGrad(() => mul(x, x)).node).toBeNull();
    expect(() =>
      noGrad(() => {
        throw new Error("inside");
      }),
    ).toThrow("inside");
    expect(mul(x, x).node).not.toBeNull();
  });

  test("noGrad inside noGrad ends only itself", () => {
    const x = leaf([1]);
    expect(noGrad(() => (noGrad(() => mul(x, x)), mul(x, x))).node).toBeNull();
  });

  test("what would run later, outside of it, is refused: promises, thenables, generators, iterators", () => {
    const later: [string, () => unknown][] = [
      ["async", async () => Promise.resolve(1)],
      ["async", () => Promise.reject(new Error("unheard"))],
      ["async", () => ({ then: () => undefined })],
      ["iterator", function* () { yield mul(leaf([1]), 2); }],
      ["iterator", async function* () { yield await Promise.resolve(1); }],
      ["iterator", () => [1, 2].values()],
      ["iterator", () => ({ next: () => ({ done: true, value: 1 }) })],
    ]; // prettier-ignore
    for (const [what, body] of later) {
      expect(() => noGrad(body)).toThrow(/^noGrad: the function must not/);
      expect(() => noGrad(body)).toThrow(what);
      expect(mul(leaf([1]), 2).node).not.toBeNull();
    }
    const plain = [tensor([1]), [1], new Map(), null, undefined, () => 1];
    for (const value of plain) expect(noGrad(() => value) === value).toBe(true);
  });

  test("detach stops the gradient and shares the numbers", () => {
    const x = leaf([2, 3]);
    const y = mul(x, x);
    sum(add(y.detach(), x)).backward();
    expect([gradOf(x), y.detach().storage === y.storage]).toEqual([[1, 1], true]);
  });

  test("ops of constants have no node", () => {
    expect(relu(sub(tensor([1]), 2)).node).toBeNull();
  });
});

test("the graph is plain data: a node knows its name, its shape and the nodes before it", () => {
  const x = leaf([1, 2]);
  const y = sum(mul(x, x));
  const product = y.node?.inputs[0];
  expect(y.node).toMatchObject({ name: "sum", shape: [] });
  expect(product).toMatchObject({ name: "mul", shape: [2] });
  expect((product as Node).inputs.every((edge) => edge === x)).toBe(true);
});

test("a gradient that is a view is written out: grad is contiguous", () => {
  const x = leaf([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  transpose(x, 0, 1).backward({ gradient: fromArray([1, 2, 3, 4, 5, 6], [3, 2]) });
  expect([gradOf(x), x.grad?.isContiguous]).toEqual([
    [
      [1, 3, 5],
      [2, 4, 6],
    ],
    true,
  ]);
});

test("gradients flow through a reshape of a tensor without elements", () => {
  const x = zeros([0, 3], { requiresGrad: true });
  sum(reshape(x, [3, 0])).backward();
  expect(x.grad?.shape).toEqual([0, 3]);
});
