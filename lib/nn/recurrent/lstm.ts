/** Long short-term memory: a recurrent layer with a cell that gates write to, read from and empty. */

import { add, mul } from "../../tensor/ops/elementwise.js";
import { stack } from "../../tensor/ops/join.js";
import { linear } from "../../tensor/ops/matmul.js";
import { split } from "../../tensor/ops/slice.js";
import { sigmoid, tanh } from "../../tensor/ops/unary.js";
import { zeros } from "../../tensor/create.js";
import type { Arg, Out, Shape } from "../../tensor/shape.js";
import type { Tensor } from "../../tensor/tensor.js";
import { Module } from "../module.js";
import { markLibraryForward } from "../recycling.js";
import { checkSequence, type MapSequence } from "../sequence.js";
import { checkState, recurrentParameters, type RecurrentOptions, stepsOf } from "./steps.js";

/** What an LSTM hands from step to step. */
export interface LSTMState<S extends Shape = Shape> {
  /** [B, F] its output. */
  h: Tensor<S>;
  /** [B, F] its cell: additions and gates only, so that gradients reach far back. */
  c: Tensor<S>;
}

/** Step by step, with the gates i, f, g, o = split(xₜ Wihᵀ + bih + hₜ₋₁ Whhᵀ + bhh):
 *  cₜ = σ(f) cₜ₋₁ + σ(i) tanh(g), hₜ = σ(o) tanh(cₜ).
 *  x [B, T, D] -> y [B, T, F], all the h, and the last state; weightIh [4F, D], weightHh [4F, F], biases [4F].
 *  One layer; for more, feed y to another. Throws where x is not [B, T, D] or the state not [B, F].
 *  Source: Hochreiter & Schmidhuber 1997, https://doi.org/10.1162/neco.1997.9.8.1735; forget gate: Gers et al. 2000;
 *  parameters as `torch.nn.LSTM`
 *  @example
 *  const lstm = new LSTM(4, 8, { rng: new Generator(1) });
 *  const { y, state } = lstm.forward(zeros([2, 5, 4]));
 *  y.shape; // => [2, 5, 8]
 *  state.c.shape; // => [2, 8] */
export class LSTM<D extends number = number, F extends number = number> extends Module {
  static {
    markLibraryForward(this);
  }

  readonly weightIh: Tensor<readonly [number, D]>;
  readonly weightHh: Tensor<readonly [number, F]>;
  readonly biasIh: Tensor<readonly [number]> | null;
  readonly biasHh: Tensor<readonly [number]> | null;

  constructor(
    readonly dModel: D,
    readonly dHidden: F,
    options: RecurrentOptions,
  ) {
    super();
    const { weightIh, weightHh, biasIh, biasHh } = recurrentParameters("LSTM", dModel, dHidden, 4 * dHidden, options);
    [this.weightIh, this.weightHh, this.biasIh, this.biasHh] = [weightIh, weightHh, biasIh, biasHh];
  }

  /** @param state before the first step; default zeros */
  forward<S extends Shape>(
    x: Arg<MapSequence<S, D, F>, Tensor<S>>,
    state?: LSTMState | null,
  ): { y: Tensor<Out<MapSequence<S, D, F>>>; state: LSTMState<[S[0], F]> };
  forward(x: Tensor, state: LSTMState | null = null): { y: Tensor; state: LSTMState } {
    checkSequence("LSTM", x, this.dModel);
    const [b, f]: [number, number] = [x.shape[0], this.dHidden];
    if (state) {
      checkState("lstm", "state h", state.h, [b, f]);
      checkState("lstm", "state c", state.c, [b, f]);
    }
    const { weightIh, weightHh, biasIh, biasHh }: LSTM = this;
    const all: Tensor[] = [];
    let [h, c]: [Tensor, Tensor] = [state?.h ?? zeros([b, f]), state?.c ?? zeros([b, f])];
    for (const input of stepsOf(linear(x as Tensor<[number, number, number]>, weightIh, biasIh))) {
      const gates = add(input, linear(h as Tensor<[number, number]>, weightHh, biasHh)); // [B, 4F]
      const [write, forget, content, read] = split(gates, [f, f, f, f], 1);
      c = add(mul(sigmoid(forget), c), mul(sigmoid(write), tanh(content)));
      h = mul(sigmoid(read), tanh(c));
      all.push(h);
    }
    return { y: all.length ? stack(all, 1) : zeros([b, 0, f]), state: { h, c } };
  }
}
