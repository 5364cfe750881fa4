/** Putting tensors together and taking them apart. */

import { record } from "../autograd.js";
import { checkAxis, ShapeError, show, sizeOf } from "../check.js";
import type { Shape } from "../shape.js";
import { empty, read, Tensor, write } from "../tensor.js";
import { unsqueeze } from "./shape.js";

/** One after the other along an axis that exists; all other axes must agree. */
export function concat(parts: readonly Tensor[], axis: number): Tensor {
  if (parts.length === 0) throw new ShapeError("concat needs at least one tensor");
  const shape = parts[0].shape;
  const at = checkAxis(shape, axis);
  for (const part of parts) {
    if (part.rank !== shape.length || part.shape.some((d, i) => i !== at && d !== shape[i])) {
      throw new ShapeError(`concat along axis ${axis}: ${show(part.shape)} and ${show(shape)} differ on another axis`);
    }
    if (part.dtype !== parts[0].dtype)
      throw new ShapeError(
        `concat along axis ${axis}: ${show(shape)} is ${parts[0].dtype}, but ${show(part.shape)} is ${part.dtype}`,
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

/** One on top of the other along a new axis. */
export function stack(parts: readonly Tensor[], axis: number): Tensor {
  return concat(
    parts.map((part) => unsqueeze(part, axis)),
    axis,
  );
}

/** Elements `start` to `end` (not included) along an axis; negative counts from the end. A view. */
export function slice(x: Tensor, axis: number, start: number, end: number = x.shape[checkAxis(x.shape, axis)]): Tensor {
  const at = checkAxis(x.shape, axis);
  const n = x.shape[at];
  if (!Number.isInteger(start) || !Number.isInteger(end)) {
    throw new ShapeError(`slice: start ${start} and end ${end} must be whole numbers`);
  }
  const bound = (i: number): number => Math.min(Math.max(i < 0 ? i + n : i, 0), n);
  const [from, to] = [bound(start), Math.max(bound(start), bound(end))];
  const shape = x.shape.map((d, i) => (i === at ? to - from : d));
  const y = new Tensor(x.storage, shape, x.dtype, x.offset + from * x.strides[at], x.strides);
  return record("slice", [x], y, (dy) => [() => padded(dy, x.shape, at, from)]);
}

/** dy in a frame of zeros of the given shape, from `start` on along an axis. */
function padded(dy: Tensor, shape: Shape, at: number, start: number): Tensor {
  const dx = empty(shape);
  const [outer, inner] = [sizeOf(shape.slice(0, at)), sizeOf(shape.slice(at + 1))];
  const run = dy.shape[at] * inner;
  const [DY, DX] = [read(dy), write(dx).fill(0)];
  for (let o = 0; o < outer; o++) DX.set(DY.subarray(o * run, (o + 1) * run), (o * shape[at] + start) * inner);
  return dx;
}

/** Pieces of the given sizes along an axis; they must add up to its size. Views. */
export function split(x: Tensor, sizes: readonly number[], axis: number): Tensor[] {
  const at = checkAxis(x.shape, axis);
  const total = sizes.reduce((a, b) => a + b, 0);
  const bad = sizes.find((size) => !Number.isInteger(size) || size < 0);
  if (bad !== undefined) throw new ShapeError(`split: sizes must be whole numbers from 0, got ${bad}`);
  if (total !== x.shape[at])
    throw new ShapeError(
      `split: sizes ${show(sizes)} add up to ${total}, but axis ${axis} of ${show(x.shape)} has ${x.shape[at]}`,
    );
  let start = 0;
  return sizes.map((size) => slice(x, at, start, (start += size)));
}

/** Keeps the lower triangle of the last two axes: element (i, j) where j ≤ i + diagonal; zeros above. */
export function tril<S extends Shape>(x: Tensor<S>, diagonal = 0): Tensor<S> {
  if (x.rank < 2) throw new ShapeError(`tril needs at least 2 dimensions, got ${show(x.shape)}`);
  const [m, n] = x.shape.slice(-2) as [number, number];
  const y = empty(x.shape);
  const [X, Y] = [read(x), write(y)];
  for (let i = 0; i < Y.length; i++) Y[i] = (i % n) - (Math.floor(i / n) % m) <= diagonal ? X[i] : 0;
  return record("tril", [x], y, (dy) => [() => tril(dy, diagonal)]);
}
