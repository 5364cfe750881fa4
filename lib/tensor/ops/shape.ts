/** Ops that move or regroup numbers without changing them. Most return a view: the same storage, read differently. */

import { record } from "../autograd.js";
import {
  broadcastsTo,
  checkAxes,
  checkAxis,
  checkList,
  checkReshape,
  checkShape,
  checkTensor,
  rowMajor,
  ShapeError,
  show,
  sizeOf,
} from "../check.js";
import type {
  Along,
  Arg,
  Expand,
  FoldAxis,
  Out,
  Permute,
  Reshape,
  Shape,
  Squeeze,
  Transpose,
  Unsqueeze,
} from "../shape.js";
import { contiguous, copyOf, Tensor } from "../tensor.js";
import { sumTo } from "./reduce.js";

const viewOf = (x: Tensor, shape: Shape, strides: readonly number[], offset = x.offset): Tensor =>
  new Tensor(x.storage, shape, x.dtype, offset, strides);

/** [..., D] as rows [N, D]; `x` must be contiguous. Outside the graph: for use inside ops. */
export function flatRows(x: Tensor): Tensor {
  const last = x.rank ? x.shape[x.rank - 1] : 1;
  const shape = [sizeOf(x.shape.slice(0, -1)), last];
  return viewOf(x, shape, rowMajor(shape));
}

/** The same numbers in row-major order under another shape; one dimension may be -1, "whatever is left".
 *  A view where `x` is contiguous, else a copy.
 *  @example
 *  reshape(arange(6), [2, -1]) // => [[0, 1, 2], [3, 4, 5]] */
export function reshape<S extends Shape, D extends number, const N extends readonly D[] | []>(
  x: Tensor<S>,
  shape: Arg<Reshape<S, N>, N>,
): Tensor<Out<Reshape<S, N>>>;
export function reshape(x: Tensor, shape: Shape): Tensor {
  return reshaped("reshape", x, shape);
}

function reshaped(op: string, x: Tensor, shape: Shape): Tensor {
  checkTensor(op, "x", x);
  const to = checkReshape(op, x.shape, shape);
  const from = contiguous(x);
  return record("reshape", [x], viewOf(from, to, rowMajor(to)), (dy) => [
    () => reshape(dy as Tensor<number[]>, x.shape as number[]),
  ]);
}

/** `reshape` that never copies: the result shows the same memory. A tensor that does not lie in row-major order is refused.
 *  @example
 *  view(zeros([2, 3]), [3, 2]).shape // => [3, 2] */
export function view<S extends Shape, D extends number, const N extends readonly D[] | []>(
  x: Tensor<S>,
  shape: Arg<Reshape<S, N>, N>,
): Tensor<Out<Reshape<S, N>>>;
export function view(x: Tensor, shape: Shape): Tensor {
  checkTensor("view", "x", x);
  checkList("view", "shape", shape);
  if (!x.isContiguous)
    throw new ShapeError(
      `view: ${show(x.shape)} does not lie in row-major order, so ${show(shape)} needs a copy; use reshape`,
    );
  return reshaped("view", x, shape);
}

/** Axes in another order: the new axis i is the old axis `axes[i]`. A view.
 *  @example
 *  permute(zeros([2, 3, 4]), [2, 0, 1]).shape // => [4, 2, 3] */
export function permute<S extends Shape, D extends number, const P extends readonly D[] | []>(
  x: Tensor<S>,
  axes: Arg<Permute<S, P>, P>,
): Tensor<Out<Permute<S, P>>>;
export function permute(x: Tensor, axes: readonly number[]): Tensor {
  checkTensor("permute", "x", x);
  checkList("permute", "axes", axes);
  const order = axes.map((axis) => (axis < 0 ? axis + x.rank : axis));
  if (order.length !== x.rank || !x.shape.every((_, axis) => order.includes(axis))) {
    throw new ShapeError(`permute ${show(axes)} must name each axis of ${show(x.shape)} once`);
  }
  const back = order.map((_, i) => order.indexOf(i));
  const pick = (of: readonly number[]): number[] => order.map((axis) => of[axis]);
  return record("permute", [x], viewOf(x, pick(x.shape), pick(x.strides)), (dy) => [
    () => permute(dy as Tensor<number[]>, back),
  ]);
}

/** Swaps two axes. A view.
 *  @example
 *  transpose(tensor([[1, 2, 3], [4, 5, 6]]), 0, 1) // => [[1, 4], [2, 5], [3, 6]] */
export function transpose<S extends Shape, I extends number, J extends number>(
  x: Tensor<S>,
  i: Arg<Along<S, I>, I>,
  j: Arg<Along<S, J>, J>,
): Tensor<Transpose<S, I, J>>;
export function transpose(x: Tensor, i: number, j: number): Tensor {
  checkTensor("transpose", "x", x);
  const [a, b] = [checkAxis("transpose", x.shape, i), checkAxis("transpose", x.shape, j)];
  const order = x.shape.map((_, axis) => (axis === a ? b : axis === b ? a : axis));
  return permute(x as Tensor<number[]>, order);
}

