import { expect, test } from "vitest";
import { mul, nudged, sum, tensor } from "../../../lib/index.js";

const x = tensor([
  [1, 2],
  [3, 4],
]);
const squares = () => sum(mul(x, x)).item();

test("one number is larger while the body runs, and as before afterwards, also where it fails", () => {
  expect(nudged(x, 3, 1, squares)).toBe(39);
  expect(() =>
    nudged(x, 0, 1, () => {
      throw new Error("a bad day");
    }),
  ).toThrow("a bad day");
  expect(squares()).toBe(30);
});

test("up minus down, over both steps, is the gradient", () => {
  x.requiresGrad = true;
  sum(mul(x, x)).backward();
  const slope = (nudged(x, 2, 0.25, squares) - nudged(x, 2, -0.25, squares)) / 0.5;
  expect(slope).toBeCloseTo(x.grad!.toTypedArray()[2], 4);
});

test.each([4, -1, 0.5, NaN])("there is no number %s of four", (index) => {
  expect(() => nudged(x, index, 1, squares)).toThrow("nudged: index must be an integer from 0 to 3");
});

test("a body that ends later is refused", () => {
  expect(() => nudged(x, 0, 1, async () => Promise.resolve(1))).toThrow("nudged: the function must not be async");
  expect(squares()).toBe(30);
});
