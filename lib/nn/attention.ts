/** The part of a transformer block in which tokens look at each other. */

import { scaledDotProductAttention } from "../tensor/ops/attention.js";
import { permute, reshape } from "../tensor/ops/shape.js";
import { ShapeError, show } from "../tensor/check.js";
import { dim } from "../tensor/create.js";
import type { Generator } from "../tensor/random.js";
import type { Dim } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { Linear } from "./linear.js";
import { Module } from "./module.js";
import { shipsForward } from "./ours.js";

export interface AttentionLayerOptions {
  rng: Generator;
  /** Default true. */
  bias?: boolean;
  /** Standard deviation of the first weights, default 0.02; `residualStd` for the output projection, default the same. */
  std?: number;
  residualStd?: number;
}

/** Causal self-attention with H heads of size K = D / H: each position sees itself and what came before.
 *  x [B, T, D] -> [B, T, D]. Source: Vaswani et al. 2017, §3.2.2, https://arxiv.org/abs/1706.03762 */
export class CausalSelfAttention<D extends number = number> extends Module {
  static {
    shipsForward(this);
  }

  readonly query: Linear<D, D>;
  readonly key: Linear<D, D>;
  readonly value: Linear<D, D>;
  readonly out: Linear<D, D>;
  readonly nHead: Dim<"H">;
  readonly headSize: Dim<"K">;

  constructor(
    readonly dModel: D,
    nHead: number,
    options: AttentionLayerOptions,
  ) {
    super();
    const { rng, bias = true, std = 0.02, residualStd = std } = options;
    if (dModel % nHead !== 0)
      throw new RangeError(`attention: dModel ${dModel} cannot be split evenly among ${nHead} heads`);
    this.nHead = dim("H", nHead);
    this.headSize = dim("K", dModel / nHead);
    this.query = new Linear(dModel, dModel, { rng: rng.fork("query"), std, bias });
    this.key = new Linear(dModel, dModel, { rng: rng.fork("key"), std, bias });
    this.value = new Linear(dModel, dModel, { rng: rng.fork("value"), std, bias });
    this.out = new Linear(dModel, dModel, { rng: rng.fork("out"), std: residualStd, bias });
  }

  forward<B extends number, T extends number>(x: Tensor<readonly [B, T, D]>): Tensor<[B, T, D]>;
  forward(x: Tensor<readonly [number, number, number]>): Tensor {
    if (x.rank !== 3) throw new ShapeError(`attention needs x [B, T, ${this.dModel}], got ${show(x.shape)}`);
    const [b, t, d] = x.shape;
    const heads = (projection: Linear): Tensor =>
      permute(reshape(projection.forward(x), [b, t, this.nHead, this.headSize]), [0, 2, 1, 3]); // [B, H, T, K]
    const mixed = scaledDotProductAttention(heads(this.query), heads(this.key), heads(this.value), { isCausal: true });
    const out: Linear = this.out;
    return out.forward(reshape(permute(mixed, [0, 2, 1, 3]), [b, t, d])); // heads side by side again
  }
}
