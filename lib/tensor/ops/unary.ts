/** Ops of one tensor, element by element: y = f(x). float32, but where it is said that integers stay int32. */

import { rowKernels, type UnaryKernel } from "../../kernels/index.js";
import { record } from "../autograd.js";
import { checkNumber, checkOptions, checkTensor, checkWord } from "../check.js";
import { element, fitsInt32, int32 } from "../numbers.js";
import type { Shape } from "../shape.js";
import { floats } from "../spans.js";
import { type DType, DTYPES, empty, read, type Tensor, write } from "../tensor.js";

type Unary = <S extends Shape>(x: Tensor<S>) => Tensor<S>;
type Scalar = (x: number) => number;

/** f′ as a function of x, or of y = f(x) where that is simpler: the backward pass reads that one alone. Or, of x, whether
 *  the gradient passes: where it does not it is 0, were dy infinite. */
type Derivative = { ofX: Scalar } | { ofY: Scalar } | { passes: (x: number) => boolean };

/** An op from a function and its derivative: dx = f′(x) · dy. @param integers keep int32 x int32 */
function unary(name: string, f: Scalar, derivative: Derivative, integers = false): Unary {
  const forward = (x: Tensor, y: Tensor): void => {
    const [X, Y] = [read(x), write(y)];
    if (y.dtype === "int32") for (let i = 0; i < Y.length; i++) Y[i] = int32(name, f(X[i]));
    else for (let i = 0; i < Y.length; i++) Y[i] = f(X[i]);
  };
  const backward = (seen: Tensor, dy: Tensor, dx: Tensor): void => {
    const [Z, DY, DX] = [read(seen), read(dy), write(dx)];
    if ("passes" in derivative) {
      for (let i = 0; i < DX.length; i++) DX[i] = derivative.passes(Z[i]) ? DY[i] : 0;
      return;
    }
    const slope = "ofX" in derivative ? derivative.ofX : derivative.ofY;
    for (let i = 0; i < DX.length; i++) DX[i] = slope(Z[i]) * DY[i];
  };
  return unaryOp(name, forward, backward, !("ofY" in derivative), integers);
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
  integers = false,
): Unary {
  return (x) => {
    checkTensor(name, "x", x);
    const y = empty(x.shape, integers ? x.dtype : "float32");
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

/** −x; int32 of int32.
 *  @example
 *  neg(tensor([1, -2])) // => [-1, 2] */
export const neg = unary("neg", (x) => -x, { ofX: () => -1 }, true);
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
/** |x|, int32 of int32; slope 0 at 0 and NaN, as in PyTorch.
 *  @example
 *  abs(tensor([-3, 2])) // => [3, 2] */
export const abs = unary("abs", Math.abs, { ofX: (x) => (x > 0 ? 1 : x < 0 ? -1 : 0) }, true);
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

/** xᵖ for a number p; a negative x with a fractional p is NaN. int32 of int32 where p is a non-negative integer.
 *  @example
 *  pow(tensor([2, 9]), 0.5) // => [1.41421, 3] */
export function pow<S extends Shape>(x: Tensor<S>, exponent: number): Tensor<S> {
  checkNumber("pow", "the exponent", exponent);
  const derivative: Derivative =
    exponent === 0 ? { passes: () => false } : { ofX: (v) => exponent * power(v, exponent - 1) };
  return unary("pow", (v) => power(v, exponent), derivative, Number.isInteger(exponent) && exponent >= 0)(x);
}

/** vᵖ as C and PyTorch have it: 1 to any power is 1, and a half power is a root, so NaN of −∞. */
function power(v: number, p: number): number {
  if (v === 1 || (v === -1 && Math.abs(p) === Infinity)) return 1;
  if (p === 0.5) return Math.sqrt(v);
  if (p === -0.5) return 1 / Math.sqrt(v);
  return v ** p;
}

/** x, kept between `min` and `max` (either may be left out); the gradient stops beyond them. int32 of int32
 *  between integers.
 *  @example
 *  clamp(tensor([-2, 0.5, 7]), { min: -1, max: 1 }) // => [-1, 0.5, 1] */
export function clamp<S extends Shape>(x: Tensor<S>, options: { min?: number; max?: number }): Tensor<S> {
  checkOptions("clamp", options ?? null);
  const { min = -Infinity, max = Infinity } = options;
  checkNumber("clamp", "min", min);
  checkNumber("clamp", "max", max);
  const isInteger = (bound: number): boolean => fitsInt32(bound) || Math.abs(bound) === Infinity;
  return unary(
    "clamp",
    (v) => Math.min(Math.max(v, min), max),
    { passes: (v) => v >= min && v <= max },
    isInteger(min) && isInteger(max),
  )(x);
}

/** max(0, x), with slope 0 at 0; a NaN stays, and its gradient passes, as in PyTorch. int32 of int32.
 *  @example
 *  relu(tensor([-1, 2])) // => [0, 2] */
export const relu = unary("relu", (x) => (x <= 0 ? 0 : x), { passes: (x) => !(x <= 0) }, true);

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
export const softplus = unary("softplus", softplusOf, { ofX: (x) => 1 / (1 + Math.exp(-x)) });

function softplusOf(x: number): number {
  return Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)));
}

