import { describe, expect, expectTypeOf, test } from "vitest";
import { defineOp, exp, fromArray, gradcheck, mul, pow, sum, tensor, type Tensor } from "../../../lib/index.js";
import type { Shape } from "../../../lib/tensor/shape.js";
import { spaced, type X } from "../layouts.js";

const leaf = (values: number[]): X => Object.assign(tensor(values), { requiresGrad: true });

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
