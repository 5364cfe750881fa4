import fc from "fast-check";
import { describe, expect, expectTypeOf, test } from "vitest";
import {
  add,
  defineOp,
  exp,
  flip,
  fromArray,
  full,
  gelu,
  gradcheck,
  memoryUse,
  mul,
  neg,
  pow,
  softmax,
  sum,
  tensor,
  type Tensor,
  transpose,
  zeros,
} from "../../../lib/index.js";
import type { Shape } from "../../../lib/tensor/shape.js";
import { spaced, type X } from "../layouts.js";

const leaf = (values: number[]): X => tensor(values, { requiresGrad: true });

describe("defineOp", () => {
  const cube = defineOp(
    "cube",
    <S extends Shape>(x: Tensor<S>) => pow(x, 3),
    (dy, [x]) => [mul(dy, mul(pow(x, 2), 3))],
  );

  test("gives an op of the type of its forward pass, with the right slope", () => {
    expectTypeOf(cube(tensor([1]))).toEqualTypeOf<Tensor<[number]>>();
    gradcheck((x) => cube(x), [Object.assign(spaced([2, 3]), { requiresGrad: true })]);
    const y = cube(leaf([2]));
    expect([y.toArray(), y.node?.name]).toEqual([[8], "cube"]);
  });

  test("may use its output, several inputs and plain numbers", () => {
    const scaledExp = defineOp(
      "scaledExp",
      (x: Tensor, scale: Tensor) => mul(exp(x), scale),
      (dy, [x, scale], y) => [mul(dy, y), fromArray([sum(mul(dy, exp(x))).item()], scale.shape as number[])],
    );
    const inputs = [spaced([3]), spaced([1], 1)].map((x) => Object.assign(x, { requiresGrad: true }));
    gradcheck((x, scale) => scaledExp(x, scale), inputs);
  });

  test("records one node, whatever the forward pass does, and nothing where no gradient is wanted", () => {
    const x = leaf([1, 2]);
    expect(cube(x).node?.inputs).toHaveLength(1);
    expect(cube(tensor([1])).node).toBeNull();
  });

  test("whose forward pass hands back its input has an output of its own", () => {
    const reversed = defineOp("reverseGradient", (x: Tensor) => x, (dy) => [mul(dy, -1)]); // prettier-ignore
    const x = leaf([1, 2]);
    sum(reversed(x)).backward();
    expect([x.grad?.toArray(), x.node]).toEqual([[-1, -1], null]); // prettier-ignore
  });

  test("a wrong gradient is found by gradcheck; null stands for none", () => {
    const wrong = defineOp("wrong", (x: Tensor) => mul(x, x), (dy) => [dy]); // prettier-ignore
    expect(() => gradcheck(wrong, [leaf([2, 1])])).toThrow(/^gradcheck: element 0 of input 0 \[2\] has gradient 0\.5,/);
    const stop = defineOp("stop", (x: Tensor) => mul(x, 1), () => [null]); // prettier-ignore
    const x = leaf([3]);
    sum(stop(x)).backward();
    expect(x.grad?.toArray()).toEqual([0]);
  });

  test("says what is missing: a gradient, its shape, a tensor", () => {
    const forgetful = defineOp("forgetful", (a: Tensor, b: Tensor) => mul(a, b), (dy) => [dy]); // prettier-ignore
    expect(() => sum(forgetful(leaf([1]), leaf([2]))).backward()).toThrow(
      "forgetful: backward returned 1 gradients for 2 inputs",
    );
    const narrow = defineOp("narrow", (x: Tensor) => mul(x, 1), () => [tensor([1])]); // prettier-ignore
    expect(() => sum(narrow(leaf([1, 2]))).backward()).toThrow("backward: narrow made a gradient [1] for an input [2]");
    expect(() => cube(3 as never)).toThrow("cube: argument 0 must be a tensor, got 3");
  });
});

