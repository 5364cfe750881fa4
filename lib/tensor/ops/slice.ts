/** Parts of a tensor along its axes, and frames around it. */

import { record } from "../autograd.js";
import { checkAxis, checkInteger, checkList, checkTensor, ShapeError, show, sizeOf } from "../check.js";
import { element } from "../numbers.js";
import type { Pad, Resize, Select, Split } from "../rules/joining.js";
import type { Arg, Out, Shape } from "../shape.js";
import { empty, read, Tensor, write } from "../tensor.js";
import { unsqueeze } from "./shape.js";

/** Elements `start` to `end` (not included) along an axis; negative counts from the end, and what lies beyond is left out.
 *  A view: no number is copied.
 *  @example
 *  slice(tensor([[1, 2, 3], [4, 5, 6]]), 1, 1, 3) // => [[2, 3], [5, 6]]
 *  @example
 *  slice(arange(5), 0, -2) // => [3, 4] */
export function slice<S extends Shape, I extends number>(
  x: Tensor<S>,
  axis: Arg<Resize<S, I, number>, I>,
  start: number,
  end?: number,
): Tensor<Out<Resize<S, I, number>>>;
export function slice(x: Tensor, axis: number, start: number, end?: number): Tensor {
  checkTensor("slice", "x", x);
  const at = checkAxis("slice", x.shape, axis);
  const n = x.shape[at];
  checkInteger("slice", "start", start);
  if (end !== undefined) checkInteger("slice", "end", end);
  const bound = (i: number): number => Math.min(Math.max(i < 0 ? i + n : i, 0), n);
  const [from, to] = [bound(start), Math.max(bound(start), bound(end ?? n))];
  const shape = x.shape.map((d, i) => (i === at ? to - from : d));
  const y = new Tensor(x.storage, shape, x.dtype, x.offset + from * x.strides[at], x.strides);
  return record("slice", [x], y, (dy) => [() => framed(dy, at, from, n - to, 0)]);
}

/** One slice along an axis, which goes away: x[.., index, ..]; negative counts from the end. A view.
 *  @example
 *  select(tensor([[1, 2], [3, 4]]), 0, -1) // => [3, 4] */
export function select<S extends Shape, I extends number>(
  x: Tensor<S>,
  axis: Arg<Select<S, I>, I>,
  index: number,
): Tensor<Out<Select<S, I>>>;
export function select(x: Tensor, axis: number, index: number): Tensor {
  checkTensor("select", "x", x);
  const at = checkAxis("select", x.shape, axis);
  checkInteger("select", "index", index);
  const n = x.shape[at];
  const i = index < 0 ? index + n : index;
  if (!(i >= 0 && i < n))
    throw new ShapeError(`select: index ${index} is outside the ${n} elements along axis ${axis} of ${show(x.shape)}`);
  const drop = (of: readonly number[]): number[] => of.filter((_, axis) => axis !== at);
  const y = new Tensor(x.storage, drop(x.shape), x.dtype, x.offset + i * x.strides[at], drop(x.strides));
  return record("select", [x], y, (dy) => [() => framed(unsqueeze(dy, at), at, i, n - 1 - i, 0)]);
}

/** `x` with `before` and `after` elements of `value` around it along an axis. */
function framed(x: Tensor, at: number, before: number, after: number, value: number): Tensor {
  const n = before + x.shape[at] + after;
  const y = empty(
    x.shape.map((d, i) => (i === at ? n : d)),
    x.dtype,
  );
  const [outer, inner] = [sizeOf(x.shape.slice(0, at)), sizeOf(x.shape.slice(at + 1))];
  const run = x.shape[at] * inner;
  const [X, Y] = [read(x), write(y).fill(value)];
  for (let o = 0; o < outer; o++) Y.set(X.subarray(o * run, (o + 1) * run), (o * n + before) * inner);
  return y;
}

/** `before` and `after` elements more at the two ends of an axis: [.., n, ..] -> [.., before + n + after, ..].
 *  @param value what they hold; default 0
 *  @example
 *  pad(tensor([1, 2]), 0, [1, 2]) // => [0, 1, 2, 0, 0] */
export function pad<S extends Shape, I extends number, Before extends number, After extends number>(
  x: Tensor<S>,
  axis: Arg<Pad<S, I, Before, After>, I>,
  ends: readonly [Before, After],
  value?: number,
): Tensor<Out<Pad<S, I, Before, After>>>;
export function pad(x: Tensor, axis: number, ends: readonly [number, number], value = 0): Tensor {
  checkTensor("pad", "x", x);
  const at = checkAxis("pad", x.shape, axis);
  checkList("pad", "ends", ends);
  const [before, after] = ends;
  if (ends.length !== 2 || ![before, after].every((n) => Number.isInteger(n) && n >= 0))
    throw new ShapeError(`pad: the ends ${show(ends)} must be two non-negative integers; slice cuts off`);
  return record("pad", [x], framed(x, at, before, after, element("pad", value, x.dtype)), (dy) => [
    () => slice(dy, at, before, before + x.shape[at]),
  ]);
}

/** Pieces of the given sizes along an axis; they must add up to its size. Views.
 *  @example
 *  const [a, b] = split(tensor([1, 2, 3]), [1, 2], 0);
 *  [a.toArray(), b.toArray()] // => [[1], [2, 3]] */
export function split<S extends Shape, D extends number, const N extends readonly D[] | [], I extends number>(
  x: Tensor<S>,
  sizes: Arg<Split<S, N, I>, N>,
  axis: I,
): Tensors<Split<S, N, I>>;
export function split(x: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  checkTensor("split", "x", x);
  const at = checkAxis("split", x.shape, axis);
  checkList("split", "sizes", sizes);
  const total = sizes.reduce((a, b) => a + b, 0);
  const bad = sizes.findIndex((size) => !Number.isInteger(size) || size < 0);
  if (bad !== -1) throw new ShapeError(`split: sizes ${show(sizes)} must be non-negative integers`);
  if (total !== x.shape[at])
    throw new ShapeError(
      `split: sizes ${show(sizes)} add up to ${total}, but axis ${axis} of ${show(x.shape)} has ${x.shape[at]}`,
    );
  let start = 0;
  return sizes.map((size) => slice(x, at, start, (start += size)));
}
/** A tensor of each shape of a list. */
export type Tensors<R> = R extends string ? never : { -readonly [P in keyof R]: Tensor<Out<R[P]>> };

/** Keeps the lower triangle of the last two axes: element (i, j) where j ≤ i + diagonal; zeros above. x [..., M, N].
 *  @param diagonal 0 keeps the main diagonal, -1 leaves it out; default 0
 *  @example
 *  tril(ones([3, 3])) // => [[1, 0, 0], [1, 1, 0], [1, 1, 1]] */
export function tril<S extends Shape>(x: Tensor<S>, diagonal = 0): Tensor<S> {
  checkTensor("tril", "x", x);
  checkInteger("tril", "diagonal", diagonal);
  if (x.rank < 2) throw new ShapeError(`tril needs at least 2 dimensions, got ${show(x.shape)}`);
  const [m, n] = x.shape.slice(-2) as [number, number];
  const y = empty(x.shape, x.dtype);
  const [X, Y] = [read(x), write(y)];
  for (let i = 0; i < Y.length; i++) Y[i] = (i % n) - (Math.floor(i / n) % m) <= diagonal ? X[i] : 0;
  return record("tril", [x], y, (dy) => [() => tril(dy, diagonal)]);
}
