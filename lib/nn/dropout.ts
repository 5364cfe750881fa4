/** Dropout. */

import { record } from "../tensor/autograd.js";
import { checkNumber, checkTensor } from "../tensor/check.js";
import { checkGenerator, type Generator, streamOf } from "../tensor/random.js";
import type { Shape } from "../tensor/shape.js";
import { empty, read, type Tensor, write } from "../tensor/tensor.js";
import { Module } from "./module.js";
import { markLibraryForward } from "./recycling.js";

function checkProbability(p: number): void {
  checkNumber("dropout", "p", p, "at least 0 and below 1", (share) => share >= 0 && share < 1);
}

/** Zeroes each element with probability `p` and scales the others by 1 / (1 − p), so that the expected value stays.
 *  x [...] -> [...]. Throws unless 0 ≤ p < 1.
 *  Source: Srivastava et al. 2014, §4, https://jmlr.org/papers/v15/srivastava14a.html
 *  @example
 *  dropout(ones([8]), 0.5, new Generator(1)); // => [0, 2, 0, 0, 0, 2, 0, 0] */
export function dropout<S extends Shape>(x: Tensor<S>, p: number, rng: Generator): Tensor<S> {
  checkTensor("dropout", "x", x);
  checkProbability(p);
  checkGenerator("dropout", rng);
  if (p === 0) return x;
  const [y, keep] = [empty(x.shape), empty(x.shape)];
  const [X, K, Y] = [read(x), write(keep), write(y)];
  for (let i = 0; i < Y.length; i++) {
    K[i] = rng.uniform() < p ? 0 : 1 / (1 - p);
    Y[i] = X[i] * K[i];
  }
  return record("dropout", [x], y, (dy) => [
    () => {
      const dx = empty(x.shape);
      const [K, DY, DX] = [read(keep), read(dy), write(dx)];
      for (let i = 0; i < DX.length; i++) DX[i] = DY[i] * K[i];
      return dx;
    },
  ]);
}

/** `dropout` as a layer: it zeroes elements while the model trains and does nothing while it is evaluated. x [...] -> [...].
 *  Which elements comes from `rng`, so a run can be repeated.
 *  @example
 *  const drop = new Dropout(0.5, { rng: new Generator(1) });
 *  drop.forward(ones([4])); // => [2, 0, 2, 2]
 *  drop.eval().forward(ones([4])); // => [1, 1, 1, 1] */
export class Dropout extends Module {
  static {
    markLibraryForward(this);
  }

  /** Not #private: `namedGenerators` finds it. */
  private readonly rng: Generator;

  constructor(
    /** Probability of being zeroed. */
    readonly p: number,
    { rng }: { rng: Generator },
  ) {
    super();
    checkProbability(p);
    this.rng = streamOf("Dropout", rng);
  }

  forward<S extends Shape>(x: Tensor<S>): Tensor<S> {
    return this.training ? dropout(x, this.p, this.rng) : x;
  }
}