describe("what a user's backward keeps is never recycled", () => {
  /** What there is to keep: the gradient itself, views of it, and what is made of it or of nothing. */
  const keeping: ((dy: Tensor, x: Tensor, y: Tensor) => Tensor)[] = [
    (dy) => dy,
    (dy) => transpose(dy, 0, 1),
    (dy) => dy.detach(),
    (dy) => mul(dy, 2),
    (dy, x) => mul(x, dy),
    (_, x) => exp(x),
    (_, __, y) => neg(y),
    (dy) => fromArray(dy.toTypedArray(), [2, 3]),
    () => full([2, 3], 7),
  ];
  const between: ((x: Tensor) => Tensor)[] = [neg, gelu, (x) => mul(x, x), (x) => add(x, x), (x) => softmax(x, -1), (x) => flip(x, 1)]; // prettier-ignore

  test("wherever its op stands in a graph, over second passes and many later ones", () => {
    const ops = fc.array(fc.nat(between.length - 1), { maxLength: 4 });
    fc.assert(
      fc.property(fc.array(fc.tuple(ops, fc.nat(keeping.length - 1)), { minLength: 1, maxLength: 3 }), (parts) => {
        const kept: [Tensor, number[]][] = [];
        const x = tensor([[1, -2, 3], [0.5, 2, -1]], { requiresGrad: true }); // prettier-ignore
        let y: Tensor = x;
        for (const [before, which] of parts) {
          for (const i of before) y = between[i](y);
          const hook = defineOp("hook", (x: Tensor) => mul(x, 1), (dy, [x], y) => {
            const value = keeping[which](dy, x, y);
            kept.push([value, Array.from(value.toTypedArray())]);
            return [dy];
          }); // prettier-ignore
          y = hook(y);
        }
        const loss = sum(mul(y, 3));
        loss.backward({ retainGraph: true });
        loss.backward();
        for (let i = 0; i < 20; i++) sum(gelu(mul(tensor(zeros([2, 3]).toTypedArray(), { requiresGrad: true }), 2))).backward(); // prettier-ignore
        for (const [value, numbers] of kept) expect(Array.from(value.toTypedArray())).toEqual(numbers);
      }),
      { numRuns: 60 },
    );
  });

  test("a constant that is cached, and a running mean that is changed in place", () => {
    let scale: Tensor | undefined;
    const mean = zeros([2]);
    const op = defineOp("op", (x: Tensor) => mul(x, 2), (dy) => {
      scale ??= full([2], 2);
      mean.set(add(mul(mean, 0.5), mul(dy, 0.5)));
      return [mul(add(dy, mul(mean, 0)), scale)];
    }); // prettier-ignore
    const x = leaf([1, 2]);
    const loss = sum(op(x));
    loss.backward({ retainGraph: true });
    loss.backward();
    sum(op(x)).backward();
    expect([x.grad?.toArray(), mean.toArray(), scale?.toArray()]).toEqual([[6, 6], [0.875, 0.875], [2, 2]]); // prettier-ignore
  });

  test("but an input that was changed in place since is still an error", () => {
    const square = defineOp("square", (x: Tensor) => mul(x, x), (dy, [x]) => [mul(dy, mul(x, 2))]); // prettier-ignore
    const x = leaf([1, 2]);
    const loss = sum(square(x));
    x.set(0);
    expect(() => loss.backward()).toThrow("set changed the tensor [2] in place");
  });

  test("memory stays flat over a long synchronous loop", () => {
    const hook = defineOp("hook", (x: Tensor) => gelu(x), (dy, [x]) => [mul(dy, softmax(x, -1))]); // prettier-ignore
    const x = zeros([100, 100], { requiresGrad: true });
    const step = (): void => {
      sum(mul(hook(mul(x, 2)), 3)).backward();
      x.grad = null;
    };
    for (let i = 0; i < 300; i++) step();
    const { linearBytes } = memoryUse();
    for (let i = 0; i < 1500; i++) step(); // 500 MB of gradients alone
    expect(memoryUse().linearBytes - linearBytes).toBeLessThanOrEqual(8 * 1024 * 1024);
  });
});
