/** What the recurrent layers share: parameters and steps. */

import { sameShape, ShapeError, show } from "../../tensor/check.js";
import { zeros } from "../../tensor/create.js";
import { slice } from "../../tensor/ops/slice.js";
import { squeeze } from "../../tensor/ops/shape.js";
import { type Generator, streamOf } from "../../tensor/random.js";
import type { Tensor } from "../../tensor/tensor.js";
import * as init from "../init.js";
import { parameter } from "../module.js";

export interface RecurrentOptions {
  rng: Generator;
  /** Default true. */
  bias?: boolean;
}

interface Parameters<D extends number, F extends number> {
  weightIh: Tensor<readonly [number, D]>;
  weightHh: Tensor<readonly [number, F]>;
  biasIh: Tensor<readonly [number]> | null;
  biasHh: Tensor<readonly [number]> | null;
}

/** All from U(−1/√F, 1/√F), as PyTorch. `rows` is F, or 4 F where there are four gates. */
export function recurrentParameters<D extends number, F extends number>(
  layer: string,
  dIn: D,
  dHidden: F,
  rows: number,
  { rng, bias = true }: RecurrentOptions,
): Parameters<D, F> {
  const high = 1 / Math.sqrt(dHidden);
  const own = streamOf(layer, rng);
  const draw = <X extends Tensor>(name: string, x: X): X =>
    parameter(init.uniform(x, own.fork(name), { low: -high, high }));
  const vector = (name: string): Tensor<readonly [number]> | null => (bias ? draw(name, zeros([rows])) : null);
  return {
    weightIh: draw("weightIh", zeros<number, readonly [number, D]>([rows, dIn])),
    weightHh: draw("weightHh", zeros<number, readonly [number, F]>([rows, dHidden])),
    biasIh: vector("biasIh"),
    biasHh: vector("biasHh"),
  };
}

/** [B, T, F] as T views [B, F]. */
export function stepsOf(x: Tensor): Tensor[] {
  return Array.from({ length: x.shape[1] }, (_, t) => squeeze(slice(x, 1, t, t + 1), 1));
}

export function checkState(layer: string, name: string, state: Tensor, shape: readonly number[]): void {
  if (!sameShape(state.shape, shape))
    throw new ShapeError(`${layer}: the ${name} must be ${show(shape)}, got ${show(state.shape)}`);
}
