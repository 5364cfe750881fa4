import { describe, expect, test } from "vitest";
import { gradcheck, mul, type Tensor } from "../../../lib/tensor/index.js";
import { record } from "../../../lib/tensor/autograd.js";
import { differentiable } from "./differentiable.js";
import { inEveryMemory, type Layout, layouts, spaced, type X } from "../layouts.js";

/** Checks `f` on inputs that it sees through views of the given layout. */
function check(f: (...inputs: X[]) => Tensor, inputs: readonly X[], layout: Layout): void {
  const stored = inputs.map((x) => layout.store(x));
  const leaves = stored.map((x) => Object.assign(x.detach(), { requiresGrad: true }));
  gradcheck((...xs) => f(...xs.map((x, i) => layout.view(x, inputs[i].shape))), leaves);
}

describe("the gradient of each op is the slope of its output", () => {
  inEveryMemory(() => {
    describe.each(layouts)("with inputs that are $name", (layout) => {
      test.each(differentiable)("$name", ({ f, inputs }) => check(f, inputs, layout));
    });
  });
});

describe("gradcheck", () => {
  const x = Object.assign(spaced([3]), { requiresGrad: true });

  test("names the element whose gradient is wrong", () => {
    const wrong = (x: Tensor): Tensor => record("wrong", [x], mul(x, x).detach() as Tensor, (dy) => [() => dy]);
    expect(() => gradcheck(wrong, [x])).toThrow(
      /^gradcheck: element 0 of input 0 \[3\] has gradient 0.5, but the output's slope there is /,
    );
  });

  test("takes a missing gradient for zeros", () => {
    expect(() => gradcheck((x) => mul(x.detach(), 2), [x])).toThrow(
      "backward: this tensor [3] was not computed from any tensor",
    );
  });
});
