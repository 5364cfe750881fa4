/** Order along an axis: the k largest, sorting, running sums. */

import { rowKernels } from "../../kernels/index.js";
import { record } from "../autograd.js";
import { checkAxis, checkOptions, checkTensor, describe, ShapeError, show, sizeOf } from "../check.js";
import { int32 } from "../numbers.js";
import type { Resize } from "../rules/joining.js";
import type { Along, Arg, Out, Shape } from "../shape.js";
import { contiguous, empty, read, type Tensor, write } from "../tensor.js";
import { sortedIndices, topIndices } from "../topIndices.js";
import { gather, scatterAdd } from "./indexing.js";
import { transpose } from "./shape.js";
import { softmax } from "./softmax.js";

/** Numbers along an axis and the positions (int32) that they came from. */
export interface Chosen<S extends Shape> {
  values: Tensor<S>;
  indices: Tensor<S>;
}

/** The k largest along the last axis (or another), largest first; the earlier one among equals; NaN counts as largest.
 *  x [..., N] -> values and indices [..., K]. The gradient reaches the chosen elements alone.
 *  @example
 *  topk(tensor([3, 1, 2]), 2).values // => [3, 2]
 *  @example
 *  topk(tensor([[3, 1], [1, 2]]), 1, 0).indices // => [[0, 1]] */
export function topk<S extends Shape, K extends number, I extends number = -1>(
  x: Tensor<S>,
  k: K,
  axis?: Arg<Resize<S, I, K>, I>,
): Chosen<Out<Resize<S, I, K>>>;
export function topk(x: Tensor, k: number, axis = -1): Chosen<Shape> {
  return largest("topk", x, k, axis);
}

/** Up to this k the kernel, which inserts into k places, beats sorting. */
const FEW = 64;

function largest(op: string, x: Tensor, k: number, axis: number): Chosen<Shape> {
  checkTensor(op, "x", x);
  const at = checkAxis(op, x.shape, axis);
  const n = x.shape[at];
  if (!Number.isInteger(k) || k < 0 || k > n)
    throw new ShapeError(
      `${op}: k must be an integer from 0 to ${n}, the elements along axis ${axis} of ${show(x.shape)}, got ${describe(k)}`,
    );
  if (at !== x.rank - 1 || x.dtype !== "float32" || n === 0 || k > FEW)
    return choose(x, k, at, (X, first, I, to) => topIndices(X, first, n, k, I, to));
  const indices = empty([...x.shape.slice(0, -1), k], "int32");
  rowKernels().topk(x.size / n, n, k, contiguous(x), indices);
  return { values: gather(x, -1, indices), indices };
}

/** All along the last axis (or another) in rising order, or falling with `descending`; equals stay in their order, NaN counts
 *  as largest. The gradient goes back to where each number came from.
 *  @example
 *  sort(tensor([3, 1, 2])).values // => [1, 2, 3]
 *  @example
 *  sort(tensor([3, 1, 2]), -1, { descending: true }).indices // => [0, 2, 1] */
export function sort<S extends Shape, I extends number = -1>(
  x: Tensor<S>,
  axis?: Arg<Along<S, I>, I>,
  options?: { descending?: boolean },
): Chosen<S>;
export function sort(x: Tensor, axis = -1, options: { descending?: boolean } = {}): Chosen<Shape> {
  checkOptions("sort", options);
  const { descending = false } = options;
  checkTensor("sort", "x", x);
  const at = checkAxis("sort", x.shape, axis);
  const n = x.shape[at];
  return choose(x, n, at, (X, first, I, to) => I.set(sortedIndices(X, first, n, descending), to));
}

type Pick = (X: ArrayLike<number>, first: number, I: Float32Array | Int32Array, to: number) => void;
/** Picks k positions of each line along an axis, and gathers what stands there. */
function choose(x: Tensor, k: number, at: number, pick: Pick): Chosen<Shape> {
  if (at !== x.rank - 1) {
    const { values, indices } = choose(transpose(x, at, -1), k, x.rank - 1, pick);
    return { values: transpose(values, at, -1), indices: transpose(indices, at, -1) };
  }
  const n = x.shape[at];
  const indices = empty([...x.shape.slice(0, -1), k], "int32");
  const [X, I] = [read(x), write(indices)];
  for (let row = 0; row * n < X.length; row++) pick(X, row * n, I, row * k);
  return { values: gather(x, -1, indices), indices };
}

/** Softmax over the k largest along the last axis (or another); exactly 0 for the others, which get no gradient.
 *  The same as setting all but the k largest to −∞ first. Source: Shazeer et al. 2017, §2.1, https://arxiv.org/abs/1701.06538
 *  @example
 *  topkMaskedSoftmax(tensor([0, 5, 5]), 2) // => [0, 0.5, 0.5] */
export function topkMaskedSoftmax<S extends Shape, I extends number = -1>(
  x: Tensor<S>,
  k: number,
  axis?: Arg<Along<S, I>, I>,
): Tensor<S>;
export function topkMaskedSoftmax(x: Tensor, k: number, axis = -1): Tensor {
  const { values, indices } = largest("topkMaskedSoftmax", x, k, axis);
  const zeros = empty(x.shape);
  write(zeros).fill(0);
  return scatterAdd(zeros, axis, indices, softmax(values, axis));
}

/** Running sum along an axis: yᵢ = x₀ + ... + xᵢ; int32 of int32.
 *  @example
 *  cumsum(tensor([1, 2, 3]), 0) // => [1, 3, 6] */
export function cumsum<S extends Shape, I extends number>(x: Tensor<S>, axis: Arg<Along<S, I>, I>): Tensor<S>;
export function cumsum(x: Tensor, axis: number): Tensor {
  checkTensor("cumsum", "x", x);
  const at = checkAxis("cumsum", x.shape, axis);
  return record("cumsum", [x], runningSum(x, at, false), (dy) => [() => runningSum(dy, at, true)]);
}

function runningSum<S extends Shape>(x: Tensor<S>, at: number, backwards: boolean): Tensor<S> {
  const y = empty(x.shape, x.dtype);
  const [X, Y] = [read(x), write(y)];
  const n = x.shape[at];
  const step = sizeOf(x.shape.slice(at + 1));
  for (let block = 0; block < X.length; block += n * step) {
    for (let i = 0; i < step; i++) {
      let total = 0;
      for (let j = 0; j < n; j++) {
        const k = block + i + (backwards ? n - 1 - j : j) * step;
        total += X[k];
        Y[k] = x.dtype === "int32" ? int32("cumsum", total) : total;
      }
    }
  }
  return y;
}
