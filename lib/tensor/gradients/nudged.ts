/** A slope by hand: what changes where one number does? */

import { checkFinished, checkNumber, checkTensor, describe, ShapeError } from "../check.js";
import { overwrite, type Tensor } from "../tensor.js";

/** Runs `body` while one number of `x`, a parameter for example, is larger by `by`. Afterwards `x` is as before.
 *  @param index counts the numbers of `x` row by row, from 0
 *  @example
 *  const x = tensor([1, 2]);
 *  nudged(x, 1, 0.5, () => sum(x).item()); // => 3.5 */
export function nudged<R>(x: Tensor, index: number, by: number, body: () => R): R {
  checkTensor("nudged", "x", x);
  const isPlace = (i: number): boolean => Number.isInteger(i) && i >= 0 && i < x.size;
  checkNumber("nudged", "index", index, `an integer from 0 to ${x.size - 1}`, isPlace);
  checkNumber("nudged", "by", by);
  if (typeof body !== "function") throw new ShapeError(`nudged: needs a function to run, got ${describe(body)}`);
  const before = overwrite(x, "nudged")[index];
  overwrite(x, "nudged")[index] = before + by;
  try {
    const result = body();
    checkFinished("nudged", result, "would see the old number");
    return result;
  } finally {
    overwrite(x, "nudged")[index] = before;
  }
}
