/** The part of a transformer block that looks at one token at a time. */

import { gelu, geluTanh, relu, silu } from "../tensor/ops/activations.js";
import type { Generator } from "../tensor/random.js";
import type { Arg, MapLast, Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Linear } from "./linear.js";
import { Module } from "./module.js";
import { shipsForward } from "./ours.js";

const activations = { gelu, geluTanh, relu, silu };
export type Activation = keyof typeof activations;

export const activationNamed = (name: Activation): (<S extends Shape>(x: Tensor<S>) => Tensor<S>) => activations[name];

export interface FeedForwardOptions {
  rng: Generator;
  /** Default "gelu". */
  activation?: Activation;
  /** Default true. */
  bias?: boolean;
  /** Standard deviation of the first weights of `up`, default 0.02. */
  std?: number;
  /** The same for `down`, whose output is added to the residual. Default `std`. */
  residualStd?: number;
}

/** y = down(activation(up(x))): D -> F -> D, each token for itself. x [..., D] -> [..., D].
 *  Source: Vaswani et al. 2017, §3.3, https://arxiv.org/abs/1706.03762 */
export class FeedForward<D extends number = number, F extends number = number> extends Module {
  static {
    shipsForward(this);
  }

  readonly up: Linear<D, F>;
  readonly down: Linear<F, D>;
  readonly activation: Activation;

  constructor(dModel: D, dHidden: F, options: FeedForwardOptions) {
    super();
    const { rng, activation = "gelu", bias = true, std = 0.02, residualStd = std } = options;
    this.activation = activation;
    this.up = new Linear(dModel, dHidden, { rng: rng.fork("up"), std, bias });
    this.down = new Linear(dHidden, dModel, { rng: rng.fork("down"), std: residualStd, bias });
  }

  forward<S extends Shape>(x: Arg<MapLast<S, D, D>, Tensor<S>>): Tensor<S>;
  forward(x: Tensor): Tensor {
    const hidden: Tensor = this.up.forward(x);
    return this.down.forward(activations[this.activation](hidden));
  }
}
