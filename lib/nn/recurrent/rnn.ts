/** A recurrent layer: it reads a sequence one step at a time, so step t waits for step t − 1. For comparison with attention. */

import { relu, tanh } from "../../tensor/ops/unary.js";
import { add } from "../../tensor/ops/elementwise.js";
import { stack } from "../../tensor/ops/join.js";
import { linear } from "../../tensor/ops/matmul.js";
import { zeros } from "../../tensor/create.js";
import type { Arg, Out, Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Module } from "../module.js";
import { markLibraryForward } from "../recycling.js";
import { checkSequence, type MapSequence } from "../sequence.js";
import { checkState, recurrentParameters, type RecurrentOptions, stepsOf } from "./steps.js";

export type { RecurrentOptions } from "./steps.js";

export interface RNNOptions extends RecurrentOptions {
  /** Default "tanh". */
  activation?: "tanh" | "relu";
}

/** hₜ = tanh(xₜ Wihᵀ + bih + hₜ₋₁ Whhᵀ + bhh), step by step. x [B, T, D] -> y [B, T, F], all the h, and state [B, F], the
 *  last one; weightIh [F, D], weightHh [F, F], biases [F]. One layer; for more, feed y to another.
 *  Throws where x is not [B, T, D] or the state not [B, F].
 *  Source: Elman 1990, https://doi.org/10.1207/s15516709cog1402_1; parameters as `torch.nn.RNN`
 *  @example
 *  const rnn = new RNN(4, 8, { rng: new Generator(1) });
 *  const { y, state } = rnn.forward(zeros([2, 5, 4]));
 *  y.shape; // => [2, 5, 8]
 *  state.shape; // => [2, 8] */
export class RNN<D extends number = number, F extends number = number> extends Module {
  static {
    markLibraryForward(this);
  }

  readonly weightIh: Tensor<readonly [number, D]>;
  readonly weightHh: Tensor<readonly [number, F]>;
  readonly biasIh: Tensor<readonly [number]> | null;
  readonly biasHh: Tensor<readonly [number]> | null;
  readonly activation: "tanh" | "relu";

  constructor(
    readonly dModel: D,
    readonly dHidden: F,
    { activation = "tanh", ...options }: RNNOptions,
  ) {
    super();
    const { weightIh, weightHh, biasIh, biasHh } = recurrentParameters("RNN", dModel, dHidden, dHidden, options);
    [this.weightIh, this.weightHh, this.biasIh, this.biasHh] = [weightIh, weightHh, biasIh, biasHh];
    this.activation = activation;
  }

  /** @param state h before the first step, [B, F]; default zeros */
  forward<S extends Shape>(
    x: Arg<MapSequence<S, D, F>, Tensor<S>>,
    state?: Tensor | null,
  ): { y: Tensor<Out<MapSequence<S, D, F>>>; state: Tensor<[S[0], F]> };
  forward(x: Tensor, state: Tensor | null = null): { y: Tensor; state: Tensor } {
    checkSequence("RNN", x, this.dModel);
    const shape = [x.shape[0], this.dHidden];
    if (state) checkState("rnn", "state", state, shape);
    const activate = this.activation === "tanh" ? tanh : relu;
    const { weightIh, weightHh, biasIh, biasHh }: RNN = this;
    const all: Tensor[] = [];
    let h: Tensor = state ?? zeros(shape);
    for (const input of stepsOf(linear(x as Tensor<[number, number, number]>, weightIh, biasIh))) {
      h = activate(add(input, linear(h as Tensor<[number, number]>, weightHh, biasHh)));
      all.push(h);
    }
    return { y: all.length ? stack(all, 1) : zeros([x.shape[0], 0, this.dHidden as number]), state: h };
  }
}