/** Repeats axes of size 1 up to `shape`, without a copy: their stride is 0. -1 keeps an axis as it is; new axes come first.
 *  @example
 *  expand(tensor([[1], [2]]), [-1, 3]) // => [[1, 1, 1], [2, 2, 2]] */
export function expand<S extends Shape, D extends number, const N extends readonly D[] | []>(
  x: Tensor<S>,
  shape: Arg<Expand<S, N>, N>,
): Tensor<Out<Expand<S, N>>>;
export function expand(x: Tensor, shape: Shape): Tensor {
  return expandTo(x, shape);
}

/** `expand` for shapes that only the run time knows. */
export function expandTo(x: Tensor, wanted: Shape): Tensor {
  checkTensor("expand", "x", x);
  checkList("expand", "shape", wanted);
  const missing = wanted.length - x.rank;
  const shape = wanted.map((d, i) => (d === -1 && i >= missing ? x.shape[i - missing] : d));
  if (!broadcastsTo(x.shape, shape)) throw new ShapeError(`cannot expand ${show(x.shape)} to ${show(wanted)}`);
  checkShape("expand", shape);
  const strides = shape.map((d, i) => (i < missing || x.shape[i - missing] !== d ? 0 : x.strides[i - missing]));
  return record("expand", [x], viewOf(x, shape, strides), (dy) => [() => sumTo(dy, x.shape)]);
}

/** Inserts an axis of size 1 before position `axis` (-1: at the end). A view.
 *  @example
 *  unsqueeze(tensor([1, 2]), -1) // => [[1], [2]] */
export function unsqueeze<S extends Shape, I extends number>(
  x: Tensor<S>,
  axis: Arg<Unsqueeze<S, I>, I>,
): Tensor<Out<Unsqueeze<S, I>>>;
export function unsqueeze(x: Tensor, axis: number): Tensor {
  return unsqueezed("unsqueeze", x, axis);
}

/** `unsqueeze` on behalf of `op`, which is what errors name. */
export function unsqueezed(op: string, x: Tensor, axis: number): Tensor {
  checkTensor(op, "x", x);
  const at = checkAxis(op, [...x.shape, 1], axis);
  const insert = (of: readonly number[], value: number): number[] => [...of.slice(0, at), value, ...of.slice(at)];
  checkShape(op, insert(x.shape, 1));
  return record("unsqueeze", [x], viewOf(x, insert(x.shape, 1), insert(x.strides, 0)), (dy) => [
    () => reshape(dy as Tensor<number[]>, x.shape as number[]),
  ]);
}

/** Removes one axis of size 1. A view.
 *  @example
 *  squeeze(tensor([[1, 2]]), 0) // => [1, 2] */
export function squeeze<S extends Shape, I extends number>(
  x: Tensor<S>,
  axis: Arg<Along<S, I>, I>,
): Tensor<Out<Squeeze<S, I>>>;
export function squeeze(x: Tensor, axis: number): Tensor {
  checkTensor("squeeze", "x", x);
  const at = checkAxis("squeeze", x.shape, axis);
  if (x.shape[at] !== 1)
    throw new ShapeError(`squeeze: axis ${axis} of ${show(x.shape)} has size ${x.shape[at]}, not 1`);
  const drop = (of: readonly number[]): number[] => of.filter((_, i) => i !== at);
  return record("squeeze", [x], viewOf(x, drop(x.shape), drop(x.strides)), (dy) => [
    () => reshape(dy as Tensor<number[]>, x.shape as number[]),
  ]);
}

/** The order along one axis or several turned round. A copy.
 *  @example
 *  flip(tensor([[1, 2], [3, 4]]), 1) // => [[2, 1], [4, 3]] */
export function flip<S extends Shape, D extends number, I extends D | readonly D[] | []>(
  x: Tensor<S>,
  axes: FoldAxis<S, I>,
): Tensor<S>;
export function flip(x: Tensor, axes: number | readonly number[]): Tensor {
  checkTensor("flip", "x", x);
  const turned = checkAxes("flip", x.shape, axes);
  const strides = x.strides.map((step, axis) => (turned.includes(axis) ? -step : step));
  const last = turned.reduce((at, axis) => at + Math.max(0, x.shape[axis] - 1) * x.strides[axis], x.offset);
  // Negative strides are for this copy only: kernels count forwards.
  const y = copyOf(viewOf(x, x.shape, strides, last));
  return record("flip", [x], y, (dy) => [() => flip(dy, turned)]);
}
