/** Ops of one tensor, element by element: each is a function, and its derivative given x and y. */

import { record } from "../autograd.js";
import type { Shape } from "../shape.js";
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

/** −x. */
export const neg = pointwise(
  "neg",
  (x) => -x,
  () => -1,
);
/** eˣ. */
export const exp = pointwise("exp", Math.exp, (_, y) => y);
/** Natural logarithm. */
export const log = pointwise("log", Math.log, (x) => 1 / x);
/** √x. */
export const sqrt = pointwise("sqrt", Math.sqrt, (_, y) => 0.5 / y);
/** 1 / √x. */
export const rsqrt = pointwise(
  "rsqrt",
  (x) => 1 / Math.sqrt(x),
  (x, y) => (-0.5 * y) / x,
);
/** 1 / x. */
export const reciprocal = pointwise(
  "reciprocal",
  (x) => 1 / x,
  (_, y) => -y * y,
);
/** |x|; slope 0 at 0, as in PyTorch. */
export const abs = pointwise("abs", Math.abs, (x) => Math.sign(x));
/** sin x, in radians. */
export const sin = pointwise("sin", Math.sin, (x) => Math.cos(x));
/** cos x, in radians. */
export const cos = pointwise("cos", Math.cos, (x) => -Math.sin(x));
/** tanh x = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ). */
export const tanh = pointwise("tanh", Math.tanh, (_, y) => 1 - y * y);

/** xᵖ for a number p. */
export function pow<S extends Shape>(x: Tensor<S>, exponent: number): Tensor<S> {
  return pointwise(
    "pow",
    (v) => v ** exponent,
    (v) => (exponent === 0 ? 0 : exponent * v ** (exponent - 1)),
  )(x);
}

/** x, kept between `min` and `max`; the gradient stops where a bound holds. */
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
