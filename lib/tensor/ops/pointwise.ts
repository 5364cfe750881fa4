/** Ops of one tensor, element by element: each is a function, and its derivative given x and y. */

import { rowKernels } from "../../kernels/index.js";
import { record } from "../autograd.js";
import type { Shape } from "../shape.js";
import { floats } from "../spans.js";
import { empty, read, type Tensor, write } from "../tensor.js";

type Pointwise = <S extends Shape>(x: Tensor<S>) => Tensor<S>;

/** y = f(x), dx = dy · slope(x, y). */
function pointwise(name: string, f: (x: number) => number, slope: (x: number, y: number) => number): Pointwise {
  return (x) => {
    const y = empty(x.shape);
    const [X, Y] = [read(x), write(y)];
    for (let i = 0; i < Y.length; i++) Y[i] = f(X[i]);
    return record(name, [x], y, (dy) => [
      () => {
        const dx = empty(x.shape);
        const [X, Y, DY, DX] = [read(x), write(y), read(dy), write(dx)];
        for (let i = 0; i < DX.length; i++) DX[i] = DY[i] * slope(X[i], Y[i]);
        return dx;
      },
    ]);
  };
}

/** −x.
 *  @example
 *  neg(tensor([1, -2])) // => [-1, 2] */
export const neg = pointwise(
  "neg",
  (x) => -x,
  () => -1,
);
/** eˣ.
 *  @example
 *  exp(tensor([0, -Infinity])) // => [1, 0] */
export const exp = pointwise("exp", Math.exp, (_, y) => y);
/** Natural logarithm: −∞ at 0, NaN below.
 *  @example
 *  log(tensor([1, 0, -1])) // => [0, -Infinity, NaN] */
export const log = pointwise("log", Math.log, (x) => 1 / x);
/** √x; NaN below 0, and an infinite slope at 0.
 *  @example
 *  sqrt(tensor([9, 2])) // => [3, 1.41421] */
export const sqrt = pointwise("sqrt", Math.sqrt, (_, y) => 0.5 / y);
/** 1 / √x.
 *  @example
 *  rsqrt(tensor([4])) // => [0.5] */
export const rsqrt = pointwise(
  "rsqrt",
  (x) => 1 / Math.sqrt(x),
  (x, y) => (-0.5 * y) / x,
);
/** 1 / x.
 *  @example
 *  reciprocal(tensor([4, 0])) // => [0.25, Infinity] */
export const reciprocal = pointwise(
  "reciprocal",
  (x) => 1 / x,
  (_, y) => -y * y,
);
/** |x|; slope 0 at 0, as in PyTorch.
 *  @example
 *  abs(tensor([-3, 2])) // => [3, 2] */
export const abs = pointwise("abs", Math.abs, (x) => Math.sign(x));
/** sin x, in radians.
 *  @example
 *  sin(tensor([0, Math.PI / 2])) // => [0, 1] */
export const sin = pointwise("sin", Math.sin, (x) => Math.cos(x));
/** cos x, in radians.
 *  @example
 *  cos(tensor([0, Math.PI])) // => [1, -1] */
export const cos = pointwise("cos", Math.cos, (x) => -Math.sin(x));
/** tanh x = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ).
 *  @example
 *  tanh(tensor([0, 50])) // => [0, 1] */
export const tanh: Pointwise = (x) => {
  const y = empty(x.shape);
  rowKernels().tanh(y.size, floats(x), y);
  return record("tanh", [x], y, (dy) => [
    () => {
      const dx = empty(x.shape);
      rowKernels().tanhBackward(dx.size, floats(x), floats(dy), dx);
      return dx;
    },
  ]);
};

/** xᵖ for a number p; a negative x with a fractional p is NaN.
 *  @example
 *  pow(tensor([2, 9]), 0.5) // => [1.41421, 3] */
export function pow<S extends Shape>(x: Tensor<S>, exponent: number): Tensor<S> {
  return pointwise(
    "pow",
    (v) => v ** exponent,
    (v) => (exponent === 0 ? 0 : exponent * v ** (exponent - 1)),
  )(x);
}

/** x, kept between `min` and `max` (either may be left out); the gradient stops beyond them.
 *  @example
 *  clamp(tensor([-2, 0.5, 7]), { min: -1, max: 1 }) // => [-1, 0.5, 1] */
export function clamp<S extends Shape>(
  x: Tensor<S>,
  { min = -Infinity, max = Infinity }: { min?: number; max?: number },
): Tensor<S> {
  return pointwise(
    "clamp",
    (v) => Math.min(Math.max(v, min), max),
    (v) => (v >= min && v <= max ? 1 : 0),
  )(x);
}
