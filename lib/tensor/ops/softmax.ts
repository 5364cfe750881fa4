/** From scores to probabilities, and their logarithms. */

import { rowKernels } from "../../kernels/index.js";
import { record } from "../autograd.js";
import { checkAxis, checkMask, checkOptions, checkTensor, sizeOf } from "../check.js";
import type { Mask } from "../rules/indexing.js";
import type { Along, Arg, Out, Reduce, Shape } from "../shape.js";
import { floats } from "../spans.js";
import { empty, read, type Tensor, write } from "../tensor.js";
import { expandTo } from "./shape.js";

type Numbers = Float32Array | Int32Array;

/** Calls `visit(first, step, n)` for each line along `axis`: its elements stand at first, first + step, ... */
function lines(shape: Shape, at: number, visit: (first: number, step: number, n: number) => void): void {
  const n = shape[at];
  const step = sizeOf(shape.slice(at + 1));
  const blocks = sizeOf(shape.slice(0, at));
  for (let b = 0; b < blocks; b++) for (let i = 0; i < step; i++) visit(b * n * step + i, step, n);
}

/** The operand and the axis of an op along lines; the axis counted from the front. */
function checkLines(op: string, x: Tensor, axis: number): number {
  checkTensor(op, "x", x);
  return checkAxis(op, x.shape, axis);
}

/** Largest number of a line; subtracting it keeps exp from overflowing. NaN if one is NaN. */
function largest(X: Numbers, first: number, step: number, n: number): number {
  let top = -Infinity;
  for (let i = 0, at = first; i < n; i++, at += step) {
    if (X[at] > top) top = X[at];
    else if (X[at] !== X[at]) return NaN;
  }
  return top;
}

/** One line of softmax. A line of nothing but −∞ (everything masked) gives zeros. */
function softmaxLine(X: Numbers, Y: Numbers, first: number, step: number, n: number): void {
  const top = largest(X, first, step, n);
  if (top === -Infinity) {
    for (let i = 0, at = first; i < n; i++, at += step) Y[at] = 0;
    return;
  }
  let total = 0;
  for (let i = 0, at = first; i < n; i++, at += step) total += Y[at] = Math.exp(X[at] - top);
  for (let i = 0, at = first; i < n; i++, at += step) Y[at] /= total;
}

/** dxᵢ = yᵢ (dyᵢ − Σⱼ dyⱼ yⱼ), line by line. */
function softmaxBackward(y: Tensor, dy: Tensor, at: number): Tensor {
  const dx = empty(y.shape);
  if (at === y.rank - 1) {
    const n = y.shape[y.rank - 1];
    if (n > 0) rowKernels().softmaxBackward(y.size / n, n, y, floats(dy), dx, 1);
    return dx;
  }
  const [Y, DY, DX] = [read(y), read(dy), write(dx)];
  lines(y.shape, at, (first, step, n) => {
    let dot = 0;
    for (let i = 0, at = first; i < n; i++, at += step) dot += DY[at] * Y[at];
    for (let i = 0, at = first; i < n; i++, at += step) DX[at] = Y[at] * (DY[at] - dot);
  });
  return dx;
}

/** Softmax along one axis: yᵢ = exp(xᵢ − max x) / Σⱼ exp(xⱼ − max x).
 *  Subtracting the maximum changes nothing mathematically and keeps exp from overflowing.
 *  A line of nothing but −∞ gives zeros, not NaN: nothing is chosen. One NaN, or +∞, makes its whole line NaN.
 *  @example
 *  softmax(tensor([[0, 0], [1e4, -1e4]]), -1) // => [[0.5, 0.5], [1, 0]] */
export function softmax<S extends Shape, I extends number>(x: Tensor<S>, axis: Arg<Along<S, I>, I>): Tensor<S>;
export function softmax(x: Tensor, axis: number): Tensor {
  const at = checkLines("softmax", x, axis);
  const y = empty(x.shape);
  if (at === x.rank - 1) {
    const n = x.shape[x.rank - 1];
    if (n > 0) rowKernels().softmax(x.size / n, n, floats(x), y, 1, 1, n);
  } else {
    const [X, Y] = [read(x), write(y)];
    lines(x.shape, at, (first, step, n) => softmaxLine(X, Y, first, step, n));
  }
  return record("softmax", [x], y, (dy) => [() => softmaxBackward(y, dy, at)]);
}

/** Softmax over the elements whose mask is not 0 (a NaN is not); the others get exactly 0 and no gradient.
 *  `mask` broadcasts to x. Where a whole line is masked, all of it is 0, and so are its gradients.
 *  @example
 *  maskedSoftmax(tensor([[1, 1, 9], [1, 2, 3]]), tensor([[1, 1, 0], [0, 0, 0]]), -1) // => [[0.5, 0.5, 0], [0, 0, 0]] */
