/** The nonlinear functions between two linear layers. */

import { record } from "../autograd.js";
import { sameShape, ShapeError, show } from "../check.js";
import type { Equal } from "../rules/joining.js";
import type { Arg, Shape, Show } from "../shape.js";
import { empty, read, type Tensor, write } from "../tensor.js";

/** Applies `f` to each x; `slope` is its derivative at x. */
function activation(name: string, f: (x: number) => number, slope: (x: number) => number) {
  return <S extends Shape>(x: Tensor<S>): Tensor<S> => {
    const y = empty(x.shape);
    const [X, Y] = [read(x), write(y)];
    for (let i = 0; i < Y.length; i++) Y[i] = f(X[i]);
    return record(name, [x], y, (dy) => [
      () => {
        const dx = empty(x.shape);
        const [X, DY, DX] = [read(x), read(dy), write(dx)];
        for (let i = 0; i < DX.length; i++) DX[i] = DY[i] * slope(X[i]);
        return dx;
      },
    ]);
  };
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** Height of the bell curve at 0: 1 / √(2π). */
const BELL = 0.3989422804014327;

/** Φ(x), the bell curve's integral up to x, given e^(−x²/2); at most 7.5e-8 off.
 *  Source: Abramowitz & Stegun 1964, 7.1.26, whose erf is 2 Φ(x √2) − 1. */
function bellIntegral(x: number, bell: number): number {
  const t = 1 / (1 + 0.3275911 * Math.SQRT1_2 * Math.abs(x));
  const tail =
    0.5 * bell * t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return x >= 0 ? 1 - tail : tail;
}

/** max(0, x), with slope 0 at 0.
 *  @example
 *  relu(tensor([-1, 2])) // => [0, 2] */
export const relu = activation(
  "relu",
  (x) => (x > 0 ? x : x !== x ? x : 0),
  (x) => (x > 0 ? 1 : 0),
);

/** 1 / (1 + e⁻ˣ).
 *  @example
 *  sigmoid(tensor([0, -1e4, 1e4])) // => [0.5, 0, 1] */
export const sigmoid = activation("sigmoid", logistic, (x) => logistic(x) * (1 - logistic(x)));

/** x · sigmoid(x), also called swish. Source: Hendrycks & Gimpel 2016, https://arxiv.org/abs/1606.08415
 *  @example
 *  silu(tensor([0, 1])) // => [0, 0.73106] */
export const silu = activation(
  "silu",
  (x) => x * logistic(x),
  (x) => {
    const s = logistic(x);
    return s * (1 + x * (1 - s));
  },
);

/** log(1 + eˣ), a smooth relu. Written so that eˣ never overflows.
 *  @example
 *  softplus(tensor([0, 1e4, -1e4])) // => [0.69315, 10000, 0] */
export const softplus = activation("softplus", (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), logistic);

/** x · Φ(x), Φ the bell curve's integral: the exact form. Its slope Φ(x) + x φ(x) needs the same exponential, so it is
 *  worked out on the way forward. Source: Hendrycks & Gimpel 2016, §2, https://arxiv.org/abs/1606.08415
 *  @example
 *  gelu(tensor([-1, 0, 1])) // => [-0.15866, 0, 0.84134] */
export function gelu<S extends Shape>(x: Tensor<S>): Tensor<S> {
  const [y, slope] = [empty(x.shape), empty(x.shape)];
  const [X, Y, D] = [read(x), write(y), write(slope)];
  for (let i = 0; i < Y.length; i++) {
    const v = X[i];
    const bell = Math.exp(-0.5 * v * v);
    const below = bellIntegral(v, bell);
    Y[i] = v * below;
    D[i] = below + v * BELL * bell;
  }
  return record("gelu", [x], y, (dy) => [
    () => {
      const dx = empty(x.shape);
      const [DY, D, DX] = [read(dy), write(slope), write(dx)];
      for (let i = 0; i < DX.length; i++) DX[i] = DY[i] * D[i];
      return dx;
    },
  ]);
}

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** The tanh approximation of gelu, as GPT-2 uses it: 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))).
 *  @example
 *  geluTanh(tensor([-1, 0, 1])) // => [-0.15881, 0, 0.84119] */
export const geluTanh = activation(
  "geluTanh",
  (x) => 0.5 * x * (1 + Math.tanh(SQRT_2_OVER_PI * (x + CUBIC * x * x * x))),
  (x) => {
    const t = Math.tanh(SQRT_2_OVER_PI * (x + CUBIC * x * x * x));
    return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * SQRT_2_OVER_PI * (1 + 3 * CUBIC * x * x);
  },
);

/** The rule of swiglu. */
export type SameShape<S extends Shape, U extends Shape> =
  Equal<S, U> extends true ? S : `swiglu: gate ${Show<S>} and up ${Show<U>} must have the same shape`;

/** silu(gate) · up: the gated feed-forward of Llama and Mixtral. Source: Shazeer 2020, https://arxiv.org/abs/2002.05202
 *  @example
 *  swiglu(tensor([1, 0]), tensor([2, 5])) // => [1.46212, 0] */
export function swiglu<S extends Shape, U extends Shape>(
  gate: Tensor<S>,
  up: Arg<SameShape<S, U>, Tensor<U>>,
): Tensor<S>;
export function swiglu(gate: Tensor, up: Tensor): Tensor {
  if (!sameShape(gate.shape, up.shape))
    throw new ShapeError(`swiglu: gate ${show(gate.shape)} and up ${show(up.shape)} must have the same shape`);
  const y = empty(gate.shape);
  const [G, U, Y] = [read(gate), read(up), write(y)];
  for (let i = 0; i < Y.length; i++) Y[i] = G[i] * logistic(G[i]) * U[i];
  const slope = (dy: Tensor, f: (g: number, u: number) => number): Tensor => {
    const dx = empty(gate.shape);
    const [G, U, DY, DX] = [read(gate), read(up), read(dy), write(dx)];
    for (let i = 0; i < DX.length; i++) DX[i] = DY[i] * f(G[i], U[i]);
    return dx;
  };
  return record("swiglu", [gate, up], y, (dy) => [
    () => slope(dy, (g, u) => u * logistic(g) * (1 + g * (1 - logistic(g)))),
    () => slope(dy, (g) => g * logistic(g)),
  ]);
}
