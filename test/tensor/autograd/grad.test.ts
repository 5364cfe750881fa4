import { describe, expect, test, vi } from "vitest";
import { ones, sum, tensor, type Tensor, mul, transpose, zeros } from "../../../lib/index.js";
import { Adam, AdamW, SGD } from "../../../lib/train/index.js";

const leaf = (): Tensor => tensor([[1, 2]], { requiresGrad: true });

describe("what is assigned as a gradient", () => {
  test.each<[string, () => unknown]>([
    ["a gradient must be a tensor or null, got undefined", () => (leaf().grad = undefined as never)],
    ["a gradient must be a tensor or null, got an array of 2", () => (leaf().grad = [1, 2] as never)],
    ["a gradient must be a tensor or null, got 3", () => (leaf().grad = 3 as never)],
    ["a gradient [2] does not fit its tensor [1, 2]", () => (leaf().grad = ones([2]))],
    ["a gradient [2, 1] does not fit its tensor [1, 2]", () => (leaf().grad = ones([2, 1]))],
    ["[1, 2] is int32, it must be float32", () => (leaf().grad = tensor([[3, 4]], "int32"))],
    ["[2] is int32, it must be float32", () => ((tensor([3, 4], "int32") as Tensor).grad = ones([2]))],
  ])("is refused: %s", (sentence, call) => {
    expect(call).toThrow(`grad: ${sentence}`);
  });

  test("is refused where another copy of the package made it", async () => {
    vi.resetModules();
    const other = await import("../../../lib/index.js");
    expect(() => (leaf().grad = other.ones([1, 2]) as never)).toThrow(
      /another copy of twinformer.*load the package once/,
    );
  });

  test("may be a view, and null", () => {
    const x = leaf();
    x.grad = transpose(tensor([[5], [6]]), 0, 1);
    new SGD([x]).step(1);
    expect(x.toArray()).toEqual([[-4, -4]]);
    x.grad = null;
    expect(x.grad).toBeNull();
  });
});

test.each([SGD, Adam, AdamW])("a frozen tensor forgets its gradient, so that %o does not move it", (Kind) => {
  const [frozen, other] = [leaf(), leaf()];
  sum(mul(frozen, other)).backward();
  frozen.requiresGrad = false;
  expect(frozen.grad).toBeNull();
  new Kind([frozen, other]).step(0.1);
  expect(frozen.toArray()).toEqual([[1, 2]]);
  expect(other.toArray()).not.toEqual([[1, 2]]);
  frozen.requiresGrad = true;
  sum(mul(frozen, zeros([1, 2]))).backward();
  expect(frozen.grad?.toArray()).toEqual([[0, 0]]);
});
