/** Shares and means that are 0 where there is nothing to divide by. */

import { fromArray } from "../tensor/create.js";
import { add, div, mul } from "../tensor/ops/elementwise.js";
import { sum } from "../tensor/ops/reduce.js";
import { read, type Tensor } from "../tensor/tensor.js";

/** x / total, with 0 / 0 = 0. @param total of a shape that divides x, no number below 0 */
export function overSum(x: Tensor, total: Tensor): Tensor {
  const isZero = read(total).map((t) => (t === 0 ? 1 : 0));
  return div(x, isZero.includes(1) ? add(total, fromArray(isZero, [...total.shape])) : total);
}

/** The mean over the tokens, x [N, E] -> [E] or [N] -> []; 0 where there are none. */
export function overTokens(x: Tensor): Tensor {
  return mul(sum(x, 0) as Tensor, 1 / Math.max(x.shape[0], 1));
}
