/** The nonlinear functions between two linear layers. */

import { rowKernels } from "../../kernels/index.js";
import { record } from "../autograd.js";
import { sameShape, ShapeError, show } from "../check.js";
import type { Equal } from "../rules/joining.js";
import type { Arg, Shape, Show } from "../shape.js";
import { floats } from "../spans.js";
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

/** An activation that has a kernel, forward and back. */
function fused(name: "gelu" | "geluTanh" | "silu" | "sigmoid") {
  return <S extends Shape>(x: Tensor<S>): Tensor<S> => {
    const y = empty(x.shape);
    rowKernels()[name](y.size, floats(x), y);
    return record(name, [x], y, (dy) => [
      () => {
        const dx = empty(x.shape);
        rowKernels()[`${name}Backward`](dx.size, floats(x), floats(dy), dx);
        return dx;
      },
    ]);
  };
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

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
export const sigmoid = fused("sigmoid");

/** x · sigmoid(x), also called swish. Source: Hendrycks & Gimpel 2016, https://arxiv.org/abs/1606.08415
 *  @example
 *  silu(tensor([0, 1])) // => [0, 0.73106] */
export const silu = fused("silu");

/** log(1 + eˣ), a smooth relu. Written so that eˣ never overflows.
 *  @example
 *  softplus(tensor([0, 1e4, -1e4])) // => [0.69315, 10000, 0] */
export const softplus = activation("softplus", (x) => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x))), logistic);

/** x · Φ(x), Φ the bell curve's integral: the exact form. Source: Hendrycks & Gimpel 2016, §2, https://arxiv.org/abs/1606.08415
 *  @example
 *  gelu(tensor([-1, 0, 1])) // => [-0.15866, 0, 0.84134] */
export const gelu = fused("gelu");

/** The tanh approximation of gelu, as GPT-2 uses it: 0.5 x (1 + tanh(√(2/π) (x + 0.044715 x³))).
 *  @example
 *  geluTanh(tensor([-1, 0, 1])) // => [-0.15881, 0, 0.84119] */
export const geluTanh = fused("geluTanh");

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