/** √(log(1 + eˣ)), the score of DeepSeek-V4's router: about e^(x/2) far below 0, about √x far above. One op, as √ of a softplus that is
 *  too small for a float32 would have the slope 0/0.
 *  Source: `sqrtsoftplus` in Megatron-LM, megatron/core/transformer/moe/moe_utils.py.
 *  @example
 *  sqrtSoftplus(tensor([0, 100, -100])) // => [0.83255, 10, 1.9287e-22] */
export const sqrtSoftplus = unary("sqrtSoftplus", (x) => (x < -30 ? Math.exp(x / 2) : Math.sqrt(softplusOf(x))), {
  ofX: (x) => (x < -30 ? Math.exp(x / 2) / 2 : 1 / (2 * (1 + Math.exp(-x)) * Math.sqrt(softplusOf(x)))),
});

/** x · Φ(x), Φ the bell curve's integral: the exact form. Source: Hendrycks & Gimpel 2016, §2, https://arxiv.org/abs/1606.08415
 *  @example
 *  gelu(tensor([-1, 0, 1])) // => [-0.15866, 0, 0.84134] */
export const gelu = fused("gelu");

/** The tanh approximation of gelu, as GPT-2 uses it: 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))).
 *  @example
 *  geluTanh(tensor([-1, 0, 1])) // => [-0.15881, 0, 0.84119] */
export const geluTanh = fused("geluTanh");

/** Φ(x), the distribution function of the normal distribution: the integral of φ(t) = exp(−t²/2) / √(2π) up to x. Its slope
 *  is φ(x). At most 7.5e-8 off. Source: Abramowitz & Stegun 1964, 26.2.17, https://personal.math.ubc.ca/~cbm/aands/page_932.htm
 *  @example
 *  normalCdf(tensor([-1, 0, 1])) // => [0.15866, 0.5, 0.84134] */
export const normalCdf = unary(
  "normalCdf",
  (x) => {
    const t = 1 / (1 + 0.2316419 * Math.abs(x));
    const tail =
      phi(x) * t * (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
    return x >= 0 ? 1 - tail : tail;
  },
  { ofX: (x) => phi(x) },
);
const phi = (x: number): number => Math.exp(-0.5 * x * x) / Math.sqrt(2 * Math.PI);

/** The same numbers with another dtype, outside the graph; x itself where it has that dtype. To int32 fractions are cut off
 *  (2.9 -> 2, −2.9 -> −2), and what does not fit is an error; to float32 integers beyond 2²⁴ are rounded.
 *  @example
 *  cast(tensor([2.9, -2.9]), "int32") // => [2, -2] */
export function cast<S extends Shape>(x: Tensor<S>, dtype: DType): Tensor<S> {
  checkTensor("cast", "x", x);
  checkWord("cast", "dtype", dtype, DTYPES);
  if (x.dtype === dtype) return x;
  const y = empty(x.shape, dtype);
  const [X, Y] = [read(x), write(y)];
  for (let i = 0; i < Y.length; i++) Y[i] = dtype === "int32" ? element("cast", Math.trunc(X[i]), dtype) : X[i];
  return y;
}
