/** Ops that fold axes into one number each. Sums run in float64: a long row of float32 numbers loses nothing, and neither does
 *  one of int32, whose sum, max and min are int32. */

import { rowKernels } from "../../kernels/index.js";
import { record } from "../autograd.js";
import {
  checkAxes,
  checkNumber,
  checkOptions,
  checkTensor,
  rowMajor,
  sameShape,
  ShapeError,
  show,
  sizeOf,
} from "../check.js";
import { int32 } from "../numbers.js";
import type { Fold, FoldAxis, Out, Shape } from "../shape.js";
import { contiguous, empty, read, Tensor, write } from "../tensor.js";

/** One axis, several, or (null) all of them. */
export type Axes = number | readonly number[] | null;
export interface ReduceOptions<K extends boolean = boolean> {
  /** Keep each folded axis, with size 1. Default false. */
  keepdim?: K;
}

/** How to fold: `x` as rows [outer, n] with the folded axes last, and the shapes of the result. */
interface Folded {
  outer: number;
  n: number;
  rows: Tensor;
  /** With size 1 where an axis was folded. */
  kept: number[];
  shape: number[];
}

function fold(op: string, x: Tensor, axes: Axes, options: ReduceOptions = {}): Folded {
  checkTensor(op, "x", x);
  checkOptions(op, options);
  const { keepdim = false } = options;
  const folded = checkAxes(op, x.shape, axes);
  const isFolded = (_: unknown, i: number): boolean => folded.includes(i);
  const keep = x.shape.map((_, i) => i).filter((i) => !folded.includes(i));
  const order = [...keep, ...x.shape.map((_, i) => i).filter((i) => folded.includes(i))];
  const pick = (of: readonly number[]): number[] => order.map((i) => of[i]);
  const n = sizeOf(x.shape.filter(isFolded));
  return {
    outer: sizeOf(keep.map((i) => x.shape[i])),
    n,
    rows: new Tensor(x.storage, pick(x.shape), x.dtype, x.offset, pick(x.strides)),
    kept: x.shape.map((d, i) => (folded.includes(i) ? 1 : d)),
    shape: keepdim ? x.shape.map((d, i) => (folded.includes(i) ? 1 : d)) : keep.map((i) => x.shape[i]),
  };
}

/** `dy` of the result's shape, stretched back over the folded axes. A view. */
function stretch(dy: Tensor, kept: readonly number[], shape: Shape): Tensor {
  const flat = contiguous(dy);
  const steps = rowMajor(kept);
  const strides = shape.map((d, i) => (kept[i] === d ? steps[i] : 0));
  return new Tensor(flat.storage, shape, flat.dtype, flat.offset, strides);
}

/** Sum over one axis, several, or (null) all. The sum of nothing is 0. int32 of int32: every digit counts.
 *  @example
 *  sum(tensor([[1, 2], [3, 4]]), 0) // => [4, 6] */
export function sum<
  S extends Shape,
  I extends D | readonly D[] | [] | null = null,
  K extends boolean = false,
  D extends number = number,
>(x: Tensor<S>, axis?: FoldAxis<S, I>, options?: ReduceOptions<K>): Tensor<Out<Fold<S, I, K>>>;
export function sum(x: Tensor, axis: Axes = null, options: ReduceOptions = {}): Tensor {
  const { outer, n, rows, kept, shape } = fold("sum", x, axis, options);
  const y = empty(shape, x.dtype);
  const [X, Y] = [read(rows), write(y)];
  for (let o = 0; o < outer; o++) {
    let total = 0;
    for (let i = o * n; i < (o + 1) * n; i++) total += X[i];
    Y[o] = x.dtype === "int32" ? int32("sum", total) : total;
  }
  return record("sum", [x], y, (dy) => [() => stretch(dy, kept, x.shape)]);
}

/** Mean over one axis, several, or all; float32. The mean of nothing is NaN.
 *  @example
 *  mean(tensor([[1, 2], [3, 4]]), [0, 1]) // => 2.5 */
export function mean<
  S extends Shape,
  I extends D | readonly D[] | [] | null = null,
  K extends boolean = false,
  D extends number = number,
>(x: Tensor<S>, axis?: FoldAxis<S, I>, options?: ReduceOptions<K>): Tensor<Out<Fold<S, I, K>>>;
export function mean(x: Tensor, axis: Axes = null, options: ReduceOptions = {}): Tensor {
  const { outer, n, rows, kept, shape } = fold("mean", x, axis, options);
  const y = empty(shape);
  const [X, Y] = [read(rows), write(y)];
  for (let o = 0; o < outer; o++) {
    let total = 0;
    for (let i = o * n; i < (o + 1) * n; i++) total += X[i];
    Y[o] = total / n;
  }
  return record("mean", [x], y, (dy) => [() => scaled(stretch(dy, kept, x.shape), 1 / n)]);
}

