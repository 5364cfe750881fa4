/** The part of a transformer block that looks at one token at a time. */

import { type Activation, activations } from "../config/model.js";
import { checkWord } from "../config/options.js";
import { add, mul, swiglu } from "../tensor/ops/elementwise.js";
import * as unary from "../tensor/ops/unary.js";
import { type Generator, streamOf } from "../tensor/random.js";
import type { Arg, MapLast, Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Linear } from "./linear.js";
import { Module } from "./module.js";
import { markLibraryForward } from "./recycling.js";

export type { Activation };

/** The op of that name. Throws where it is not one of `activations`. */
export function activationNamed(name: Activation): <S extends Shape>(x: Tensor<S>) => Tensor<S> {
  checkWord("feed-forward", "activation", name, activations);
  return unary[name];
}

/** activation(gate) · up, one fused op for the common case: it keeps no activation of its own for the backward pass.
 *  With a limit L and a sharpness α, as gpt-oss: g σ(α g) · (u + 1), where g is the gate, at most L, and u lies between −L and L.
 *  Source of the second: OpenAI's gpt-oss, gpt_oss/torch/model.py (`swiglu`) */
export function gatedUnit(
  { activation, clamped }: { activation: Activation; clamped?: ClampedUnit | null },
  gate: Tensor,
  up: Tensor,
): Tensor {
  if (!clamped) return activation === "silu" ? swiglu(gate, up) : mul(unary[activation](gate), up);
  const { limit, sharpness } = clamped;
  const open: Tensor = unary.clamp(gate, { max: limit });
  const shown: Tensor = unary.clamp(up, { min: -limit, max: limit });
  return mul(mul(open, unary.sigmoid(mul(open, sharpness))), add(shown, 1));
}

/** See `gatedUnit`. */
export interface ClampedUnit {
  /** L. */
  limit: number;
  /** α. */
  sharpness: number;
}

export interface FeedForwardOptions {
  rng: Generator;
  /** Default "gelu"; "silu" with `gated`. */
  activation?: Activation;
  /** A second projection scales each hidden feature: with "silu" this is SwiGLU. Default false. */
  gated?: boolean;
  /** Default true. */
  bias?: boolean;
  /** Standard deviation of the first weights of `up` and `gate`, default 0.02. */
  std?: number;
  /** The same for `down`, whose output is added to the residual. Default `std`. */
  residualStd?: number;
}

/** y = down(activation(up(x))), or gated y = down(activation(gate(x)) · up(x)): D -> F -> D, each token for itself.
 *  x [..., D] -> [..., D]; up and gate [F, D], down [D, F]. Throws where the last dimension of x is not D.
 *  Source: Vaswani et al. 2017, §3.3, https://arxiv.org/abs/1706.03762;
 *  gated: Shazeer 2020, §2, https://arxiv.org/abs/2002.05202
 *  @example
 *  const layer = new FeedForward(4, 6, { rng: new Generator(1), gated: true, bias: false });
 *  layer.forward(zeros([2, 4])).shape; // => [2, 4]
 *  layer.totalParameters(); // => 72 */
export class FeedForward<D extends number = number, F extends number = number> extends Module {
  static {
    markLibraryForward(this);
  }

  readonly up: Linear<D, F>;
  readonly gate: Linear<D, F> | null;
  readonly down: Linear<F, D>;
  readonly activation: Activation;

  constructor(dModel: D, dHidden: F, options: FeedForwardOptions) {
    super();
    const { rng, gated = false, activation = gated ? "silu" : "gelu" } = options;
    const { bias = true, std = 0.02, residualStd = std } = options;
    this.activation = activation;
    const own = streamOf("FeedForward", rng);
    this.up = new Linear(dModel, dHidden, { rng: own.fork("up"), std, bias });
    this.gate = gated ? new Linear(dModel, dHidden, { rng: own.fork("gate"), std, bias }) : null;
    this.down = new Linear(dHidden, dModel, { rng: own.fork("down"), std: residualStd, bias });
  }

  forward<S extends Shape>(x: Arg<MapLast<S, D, D>, Tensor<S>>): Tensor<S>;
  forward(x: Tensor): Tensor {
    const { up, gate, down }: { up: Linear; gate: Linear | null; down: Linear } = this;
    const hidden: Tensor = up.forward(x);
    return down.forward(gate ? gatedUnit(this, gate.forward(x), hidden) : unary[this.activation](hidden));
  }
}
