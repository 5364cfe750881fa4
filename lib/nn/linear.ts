/** A layer that multiplies by a matrix. */

import { linear } from "../tensor/ops/matmul.js";
import { zeros } from "../tensor/create.js";
import { type Generator, randn } from "../tensor/random.js";
import type { Arg, MapLast, Out, Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module, parameter } from "./module.js";
import { shipsForward } from "./ours.js";

export interface LinearOptions {
  /** Where the first weights come from. */
  rng: Generator;
  /** Standard deviation of the first weights. Default 0.02, as GPT-2. */
  std?: number;
  /** Add a learned offset. Default true. */
  bias?: boolean;
}

/** y = x Wᵀ + b. x [..., In] -> [..., Out]; weight [Out, In], bias [Out]. */
export class Linear<I extends number = number, O extends number = number> extends Module {
  static {
    shipsForward(this);
  }

  readonly weight: Tensor<readonly [O, I]>;
  readonly bias: Tensor<readonly [O]> | null;

  constructor(dIn: I, dOut: O, { rng, std = 0.02, bias = true }: LinearOptions) {
    super();
    this.weight = parameter(randn<number, readonly [O, I]>([dOut, dIn], rng.fork("weight"), { std }));
    this.bias = bias ? parameter(zeros<number, readonly [O]>([dOut])) : null;
  }

  forward<S extends Shape>(x: Arg<MapLast<S, I, O>, Tensor<S>>): Tensor<Out<MapLast<S, I, O>>> {
    return linear<S, I, O>(x, this.weight, this.bias);
  }
}