/** Variance: Σ (x − mean)² / (n − correction), over one axis, several, or all.
 *  @param options.correction default 1, as in PyTorch; 0 divides by n
 *  @example
 *  variance(tensor([[1, 3], [2, 2]]), 1, { correction: 0 }) // => [1, 0] */
export function variance<
  S extends Shape,
  I extends D | readonly D[] | [] | null = null,
  K extends boolean = false,
  D extends number = number,
>(
  x: Tensor<S>,
  axis?: FoldAxis<S, I>,
  options?: ReduceOptions<K> & { correction?: number },
): Tensor<Out<Fold<S, I, K>>>;
export function variance(x: Tensor, axis: Axes = null, options: ReduceOptions & { correction?: number } = {}): Tensor {
  const { outer, n, rows, kept, shape } = fold("variance", x, axis, options);
  const { correction = 1 } = options;
  checkNumber("variance", "correction", correction);
  const y = empty(shape);
  const [X, Y] = [read(rows), write(y)];
  const means = new Float64Array(outer);
  for (let o = 0; o < outer; o++) {
    let total = 0;
    for (let i = o * n; i < (o + 1) * n; i++) total += X[i];
    means[o] = total / n;
    let squares = 0;
    for (let i = o * n; i < (o + 1) * n; i++) squares += (X[i] - means[o]) ** 2;
    Y[o] = squares / Math.max(0, n - correction);
  }
  return record("variance", [x], y, (dy) => [
    () => {
      const [dx, middle] = [empty(x.shape), empty(kept)];
      write(middle).set(means);
      const [meanAll, dyAll] = [stretch(middle, kept, x.shape), stretch(dy, kept, x.shape)];
      const [X, M, DY, DX] = [read(x), read(meanAll), read(dyAll), write(dx)];
      for (let i = 0; i < DX.length; i++) DX[i] = (DY[i] * 2 * (X[i] - M[i])) / (n - correction);
      return dx;
    },
  ]);
}

function scaled(x: Tensor, by: number): Tensor {
  const y = empty(x.shape);
  const [X, Y] = [read(x), write(y)];
  for (let i = 0; i < Y.length; i++) Y[i] = X[i] * by;
  return y;
}

/** Where each extreme stands, row by row of `rows`. The first wins among equals; a NaN wins over all. */
function extremes(X: Float32Array | Int32Array, outer: number, n: number, sign: 1 | -1): Int32Array {
  const best = new Int32Array(outer);
  for (let o = 0; o < outer; o++) {
    let at = 0;
    for (let i = 1; i < n; i++) {
      const [value, top] = [X[o * n + i], X[o * n + at]];
      if (value * sign > top * sign || (value !== value && top === top)) at = i;
    }
    best[o] = at;
  }
  return best;
}

function extreme(op: "max" | "min", x: Tensor, axis: Axes, options: ReduceOptions): Tensor {
  const { outer, n, rows, kept, shape } = fold(op, x, axis, options);
  if (n === 0) throw new ShapeError(`${op} of ${show(x.shape)}: there is nothing to choose from`);
  const y = empty(shape, x.dtype);
  const [X, Y] = [read(rows), write(y)];
  const best = extremes(X, outer, n, op === "max" ? 1 : -1);
  for (let o = 0; o < outer; o++) Y[o] = X[o * n + best[o]];
  return record(op, [x], y, (dy) => [
    () => {
      // As in PyTorch: along one axis the first of equal extremes gets the gradient; over several axes they share it,
      // and a NaN among the numbers of a list of axes makes all their gradients NaN.
      if (typeof axis === "number") return scatterAlong(dy, best, x.shape, axis);
      const [dx, shares] = [empty(x.shape), empty(kept)];
      const [top, dyAll, ties] = [
        stretch(y, kept, x.shape),
        stretch(dy, kept, x.shape),
        stretch(shares, kept, x.shape),
      ];
      write(shares).set(countTies(read(rows), outer, n, write(y)));
      const [X, M, T, DY, DX] = [read(x), read(top), read(ties), read(dyAll), write(dx)];
      const spreads = axis !== null;
      for (let i = 0; i < DX.length; i++)
        DX[i] = spreads && M[i] !== M[i] ? NaN : isSame(X[i], M[i]) ? DY[i] / T[i] : 0;
      return dx;
    },
  ]);
}

