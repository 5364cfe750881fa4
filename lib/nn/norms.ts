/** Normalization with learned weights. */

import { checkNumbers, checkFlag } from "../config/options.js";
import { ones, zeros } from "../tensor/create.js";
import { layerNorm, rmsNorm } from "../tensor/ops/norm.js";
import type { Arg, MapLast, Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module, parameter } from "./module.js";
import { markLibraryForward } from "./recycling.js";

/** Each row of the last axis gets mean 0 and variance 1, then is scaled and shifted:
 *  y = (x − mean) / √(variance + eps) · weight + bias. x [..., D] -> [..., D]; weight [D], bias [D].
 *  Throws where the last dimension of x is not D. Source: Ba et al. 2016, §3, https://arxiv.org/abs/1607.06450
 *  @example
 *  new LayerNorm(2).forward(tensor([[1, 3]])); // => [[-1, 1]] */
export class LayerNorm<D extends number = number> extends Module {
  static {
    markLibraryForward(this);
  }

  readonly weight: Tensor<readonly [D]>;
  readonly bias: Tensor<readonly [D]> | null;

  /** Added to the variance, so that a constant row does not divide by 0. */
  readonly eps: number;

  /** @param options.bias default true  @param options.eps default 1e-5 */
  constructor(size: D, { bias = true, eps = 1e-5 }: { bias?: boolean; eps?: number } = {}) {
    super();
    checkNumbers("LayerNorm", { eps }, { from: 0 });
    checkFlag("LayerNorm", "bias", bias);
    this.eps = eps;
    this.weight = parameter(ones<number, readonly [D]>([size]), "norm");
    this.bias = bias ? parameter(zeros<number, readonly [D]>([size]), "bias") : null;
  }

  forward<S extends Shape>(x: Arg<MapLast<S, D, D>, Tensor<S>>): Tensor<S> {
    return layerNorm<S, D>(x, this.weight, this.bias, this.eps);
  }
}

/** Each row of the last axis gets mean square 1, then is scaled: y = x / √(mean x² + eps) · weight, layer norm without the
 *  mean. x [..., D] -> [..., D]; weight [D]. Throws where the last dimension of x is not D.
 *  Source: Zhang & Sennrich 2019, §4, https://arxiv.org/abs/1910.07467
 *  @example
 *  new RMSNorm(2).forward(tensor([[3, 3], [-5, 5]])); // => [[1, 1], [-1, 1]] */
export class RMSNorm<D extends number = number> extends Module {
  static {
    markLibraryForward(this);
  }

  readonly weight: Tensor<readonly [D]>;

  /** Added to the mean square, so that a row of zeros does not divide by 0. */
  readonly eps: number;

  /** @param options.eps default 1e-6, as Llama */
  constructor(size: D, { eps = 1e-6 }: { eps?: number } = {}) {
    super();
    checkNumbers("RMSNorm", { eps }, { from: 0 });
    this.eps = eps;
    this.weight = parameter(ones<number, readonly [D]>([size]), "norm");
  }

  forward<S extends Shape>(x: Arg<MapLast<S, D, D>, Tensor<S>>): Tensor<S> {
    return rmsNorm<S, D>(x, this.weight, this.eps);
  }
}

/** y = x: stands where a layer is left out. As `torch.nn.Identity`.
 *  @example
 *  new Identity().forward(tensor([1, 2])); // => [1, 2] */
export class Identity<D extends number = number> extends Module {
  static {
    markLibraryForward(this);
  }

  forward<S extends Shape>(x: Arg<MapLast<S, D, D>, Tensor<S>>): Tensor<S>;
  forward(x: Tensor): Tensor {
    return x;
  }
}

/** Either of them. */
export type Norm<D extends number = number> = LayerNorm<D> | RMSNorm<D>;
