/** Forgetting on purpose. */

import { record } from "../tensor/autograd.js";
import { ShapeError } from "../tensor/check.js";
import type { Generator } from "../tensor/random.js";
import type { Shape } from "../tensor/shape.js";
import { empty, read, type Tensor, write } from "../tensor/tensor.js";

/** Zeroes each element with probability `p` and scales the others by 1 / (1 − p), so that the expected value stays.
 *  Source: Srivastava et al. 2014, §4, https://jmlr.org/papers/v15/srivastava14a.html */
export function dropout<S extends Shape>(x: Tensor<S>, p: number, rng: Generator): Tensor<S> {
  if (!(p >= 0 && p < 1)) throw new ShapeError(`dropout: p must be at least 0 and below 1, got ${p}`);
  if (p === 0) return x;
  const [y, keep] = [empty(x.shape), empty(x.shape)];
  const [X, K, Y] = [read(x), write(keep), write(y)];
  for (let i = 0; i < Y.length; i++) {
    K[i] = rng.uniform() < p ? 0 : 1 / (1 - p);
    Y[i] = X[i] * K[i];
  }
  return record("dropout", [x], y, (dy) => [
    () => {
      const dx = empty(x.shape);
      const [K, DY, DX] = [read(keep), read(dy), write(dx)];
      for (let i = 0; i < DX.length; i++) DX[i] = DY[i] * K[i];
      return dx;
    },
  ]);
}