function countTies(X: Float32Array | Int32Array, outer: number, n: number, Y: Float32Array | Int32Array): Float32Array {
  const ties = new Float32Array(outer);
  for (let o = 0; o < outer; o++) for (let i = 0; i < n; i++) if (isSame(X[o * n + i], Y[o])) ties[o]++;
  return ties;
}
const isSame = (a: number, b: number): boolean => a === b || (a !== a && b !== b);

/** Zeros with dy at one place along `axis`. */
function scatterAlong(dy: Tensor, at: Int32Array, shape: Shape, axis: number): Tensor {
  const index = axis < 0 ? axis + shape.length : axis;
  const [n, inner] = [shape[index], sizeOf(shape.slice(index + 1))];
  const dx = empty(shape);
  const [DY, DX] = [read(dy), write(dx).fill(0)];
  for (let o = 0; o < at.length; o++) {
    const [block, within] = [Math.floor(o / inner), o % inner];
    DX[(block * n + at[o]) * inner + within] = DY[o];
  }
  return dx;
}

/** Largest element over one axis, several, or all. NaN wins. Along one axis the first of equals
 *  gets the gradient; over several axes they share it. Of nothing it is an error.
 *  @example
 *  max(tensor([[1, 4], [3, 2]]), 1, { keepdim: true }) // => [[4], [3]] */
export function max<
  S extends Shape,
  I extends D | readonly D[] | [] | null = null,
  K extends boolean = false,
  D extends number = number,
>(x: Tensor<S>, axis?: FoldAxis<S, I>, options?: ReduceOptions<K>): Tensor<Out<Fold<S, I, K>>>;
export function max(x: Tensor, axis: Axes = null, options: ReduceOptions = {}): Tensor {
  return extreme("max", x, axis, options);
}

/** Smallest element over one axis, several, or all. NaN wins. Along one axis the first of equals
 *  gets the gradient; over several axes they share it. Of nothing it is an error.
 *  @example
 *  min(tensor([[1, 4], [3, 2]])) // => 1 */
export function min<
  S extends Shape,
  I extends D | readonly D[] | [] | null = null,
  K extends boolean = false,
  D extends number = number,
>(x: Tensor<S>, axis?: FoldAxis<S, I>, options?: ReduceOptions<K>): Tensor<Out<Fold<S, I, K>>>;
export function min(x: Tensor, axis: Axes = null, options: ReduceOptions = {}): Tensor {
  return extreme("min", x, axis, options);
}

/** Position of the largest element along an axis, or (null) in row-major order over all; the first among equals. int32.
 *  @example
 *  argmax(tensor([[1, 4], [3, 2]]), 1) // => [1, 0] */
export function argmax<S extends Shape, I extends number | null, K extends boolean = false>(
  x: Tensor<S>,
  axis: FoldAxis<S, I>,
  options?: ReduceOptions<K>,
): Tensor<Out<Fold<S, I, K>>>;
export function argmax(x: Tensor, axis: number | null, options: ReduceOptions = {}): Tensor {
  const { outer, n, rows, shape } = fold("argmax", x, axis, options);
  if (n === 0) throw new ShapeError(`argmax of ${show(x.shape)}: there is nothing to choose from`);
  const y = empty(shape, "int32");
  write(y).set(extremes(read(rows), outer, n, 1));
  return y;
}

/** Sums away what broadcasting stretched: the gradient of a stretched operand. Outside the graph: for use inside ops. */
export function sumTo(dy: Tensor, shape: Shape): Tensor {
  if (sameShape(dy.shape, shape)) return dy;
  const missing = dy.rank - shape.length;
  const out = empty(shape);
  const flat = contiguous(dy);
  // The common case, a bias: what is left is the tail of dy's shape.
  const isTail = shape.every((d, i) => d === dy.shape[missing + i]);
  if (isTail) {
    if (out.size > 0) rowKernels().columnSums(flat.size / out.size, out.size, flat, out);
    return out;
  }
  const axes = dy.shape.map((_, i) => i).filter((i) => i < missing || (shape[i - missing] === 1 && dy.shape[i] !== 1));
  const { outer, n, rows } = fold("sum", dy, axes);
  const [DY, DX] = [read(rows), write(out)];
  for (let o = 0; o < outer; o++) {
    let total = 0;
    for (let i = 0; i < n; i++) total += DY[o * n + i];
    DX[o] = total;
  }
  return out;
}
