/** Ops that look rows or elements up by index, and their opposites, which add them back. All have gradients. */

import { rowKernels } from "../../kernels/index.js";
import { record } from "../autograd.js";
import {
  checkAxis,
  checkIndex,
  checkInteger,
  checkNumber,
  checkRank,
  checkShape,
  checkTensor,
  rowMajor,
  sameShape,
  ShapeError,
  show,
  sizeOf,
} from "../check.js";
import { int32 } from "../numbers.js";
import type { Fits, IsList, Slices } from "../rules/indexing.js";
import type { Arg, Out, Shape } from "../shape.js";
import { part } from "../spans.js";
import { contiguous, copyOf, empty, read, type Tensor, write } from "../tensor.js";

type Numbers = Float32Array | Int32Array;

/** The operands of an op that looks up: x (or what the op calls it) and an index of int32. */
function checkLookup(op: string, x: Tensor, index: Tensor, names: readonly [string, string] = ["x", "index"]): void {
  checkTensor(op, names[0], x);
  checkTensor(op, names[1], index);
}

function indices(op: string, index: Tensor): Numbers {
  if (index.dtype !== "int32")
    throw new ShapeError(`${op}: the index ${show(index.shape)} must be int32, not ${index.dtype}`);
  return read(index);
}

/** `x` as [outer, n, inner] around one axis. */
function around(op: string, shape: Shape, axis: number): { at: number; outer: number; n: number; inner: number } {
  const at = checkAxis(op, shape, axis);
  return { at, outer: sizeOf(shape.slice(0, at)), n: shape[at], inner: sizeOf(shape.slice(at + 1)) };
}

const replaceAxis = (shape: Shape, at: number, size: number): number[] => shape.map((d, i) => (i === at ? size : d));

/** Picks whole slices along `axis`: y[.., i, ..] = x[.., index[i], ..]. index [M] int32.
 *  @example
 *  indexSelect(tensor([[1, 2], [3, 4], [5, 6]]), 0, fromArray([2, 0], [2], "int32")) // => [[5, 6], [1, 2]] */
export function indexSelect<S extends Shape, I extends number, X extends Shape>(
  x: Tensor<S>,
  axis: I,
  index: Arg<IsList<"indexSelect", S, I, X>, Tensor<X>>,
): Tensor<Out<IsList<"indexSelect", S, I, X>>>;
export function indexSelect(x: Tensor, axis: number, index: Tensor): Tensor {
  checkLookup("indexSelect", x, index);
  const { at, outer, n, inner } = around("indexSelect", x.shape, axis);
  if (index.rank !== 1) throw new ShapeError(`indexSelect: the index must be a list, got ${show(index.shape)}`);
  const m = index.size;
  const y = empty(replaceAxis(x.shape, at, m), x.dtype);
  for (const i of indices("indexSelect", index)) checkIndex("indexSelect", "index", i, n);
  const [from, rows] = [contiguous(x), contiguous(index)];
  for (let o = 0; o < outer; o++)
    rowKernels().gatherRows(m, inner, part(from, o * n * inner), rows, part(y, o * m * inner));
  return record("indexSelect", [x], y, (dy) => [() => addSlices(zeros(x.shape), at, index, dy)]);
}

function zeros(shape: Shape): Tensor {
  const y = empty(shape);
  write(y).fill(0);
  return y;
}

/** y[.., index[i], ..] += alpha · src[.., i, ..], in place: `y` is ours. */
function addSlices(y: Tensor, axis: number, index: Tensor, src: Tensor, alpha = 1): Tensor {
  const { outer, n, inner } = around("indexAdd", y.shape, axis);
  const m = index.size;
  const I = indices("indexAdd", index);
  for (const i of I) checkIndex("indexAdd", "index", i, n);
  if (y.dtype === "float32") {
    const [from, rows] = [contiguous(src), contiguous(index)];
    for (let o = 0; o < outer; o++)
      rowKernels().scatterAddRows(m, inner, part(from, o * m * inner), rows, alpha, part(y, o * n * inner));
    return y;
  }
  const [S, Y] = [read(src), write(y)];
  for (let o = 0; o < outer; o++) {
    for (let j = 0; j < m; j++) {
      const [to, from] = [(o * n + I[j]) * inner, (o * m + j) * inner];
      for (let i = 0; i < inner; i++) Y[to + i] = int32("indexAdd", Y[to + i] + alpha * S[from + i]);
    }
  }
  return y;
}

/** Numbers that are put into a tensor must be of its kind: 1.5 would become 1 among int32. */
function checkSameKind(op: string, x: Tensor, src: Tensor): void {
  checkTensor(op, "src", src);
  if (x.dtype !== src.dtype)
    throw new ShapeError(`${op}: x ${show(x.shape)} is ${x.dtype}, but src ${show(src.shape)} is ${src.dtype}`);
}

