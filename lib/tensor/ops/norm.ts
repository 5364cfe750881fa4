/** Layer normalizations: every row of the last axis gets mean 0 and variance 1, or just size 1. */

import { rowKernels } from "../../kernels/index.js";
import { record } from "../autograd.js";
import { checkLast, checkNumber, checkRank, checkTensor, sameShape, ShapeError, show } from "../check.js";
import type { Arg, MapLast, Shape } from "../shape.js";
import { floats } from "../spans.js";
import { empty, type Tensor } from "../tensor.js";
import { sumTo } from "./reduce.js";

/** y = (x − mean) / √(variance + eps) · weight + bias, over the last axis (variance divides by D).
 *  x [..., D], weight [D] (null: ones), bias [D] (null: zeros). Source: Ba et al. 2016, §3, https://arxiv.org/abs/1607.06450
 *  @param eps keeps the division finite; default 1e-5
 *  @example
 *  layerNorm(tensor([[1, 3], [5, 5]]), ones([2])) // => [[-1, 1], [0, 0]] */
export function layerNorm<S extends Shape, D extends number>(
  x: Arg<MapLast<S, D, D>, Tensor<S>>,
  weight: Tensor<readonly [D]> | null,
  bias?: Tensor<readonly [D]> | null,
  eps?: number,
): Tensor<S>;
export function layerNorm(x: Tensor, weight: Tensor | null, bias: Tensor | null = null, eps = 1e-5): Tensor {
  return normalize("layerNorm", x, weight, bias, eps, true);
}

/** y = x / √(mean x² + eps) · weight, over the last axis: layer norm without the mean.
 *  x [..., D], weight [D] (null: ones). Source: Zhang & Sennrich 2019, §4, https://arxiv.org/abs/1910.07467
 *  @param eps keeps the division finite; default 1e-6
 *  @example
 *  rmsNorm(tensor([3, 4]), ones([2])) // => [0.84853, 1.13137] */
export function rmsNorm<S extends Shape, D extends number>(
  x: Arg<MapLast<S, D, D>, Tensor<S>>,
  weight: Tensor<readonly [D]> | null,
  eps?: number,
): Tensor<S>;
export function rmsNorm(x: Tensor, weight: Tensor | null, eps = 1e-6): Tensor {
  return normalize("rmsNorm", x, weight, null, eps, false);
}

/** Both norms: with or without subtracting the mean. Keeps x̂ (before weight and bias) and 1/σ for the backward pass. */
function normalize(
  name: string,
  x: Tensor,
  weight: Tensor | null,
  bias: Tensor | null,
  eps: number,
  centered: boolean,
): Tensor {
  const d = widthOf(name, x, weight, bias);
  checkNumber(name, "eps", eps, "a number from 0", (value) => value >= 0);
  const n = d === 0 ? 0 : x.size / d;
  const [y, hat, scale] = [empty(x.shape), empty([n, d]), empty([n])];
  const [w, b] = [weight && floats(weight), bias && floats(bias)];
  rowKernels().norm(n, d, floats(x), w, b, eps, centered, hat, scale, y);
  const given = [weight, bias].filter((p) => p !== null);
  return record(name, [x, ...given], y, (dy) => {
    const thunks = { weight: () => weightGradient(dy, hat, d), bias: () => sumTo(dy, [d]) };
    return [
      () => inputGradient(dy, weight, hat, scale, centered),
      ...(weight ? [thunks.weight] : []),
      ...(bias ? [thunks.bias] : []),
    ];
  });
}

/** The size of the last axis, which weight and bias must share. */
function widthOf(name: string, x: Tensor, weight: Tensor | null, bias: Tensor | null): number {
  checkTensor(name, "x", x);
  if (weight !== null) checkTensor(name, "weight", weight, "a tensor or null");
  if (bias !== null) checkTensor(name, "bias", bias, "a tensor or null");
  if (weight) {
    checkRank(name, "weight", weight.shape, "D");
    checkLast(name, x.shape, weight.shape[0]);
  }
  if (x.rank === 0) throw new ShapeError(`${name}: x needs a last dimension, got a scalar`);
  const d = x.shape[x.rank - 1];
  if (bias && !sameShape(bias.shape, [d])) {
    const like = weight ? `${show([d])} as the weight is` : show([d]);
    throw new ShapeError(`${name}: the bias must be ${like}, got ${show(bias.shape)}`);
  }
  return d;
}

/** dx = (g − mean g − x̂ · mean(g x̂)) / σ with g = dy · weight; without the mean of g where x was not centered. */
function inputGradient(dy: Tensor, weight: Tensor | null, hat: Tensor, scale: Tensor, centered: boolean): Tensor {
  const [n, d] = hat.shape;
  const dx = empty(dy.shape);
  rowKernels().normBackward(n, d, floats(dy), weight && floats(weight), hat, scale, centered, dx);
  return dx;
}

function weightGradient(dy: Tensor, hat: Tensor, d: number): Tensor {
  const dw = empty([d]);
  rowKernels().columnDots(hat.shape[0], d, floats(dy), hat, dw);
  return dw;
}
