import { expect, test } from "vitest";
import { arange, cast, reshape, type Tensor } from "../../lib/index.js";
import { sumTo } from "../../lib/tensor/ops/reduce.js";

/** What `sumTo` is by definition: each number of dy is added to the place that broadcasting took it from. */
function summed(dy: Tensor, shape: readonly number[]): number[] {
  const sums = new Array<number>(shape.reduce((a, b) => a * b, 1)).fill(0);
  const missing = dy.rank - shape.length;
  dy.toTypedArray().forEach((value, i) => {
    let [rest, place, step] = [i, 0, 1];
    for (let axis = dy.rank - 1; axis >= 0; axis--) {
      const at = rest % dy.shape[axis];
      rest = Math.floor(rest / dy.shape[axis]);
      if (axis < missing) continue;
      if (shape[axis - missing] > 1) place += at * step;
      step *= shape[axis - missing];
    }
    sums[place] += value;
  });
  return sums;
}

test("what broadcasting stretched is summed away: all shapes of up to three axes of 1 to 3", () => {
  const sizes = [1, 2, 3];
  for (const a of sizes)
    for (const b of sizes)
      for (const c of sizes) {
        const dy = reshape(cast(arange(a * b * c), "float32"), [a, b, c]);
        for (let mask = 0; mask < 8; mask++) {
          const kept = [a, b, c].map((size, axis) => ((mask >> axis) & 1 ? size : 1));
          for (let missing = 0; missing <= 3; missing++) {
            const shape = kept.slice(missing);
            const y = sumTo(dy, shape);
            expect(y.shape).toEqual(shape);
            expect(Array.from(y.toTypedArray())).toEqual(summed(dy as Tensor, shape));
          }
        }
      }
});