/** x with slices of `src` added along `axis`: y = x, y[.., index[i], ..] += alpha · src[.., i, ..]. Repeated indices add up.
 *  index [M] int32, src as x but M along the axis. @param alpha factor of what is added; default 1
 *  @example
 *  indexAdd(zeros([2]), 0, fromArray([1, 1], [2], "int32"), tensor([3, 4])) // => [0, 7] */
export function indexAdd<S extends Shape, I extends number, X extends Shape, Src extends Shape>(
  x: Tensor<S>,
  axis: I,
  index: Arg<IsList<"indexAdd", S, I, X>, Tensor<X>>,
  src: Arg<Slices<S, I, X[0], Src>, Tensor<Src>>,
  alpha?: number,
): Tensor<S>;
export function indexAdd(x: Tensor, axis: number, index: Tensor, src: Tensor, alpha = 1): Tensor {
  checkLookup("indexAdd", x, index);
  checkSameKind("indexAdd", x, src);
  checkNumber("indexAdd", "alpha", alpha);
  if (x.dtype === "int32") checkInteger("indexAdd", "alpha", alpha); // of int32 tensors
  const { at } = around("indexAdd", x.shape, axis);
  if (index.rank !== 1) throw new ShapeError(`indexAdd: the index must be a list, got ${show(index.shape)}`);
  const wanted = replaceAxis(x.shape, at, index.size);
  if (!sameShape(src.shape, wanted))
    throw new ShapeError(`indexAdd: src must be ${show(wanted)} for x ${show(x.shape)}, got ${show(src.shape)}`);
  const y = addSlices(copyOf(x), at, index, src, alpha);
  return record("indexAdd", [x, src], y, (dy) => [
    () => dy,
    () => {
      const ds: Tensor = indexSelect(dy, at, index);
      const D = write(ds);
      for (let i = 0; i < D.length; i++) D[i] *= alpha;
      return ds;
    },
  ]);
}

/** Rows of a table by id: weight [V, D], ids [...] int32 -> [..., D], of the weight's dtype. An id that occurs twice collects both gradients.
 *  @example
 *  embedding(tensor([[1, 2], [3, 4]]), fromArray([1, 1, 0], [3], "int32")) // => [[3, 4], [3, 4], [1, 2]] */
export function embedding<V extends number, D extends number, S extends Shape>(
  weight: Tensor<readonly [V, D]>,
  ids: Tensor<S>,
): Tensor<[...S, D]>;
export function embedding(weight: Tensor, ids: Tensor): Tensor {
  checkLookup("embedding", weight, ids, ["weight", "ids"]);
  checkRank("embedding", "weight", weight.shape, "V, D");
  const [v, d] = weight.shape;
  checkShape("embedding", [...ids.shape, d]);
  const y = empty([...ids.shape, d], weight.dtype);
  for (const id of indices("embedding", ids)) checkIndex("embedding", "id", id, v);
  const rows = contiguous(ids);
  rowKernels().gatherRows(rows.size, d, contiguous(weight), rows, y);
  return record("embedding", [weight], y, (dy) => [
    () => {
      const dw = zeros(weight.shape);
      rowKernels().scatterAddRows(rows.size, d, contiguous(dy), rows, 1, dw);
      return dw;
    },
  ]);
}

/** Calls `visit(i, j)` for each element i of an index tensor and the element j of the target that it names along `axis`. */
function along(op: string, target: Shape, axis: number, index: Tensor, visit: (i: number, j: number) => void): void {
  const at = checkAxis(op, target, axis);
  const fits = index.rank === target.length && index.shape.every((d, i) => i === at || d <= target[i]);
  if (!fits)
    throw new ShapeError(
      `${op}: the index ${show(index.shape)} must fit into ${show(target)} on every axis but ${axis}`,
    );
  const I = indices(op, index);
  const steps = rowMajor(target);
  const place = new Array<number>(index.rank).fill(0);
  let base = 0; // of the place on every axis but this one
  for (let i = 0; i < I.length; i++) {
    checkIndex(op, "index", I[i], target[at]);
    visit(i, base + I[i] * steps[at]);
    for (let a = index.rank - 1; a >= 0; a--) {
      const step = a === at ? 0 : steps[a];
      base += step;
      if (++place[a] < index.shape[a]) break;
      base -= step * place[a];
      place[a] = 0;
    }
  }
}

/** Picks elements along `axis`: y[i][j] = x[i][index[i][j]] for axis 1. index int32, of y's shape.
 *  @example
 *  gather(tensor([[1, 2], [3, 4]]), 1, fromArray([1, 0], [2, 1], "int32")) // => [[2], [3]] */
export function gather<S extends Shape, I extends number, X extends Shape>(
  x: Tensor<S>,
  axis: I,
  index: Arg<Fits<"gather", S, I, X>, Tensor<X>>,
): Tensor<X>;
export function gather(x: Tensor, axis: number, index: Tensor): Tensor {
  checkLookup("gather", x, index);
  const y = empty(index.shape, x.dtype);
  const [X, Y] = [read(x), write(y)];
  along("gather", x.shape, axis, index, (i, j) => (Y[i] = X[j]));
  return record("gather", [x], y, (dy) => [
    () => {
      const dx = zeros(x.shape);
      const [DY, DX] = [read(dy), write(dx)];
      along("gather", x.shape, axis, index, (i, j) => (DX[j] += DY[i]));
      return dx;
    },
  ]);
}