export function maskedSoftmax<S extends Shape, M extends Shape, I extends number>(
  x: Tensor<S>,
  mask: Arg<Mask<"maskedSoftmax", M, S>, Tensor<M>>,
  axis: Arg<Along<S, I>, I>,
): Tensor<S>;
export function maskedSoftmax(x: Tensor, mask: Tensor, axis: number): Tensor {
  const at = checkLines("maskedSoftmax", x, axis);
  checkMask("maskedSoftmax", mask, x.shape);
  const seen = expandTo(mask.detach(), x.shape);
  const y = empty(x.shape);
  const [X, M, Y] = [Float32Array.from(read(x)), read(seen), write(y)];
  for (let i = 0; i < X.length; i++) if (M[i] === 0) X[i] = -Infinity;
  lines(x.shape, at, (first, step, n) => softmaxLine(X, Y, first, step, n));
  for (let i = 0; i < Y.length; i++) if (M[i] === 0) Y[i] = 0; // beside a NaN, too
  return record("maskedSoftmax", [x], y, (dy) => [
    () => {
      const dx = softmaxBackward(y, dy, at);
      const [M, DX] = [read(seen), write(dx)];
      for (let i = 0; i < DX.length; i++) if (M[i] === 0) DX[i] = 0; // 0 · NaN is not 0
      return dx;
    },
  ]);
}

/** log softmax(x), computed as (x − max x) − log Σ exp(x − max x): exact where softmax itself would round to 0. A line of
 *  nothing but −∞ is NaN, and so is one with +∞.
 *  @example
 *  logSoftmax(tensor([1e4, -1e4]), 0) // => [0, -20000] */
export function logSoftmax<S extends Shape, I extends number>(x: Tensor<S>, axis: Arg<Along<S, I>, I>): Tensor<S>;
export function logSoftmax(x: Tensor, axis: number): Tensor {
  const at = checkLines("logSoftmax", x, axis);
  const y = empty(x.shape);
  const [X, Y] = [read(x), write(y)];
  lines(x.shape, at, (first, step, n) => {
    const top = largest(X, first, step, n);
    const total = logOfTotal(X, first, step, n, top);
    // In this order: top + total would lose the total beside a large top.
    for (let i = 0, at = first; i < n; i++, at += step) Y[at] = X[at] - top - total;
  });
  return record("logSoftmax", [x], y, (dy) => [
    () => {
      const dx = empty(x.shape);
      const [Y, DY, DX] = [read(y), read(dy), write(dx)];
      lines(x.shape, at, (first, step, n) => {
        let sum = 0;
        for (let i = 0, at = first; i < n; i++, at += step) sum += DY[at];
        for (let i = 0, at = first; i < n; i++, at += step) DX[at] = DY[at] - Math.exp(Y[at]) * sum;
      });
      return dx;
    },
  ]);
}

function logsumexpLine(X: Numbers, first: number, step: number, n: number): number {
  const top = largest(X, first, step, n);
  if (!Number.isFinite(top)) return top;
  return top + logOfTotal(X, first, step, n, top);
}

/** log Σᵢ exp(xᵢ − top). */
function logOfTotal(X: Numbers, first: number, step: number, n: number, top: number): number {
  let total = 0;
  for (let i = 0, at = first; i < n; i++, at += step) total += Math.exp(X[at] - top);
  return Math.log(total);
}

/** log Σᵢ exp(xᵢ) along one axis, without overflow. Of nothing, or of nothing but −∞, it is −∞.
 *  @example
 *  logsumexp(tensor([[1000, 1000], [0, 0]]), 1) // => [1000.69315, 0.69315] */
export function logsumexp<S extends Shape, I extends number, K extends boolean = false>(
  x: Tensor<S>,
  axis: Arg<Reduce<S, I, K>, I>,
  options?: { keepdim?: K },
): Tensor<Out<Reduce<S, I, K>>>;
export function logsumexp(x: Tensor, axis: number, options: { keepdim?: boolean } = {}): Tensor {
  const at = checkLines("logsumexp", x, axis);
  checkOptions("logsumexp", options);
  const { keepdim = false } = options;
  const y = empty(x.shape.flatMap((d, i) => (i !== at ? [d] : keepdim ? [1] : [])));
  const [X, Y] = [read(x), write(y)];
  let next = 0;
  lines(x.shape, at, (first, step, n) => {
    Y[next++] = logsumexpLine(X, first, step, n);
  });
  return record("logsumexp", [x], y, (dy) => [
    () => {
      const dx = empty(x.shape);
      const [X, Y, DY, DX] = [read(x), read(y), read(dy), write(dx)];
      let line = 0;
      lines(x.shape, at, (first, step, n) => {
        // The slope is softmax; a line of nothing but −∞ has none.
        const top = Y[line] === -Infinity ? Infinity : Y[line];
        for (let i = 0, k = first; i < n; i++, k += step) DX[k] = DY[line] * Math.exp(X[k] - top);
        line++;
      });
      return dx;
    },
  ]);
}
