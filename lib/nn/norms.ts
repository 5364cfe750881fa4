/** Normalisation with learned weights. */

import { ones, zeros } from "../tensor/create.js";
import { layerNorm } from "../tensor/ops/norm.js";
import type { Arg, MapLast, Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module, parameter } from "./module.js";
import { shipsForward } from "./ours.js";

/** Each row of the last axis gets mean 0 and variance 1, then is scaled and shifted. x [..., D] -> [..., D]. */
export class LayerNorm<D extends number = number> extends Module {
  static {
    shipsForward(this);
  }

  readonly weight: Tensor<readonly [D]>;
  readonly bias: Tensor<readonly [D]> | null;

  constructor(
    size: D,
    { bias = true }: { bias?: boolean } = {},
    /** Added to the variance, so that a constant row does not divide by 0. */
    readonly eps = 1e-5,
  ) {
    super();
    this.weight = parameter(ones<number, readonly [D]>([size]));
    this.bias = bias ? parameter(zeros<number, readonly [D]>([size])) : null;
  }

  forward<S extends Shape>(x: Arg<MapLast<S, D, D>, Tensor<S>>): Tensor<S> {
    return layerNorm<S, D>(x, this.weight, this.bias, this.eps);
  }
}
