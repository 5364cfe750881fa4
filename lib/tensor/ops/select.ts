/** Choosing the largest: what a router does. */

import { record } from "../autograd.js";
import { checkAxis, ShapeError, show } from "../check.js";
import type { Shape } from "../shape.js";
import { empty, read, type Tensor, write } from "../tensor.js";
import { gather, scatterAdd } from "./indexing.js";
import { transpose } from "./shape.js";
import { softmax } from "./softmax.js";

/** Positions of the k largest of `n` numbers from `first` on, largest first; the earlier one among equals; NaN counts as largest. */
export function topIndices(
  X: ArrayLike<number>,
  first: number,
  n: number,
  k: number,
  out: Int32Array | Float32Array,
  to: number,
): void {
  // Insertion into k places: for the few experts that a token picks this beats sorting.
  let filled = 0;
  for (let i = 0; i < n; i++) {
    const value = X[first + i];
    let place = filled;
    while (place > 0 && before(value, X[first + out[to + place - 1]])) place--;
    if (place >= k) continue;
    for (let j = Math.min(filled, k - 1); j > place; j--) out[to + j] = out[to + j - 1];
    out[to + place] = i;
    if (filled < k) filled++;
  }
}

const before = (a: number, b: number): boolean => a > b || (a !== a && b === b);

/** The k largest along the last axis (or another), largest first; the earlier one among equals.
 *  x [..., N] -> values and indices [..., K]. The gradient reaches the chosen elements alone. */
export function topk(x: Tensor, k: number, axis = -1): { values: Tensor; indices: Tensor } {
  const at = checkAxis(x.shape, axis);
  if (at !== x.rank - 1) {
    const { values, indices } = topk(transpose(x, at, -1), k);
    return { values: transpose(values, at, -1), indices: transpose(indices, at, -1) };
  }
  const n = x.shape[at];
  if (!Number.isInteger(k) || k < 0 || k > n)
    throw new ShapeError(
      `topk: k ${k} must be a whole number from 0 to the ${n} elements along axis ${axis} of ${show(x.shape)}`,
    );
  const indices = empty([...x.shape.slice(0, -1), k], "int32");
  const [X, I] = [read(x), write(indices)];
  for (let row = 0; row * n < X.length; row++) topIndices(X, row * n, n, k, I, row * k);
  return { values: gather(x, -1, indices), indices };
}

/** Softmax over the k largest along the last axis (or another); exactly 0 for the others, which get no gradient.
 *  The same as setting all but the k largest to −∞ first. Source: Shazeer et al. 2017, §2.1, https://arxiv.org/abs/1701.06538 */
export function topkMaskedSoftmax<S extends Shape>(x: Tensor<S>, k: number, axis?: number): Tensor<S>;
export function topkMaskedSoftmax(x: Tensor, k: number, axis = -1): Tensor {
  const { values, indices } = topk(x, k, axis);
  const zeros = empty(x.shape);
  write(zeros).fill(0);
  return scatterAdd(zeros, axis, indices, softmax(values as Tensor<number[]>, axis));
}

/** Running sum along an axis: yᵢ = x₀ + ... + xᵢ. */
export function cumsum<S extends Shape>(x: Tensor<S>, axis: number): Tensor<S> {
  const at = checkAxis(x.shape, axis);
  return record("cumsum", [x], runningSum(x, at, false), (dy) => [() => runningSum(dy, at, true)]);
}

function runningSum<S extends Shape>(x: Tensor<S>, at: number, backwards: boolean): Tensor<S> {
  const y = empty(x.shape);
  const [X, Y] = [read(x), write(y)];
  const n = x.shape[at];
  const step = x.shape.slice(at + 1).reduce((p, d) => p * d, 1);
  for (let block = 0; block < X.length; block += n * step) {
    for (let i = 0; i < step; i++) {
      let total = 0;
      for (let j = 0; j < n; j++) {
        const k = block + i + (backwards ? n - 1 - j : j) * step;
        Y[k] = total += X[k];
      }
    }
  }
  return y;
}
