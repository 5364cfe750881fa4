/** A table of vectors, one per id. */

import { embedding } from "../tensor/ops/indexing.js";
import { type Generator, randn, streamOf } from "../tensor/random.js";
import type { Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Module, parameter } from "./module.js";
import { markLibraryForward } from "./recycling.js";

/** y = weight[id]: ids [...] int32 -> [..., D]; weight [V, D]. Throws for an id outside 0 to V − 1.
 *  @example
 *  const tokens = new Embedding(65, 8, { rng: new Generator(1) });
 *  tokens.forward(tensor([[3, 1, 4]], { dtype: "int32" })).shape; // => [1, 3, 8] */
export class Embedding<V extends number = number, D extends number = number> extends Module {
  static {
    markLibraryForward(this);
  }

  readonly weight: Tensor<readonly [V, D]>;

  /** @param options.std standard deviation of the first weights, default 0.02 as GPT-2 */
  constructor(count: V, size: D, { rng, std = 0.02 }: { rng: Generator; std?: number }) {
    super();
    this.weight = parameter(randn<number, readonly [V, D]>([count, size], streamOf("Embedding", rng), { std }));
  }

  forward<S extends Shape>(ids: Tensor<S>): Tensor<[...S, D]> {
    return embedding(this.weight, ids);
  }
}
