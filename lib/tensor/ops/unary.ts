/** Ops of one tensor, element by element: y = f(x). */

import { rowKernels, type UnaryKernel } from "../../kernels/index.js";
import { record } from "../autograd.js";
import type { Shape } from "../shape.js";
import { floats } from "../spans.js";
import { empty, read, type Tensor, write } from "../tensor.js";

type Unary = <S extends Shape>(x: Tensor<S>) => Tensor<S>;
type Scalar = (x: number) => number;

/** f′ as a function of x, or of y = f(x) where that is simpler: the backward pass reads that one alone. */
type Derivative = { ofX: Scalar } | { ofY: Scalar };

/** An op from a function and its derivative: dx = f′(x) · dy. */
function unary(name: string, f: Scalar, derivative: Derivative): Unary {
  const forward = (x: Tensor, y: Tensor): void => {
    const [X, Y] = [read(x), write(y)];
    for (let i = 0; i < Y.length; i++) Y[i] = f(X[i]);
  };
  const slope = "ofX" in derivative ? derivative.ofX : derivative.ofY;
  const backward = (seen: Tensor, dy: Tensor, dx: Tensor): void => {
    const [Z, DY, DX] = [read(seen), read(dy), write(dx)];
    for (let i = 0; i < DX.length; i++) DX[i] = slope(Z[i]) * DY[i];
  };
  return unaryOp(name, forward, backward, "ofX" in derivative);
}

/** An op that has a kernel; its function and derivative are in kernels/src/rows/unary.rs and lib/kernels/reference/unary.ts. */
const fused = (name: UnaryKernel): Unary =>
  unaryOp(
    name,
    (x, y) => {
      rowKernels()[name](y.size, floats(x), y);
    },
    (x, dy, dx) => {
      rowKernels()[`${name}Backward`](dx.size, floats(x), floats(dy), dx);
    },
    true,
  );

/** @param backward writes dx, from x and dy; from y and dy unless `ofX` */
function unaryOp(
  name: string,
  forward: (x: Tensor, y: Tensor) => void,
  backward: (xOrY: Tensor, dy: Tensor, dx: Tensor) => void,
  ofX: boolean,
): Unary {
  return (x) => {
    const y = empty(x.shape);
    forward(x, y);
    const seen = ofX ? x : y; // what the derivative does not need is not kept
    return record(name, [x], y, (dy) => [
      () => {
        const dx = empty(seen.shape);
        backward(seen, dy, dx);
        return dx;
      },
    ]);
  };
}

/** −x.
 *  @example
 *  neg(tensor([1, -2])) // => [-1, 2] */
export const neg = unary("neg", (x) => -x, { ofX: () => -1 });
/** eˣ.
 *  @example
 *  exp(tensor([0, -Infinity])) // => [1, 0] */
export const exp = unary("exp", Math.exp, { ofY: (y) => y });
/** Natural logarithm: −∞ at 0, NaN below.
 *  @example
 *  log(tensor([1, 0, -1])) // => [0, -Infinity, NaN] */
export const log = unary("log", Math.log, { ofX: (x) => 1 / x });
/** √x; NaN below 0, and an infinite slope at 0.
 *  @example
 *  sqrt(tensor([9, 2])) // => [3, 1.41421] */
export const sqrt = unary("sqrt", Math.sqrt, { ofY: (y) => 0.5 / y });
/** 1 / √x.
 *  @example
 *  rsqrt(tensor([4])) // => [0.5] */
export const rsqrt = unary("rsqrt", (x) => 1 / Math.sqrt(x), { ofX: (x) => -0.5 / (x * Math.sqrt(x)) });
/** 1 / x.
 *  @example
 *  reciprocal(tensor([4, 0])) // => [0.25, Infinity] */
export const reciprocal = unary("reciprocal", (x) => 1 / x, { ofY: (y) => -y * y });
/** |x|; slope 0 at 0, as in PyTorch.
 *  @example
 *  abs(tensor([-3, 2])) // => [3, 2] */
export const abs = unary("abs", Math.abs, { ofX: Math.sign });
/** sin x, in radians.
 *  @example
 *  sin(tensor([0, Math.PI / 2])) // => [0, 1] */
export const sin = unary("sin", Math.sin, { ofX: Math.cos });
/** cos x, in radians.
 *  @example
 *  cos(tensor([0, Math.PI])) // => [1, -1] */
export const cos = unary("cos", Math.cos, { ofX: (x) => -Math.sin(x) });
/** tanh x = (eˣ − e⁻ˣ) / (eˣ + e⁻ˣ).
 *  @example
 *  tanh(tensor([0, 50])) // => [0, 1] */
export const tanh = fused("tanh");

/** xᵖ for a number p; a negative x with a fractional p is NaN.
 *  @example
 *  pow(tensor([2, 9]), 0.5) // => [1.41421, 3] */
export function pow<S extends Shape>(x: Tensor<S>, exponent: number): Tensor<S> {
  return unary("pow", (v) => v ** exponent, { ofX: (v) => (exponent === 0 ? 0 : exponent * v ** (exponent - 1)) })(x);
}

/** x, kept between `min` and `max` (either may be left out); the gradient stops beyond them.
 *  @example
 *  clamp(tensor([-2, 0.5, 7]), { min: -1, max: 1 }) // => [-1, 0.5, 1] */
export function clamp<S extends Shape>(
  x: Tensor<S>,
  { min = -Infinity, max = Infinity }: { min?: number; max?: number },
): Tensor<S> {
  return unary("clamp", (v) => Math.min(Math.max(v, min), max), { ofX: (v) => (v >= min && v <= max ? 1 : 0) })(x);
}

/** max(0, x), with slope 0 at 0.
 *  @example
 *  relu(tensor([-1, 2])) // => [0, 2] */
export const relu = unary("relu", (x) => (x > 0 ? x : x !== x ? x : 0), { ofX: (x) => (x > 0 ? 1 : 0) });

/** 1 / (1 + e⁻ˣ).
 *  @example
 *  sigmoid(tensor([0, -1e4, 1e4])) // => [0.5, 0, 1] */
export const sigmoid = fused("sigmoid");

/** x · sigmoid(x), also called swish. Source: Hendrycks & Gimpel 2016, https://arxiv.org/abs/1606.08415
 *  @example
 *  silu(tensor([0, 1])) // => [0, 0.73106] */
export const silu = fused("silu");

/** max(0, x)², as in Primer and Nemotron. Source: So et al. 2021, §3, https://arxiv.org/abs/2109.08668
 *  @example
 *  squaredRelu(tensor([-1, 3])) // => [0, 9] */
export const squaredRelu = fused("squaredRelu");

/** log(1 + eˣ), a smooth relu. Written so that eˣ never overflows.
 *  @example
 *  softplus(tensor([0, 1e4, -1e4])) // => [0.69315, 10000, 0] */
export const softplus = unary("softplus", (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), {
  ofX: (x) => 1 / (1 + Math.exp(-x)),
});

/** x · Φ(x), Φ the bell curve's integral: the exact form. Source: Hendrycks & Gimpel 2016, §2, https://arxiv.org/abs/1606.08415
 *  @example
 *  gelu(tensor([-1, 0, 1])) // => [-0.15866, 0, 0.84134] */
export const gelu = fused("gelu");

/** The tanh approximation of gelu, as GPT-2 uses it: 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))).
 *  @example
 *  geluTanh(tensor([-1, 0, 1])) // => [-0.15881, 0, 0.84119] */
export const geluTanh = fused("geluTanh");
