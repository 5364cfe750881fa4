/** Putting tensors together. */

import { record } from "../autograd.js";
import {
  checkAxis,
  checkList,
  checkShape,
  checkTensor,
  checkTensors,
  sameShape,
  ShapeError,
  show,
  sizeOf,
} from "../check.js";
import type { Concat, Repeat, Stack } from "../rules/joining.js";
import type { Arg, Out, Shape } from "../shape.js";
import { empty, read, type Tensor, write } from "../tensor.js";
import { reshape, unsqueezed } from "./shape.js";
import { slice } from "./slice.js";

/** One after the other along an axis that exists: [.., n, ..] and [.., m, ..] -> [.., n + m, ..]. All other axes must agree.
 *  @example
 *  concat([tensor([[1, 2]]), tensor([[3, 4], [5, 6]])], 0) // => [[1, 2], [3, 4], [5, 6]] */
export function concat<P extends readonly Tensor[] | [], I extends number>(
  parts: Arg<Concat<P, I>, P>,
  axis: I,
): Tensor<Out<Concat<P, I>>>;
export function concat(parts: readonly Tensor[], axis: number): Tensor {
  return concatenated("concat", parts, axis);
}

function checkParts(op: string, parts: readonly Tensor[]): void {
  checkTensors(op, "part", parts);
  if (parts.length === 0) throw new ShapeError(`${op} needs at least one tensor`);
}

function concatenated(op: string, parts: readonly Tensor[], axis: number): Tensor {
  checkParts(op, parts);
  const shape = parts[0].shape;
  const at = checkAxis(op, shape, axis);
  for (const part of parts) {
    if (part.rank !== shape.length || part.shape.some((d, i) => i !== at && d !== shape[i])) {
      throw new ShapeError(`${op} along axis ${axis}: ${show(part.shape)} and ${show(shape)} differ on another axis`);
    }
    if (part.dtype !== parts[0].dtype)
      throw new ShapeError(
        `${op} along axis ${axis}: ${show(shape)} is ${parts[0].dtype}, but ${show(part.shape)} is ${part.dtype}`,
      );
  }
  const total = parts.reduce((sum, part) => sum + part.shape[at], 0);
  const y = empty(
    shape.map((d, i) => (i === at ? total : d)),
    parts[0].dtype,
  );
  const [outer, inner] = [sizeOf(shape.slice(0, at)), sizeOf(shape.slice(at + 1))];
  let before = 0;
  for (const part of parts) {
    const run = part.shape[at] * inner;
    const [X, Y] = [read(part), write(y)];
    for (let o = 0; o < outer; o++) Y.set(X.subarray(o * run, (o + 1) * run), o * total * inner + before);
    before += run;
  }
  return record("concat", parts, y, (dy) => {
    let start = 0;
    return parts.map((part) => {
      const from = start;
      start += part.shape[at];
      return () => slice(dy, at, from, from + part.shape[at]);
    });
  });
}

/** One on top of the other along a new axis: n tensors of one shape -> [.., n, ..].
 *  @example
 *  stack([tensor([1, 2]), tensor([3, 4])], 1) // => [[1, 3], [2, 4]] */
export function stack<P extends readonly Tensor[] | [], I extends number>(
  parts: Arg<Stack<P, I>, P>,
  axis: I,
): Tensor<Out<Stack<P, I>>>;
export function stack(parts: readonly Tensor[], axis: number): Tensor {
  checkParts("stack", parts);
  const { shape } = parts[0];
  for (const part of parts) {
    if (!sameShape(part.shape, shape))
      throw new ShapeError(`stack: ${show(shape)} and ${show(part.shape)} must be the same`);
  }
  return concatenated(
    "stack",
    parts.map((part) => unsqueezed("stack", part, axis)),
    axis,
  );
}

/** The whole tensor as often as `times` says, axis by axis (aligned on the right): [2, 3] repeated [2, 1] is [4, 3].
 *  @example
 *  repeat(tensor([[1, 2]]), [2, 2]) // => [[1, 2, 1, 2], [1, 2, 1, 2]] */
export function repeat<S extends Shape, D extends number, const N extends readonly D[] | []>(
  x: Tensor<S>,
  times: Arg<Repeat<S, N>, N>,
): Tensor<Out<Repeat<S, N>>>;
export function repeat(x: Tensor, times: readonly number[]): Tensor {
  checkTensor("repeat", "x", x);
  checkList("repeat", "times", times);
  if (times.length < x.rank)
    throw new ShapeError(`repeat: ${show(times)} needs a number for each axis of ${show(x.shape)}`);
  if (times.some((n) => !Number.isInteger(n) || n < 0))
    throw new ShapeError(`repeat: ${show(times)} must be non-negative integers`);
  checkShape("repeat", times);
  const ones = times.slice(x.rank).map(() => 1);
  const whole: Tensor = reshape(x, [...ones, ...x.shape]);
  return times.reduce(
    (y, n, axis) => (n === 1 ? y : n === 0 ? slice(y, axis, 0, 0) : concat(new Array<Tensor>(n).fill(y), axis)),
    whole,
  );
}
