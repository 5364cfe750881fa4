/** A layer that multiplies by a matrix. */

import { checkFlag } from "../config/options.js";
import { add } from "../tensor/ops/elementwise.js";
import { linear } from "../tensor/ops/matmul.js";
import { zeros } from "../tensor/create.js";
import { type Generator, randn, streamOf } from "../tensor/random.js";
import type { Arg, MapLast, Out, Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module, parameter } from "./module.js";
import { markLibraryForward } from "./recycling.js";

export interface LinearOptions {
  /** Where the first weights come from: its next stream, see `Generator.spawn`. */
  rng: Generator;
  /** Standard deviation of the first weights. Default 0.02, as GPT-2. */
  std?: number;
  /** Add a learned offset. Default true. */
  bias?: boolean;
}

/** A module beside a `Linear` whose output is added to that of the layer. */
export interface Adapter extends Module {
  forward(x: Tensor): Tensor;
}

/** y = x Wᵀ + b. x [..., In] -> [..., Out]; weight [Out, In], bias [Out].
 *  Throws where the last dimension of x is not In.
 *  @example
 *  const layer = new Linear(64, 10, { rng: new Generator(1) });
 *  layer.forward(zeros([2, 3, 64])).shape; // => [2, 3, 10] */
export class Linear<I extends number = number, O extends number = number> extends Module {
  static {
    markLibraryForward(this);
  }

  readonly weight: Tensor<readonly [O, I]>;
  readonly bias: Tensor<readonly [O]> | null;
  /** A low-rank correction, see `applyLora`. */
  adapter: Adapter | null = null;

  constructor(dIn: I, dOut: O, { rng, std = 0.02, bias = true }: LinearOptions) {
    super();
    checkFlag("Linear", "bias", bias);
    this.weight = parameter(randn<number, readonly [O, I]>([dOut, dIn], streamOf("Linear", rng), { std }));
    this.bias = bias ? parameter(zeros<number, readonly [O]>([dOut]), "bias") : null;
  }

  forward<S extends Shape>(x: Arg<MapLast<S, I, O>, Tensor<S>>): Tensor<Out<MapLast<S, I, O>>>;
  forward(x: Tensor): Tensor {
    const { weight, bias }: Linear = this;
    const y: Tensor = linear(x, weight, bias);
    return this.adapter ? add(y, this.adapter.forward(x)) : y;
  }
}