/** The shape of `src` must hold the index; values beyond the index are not used. */
function sourcePositions(op: string, index: Tensor, src: Tensor): Int32Array {
  const fits = src.rank === index.rank && index.shape.every((d, i) => d <= src.shape[i]);
  if (!fits) throw new ShapeError(`${op}: the index ${show(index.shape)} must fit into src ${show(src.shape)}`);
  const positions = new Int32Array(index.size);
  const steps = rowMajor(src.shape);
  const place = new Array<number>(index.rank).fill(0);
  for (let i = 0; i < positions.length; i++) {
    positions[i] = place.reduce((sum, p, a) => sum + p * steps[a], 0);
    for (let a = index.rank - 1; a >= 0 && ++place[a] === index.shape[a]; a--) place[a] = 0;
  }
  return positions;
}

/** x with elements replaced along `axis`: y = x, y[i][index[i][j]] = src[i][j] for axis 1. Indices should not repeat.
 *  index int32; src may be larger than it, the rest is not used.
 *  @example
 *  scatter(zeros([3]), 0, fromArray([2, 0], [2], "int32"), tensor([5, 6])) // => [6, 0, 5] */
export function scatter<S extends Shape, I extends number, X extends Shape>(
  x: Tensor<S>,
  axis: I,
  index: Arg<Fits<"scatter", S, I, X>, Tensor<X>>,
  src: Tensor,
): Tensor<S>;
export function scatter(x: Tensor, axis: number, index: Tensor, src: Tensor): Tensor {
  checkLookup("scatter", x, index);
  checkSameKind("scatter", x, src);
  const from = sourcePositions("scatter", index, src);
  const y = copyOf(x);
  const [S, Y] = [read(src), write(y)];
  along("scatter", x.shape, axis, index, (i, j) => (Y[j] = S[from[i]]));
  return record("scatter", [x, src], y, (dy) => [
    () => {
      const dx = copyOf(dy);
      const DX = write(dx);
      along("scatter", x.shape, axis, index, (_, j) => (DX[j] = 0));
      return dx;
    },
    () => gathered(dy, x.shape, axis, index, src, from),
  ]);
}

/** x with elements added along `axis`: y = x, y[i][index[i][j]] += src[i][j] for axis 1. Repeated indices add up.
 *  index int32; src may be larger than it, the rest is not used.
 *  @example
 *  scatterAdd(ones([2]), 0, fromArray([1, 1], [2], "int32"), tensor([5, 6])) // => [1, 12] */
export function scatterAdd<S extends Shape, I extends number, X extends Shape>(
  x: Tensor<S>,
  axis: I,
  index: Arg<Fits<"scatterAdd", S, I, X>, Tensor<X>>,
  src: Tensor,
): Tensor<S>;
export function scatterAdd(x: Tensor, axis: number, index: Tensor, src: Tensor): Tensor {
  checkLookup("scatterAdd", x, index);
  checkSameKind("scatterAdd", x, src);
  const from = sourcePositions("scatterAdd", index, src);
  const y = copyOf(x);
  const [S, Y] = [read(src), write(y)];
  const isInteger = x.dtype === "int32";
  along("scatterAdd", x.shape, axis, index, (i, j) => {
    const total = Y[j] + S[from[i]];
    Y[j] = isInteger ? int32("scatterAdd", total) : total;
  });
  return record("scatterAdd", [x, src], y, (dy) => [() => dy, () => gathered(dy, x.shape, axis, index, src, from)]);
}

/** Gradient of `src`: dy at the place each element went to. */
function gathered(dy: Tensor, target: Shape, axis: number, index: Tensor, src: Tensor, from: Int32Array): Tensor {
  const ds = zeros(src.shape);
  const [DY, DS] = [read(dy), write(ds)];
  along("scatter", target, axis, index, (i, j) => (DS[from[i]] = DY[j]));
  return ds;
}

/** 1 at each id, 0 elsewhere: ids [...] int32 -> [..., C].
 *  @example
 *  oneHot(fromArray([2, 0], [2], "int32"), 3) // => [[0, 0, 1], [1, 0, 0]] */
export function oneHot<S extends Shape, C extends number>(ids: Tensor<S>, numClasses: C): Tensor<[...S, C]>;
export function oneHot(ids: Tensor, numClasses: number): Tensor {
  checkTensor("oneHot", "ids", ids);
  checkInteger("oneHot", "numClasses", numClasses, 0);
  checkShape("oneHot", [...ids.shape, numClasses]);
  const y = zeros([...ids.shape, numClasses]);
  const [I, Y] = [indices("oneHot", ids), write(y)];
  for (let i = 0; i < I.length; i++) {
    checkIndex("oneHot", "id", I[i], numClasses);
    Y[i * numClasses + I[i]] = 1;
  }
  return y;
}
