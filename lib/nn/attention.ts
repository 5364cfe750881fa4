/** The part of a transformer block in which tokens look at each other. */

import { checkFlag } from "../config/options.js";
import { scaledDotProductAttention } from "../tensor/ops/attention.js";
import type { RotaryOptions } from "../tensor/ops/rotary.js";
import { permute, reshape } from "../tensor/ops/shape.js";
import { dim } from "../tensor/create.js";
import { type Generator, streamOf } from "../tensor/random.js";
import type { Arg, Dim, Out, Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { KVCache } from "./kvCache.js";
import { Linear } from "./linear.js";
import { Module } from "./module.js";
import { markLibraryForward } from "./recycling.js";
import { RotaryPositions } from "./positions.js";
import { checkSequence, type MapSequence } from "./sequence.js";

export interface MultiHeadAttentionOptions {
  rng: Generator;
  /** G: heads of keys and values; each serves nHead / nKvHead query heads in a row. Default nHead; 1 is multi-query. */
  nKvHead?: number;
  /** K: size of one head. Default dModel / nHead. */
  headSize?: number;
  /** Each position sees itself and what came before, nothing later. Default false. */
  isCausal?: boolean;
  /** Turn queries and keys by their positions, see `RotaryPositions`. Default false; true for its defaults. */
  rotary?: boolean | RotaryOptions;
  /** Default true. */
  bias?: boolean;
  /** Standard deviation of the first weights, default 0.02; `residualStd` for the output projection, default the same. */
  std?: number;
  residualStd?: number;
}

/** What one call of attention may be given beside its input. */
export interface AttentionInputs {
  /** Hides the keys where it is 0; broadcasts to [B, H, Tq, Tk]. To hide padding: a mask [B, Tk] as [B, 1, 1, Tk]. */
  mask?: Tensor | null;
  /** Keys and values of the positions before x; those of x are added to it. */
  cache?: KVCache | null;
}

/** Self-attention with H heads of size K: out(softmax(q kᵀ / √K) v), each head with its own q, k and v of x.
 *  x [B, T, D] -> [B, T, D]; query [H·K, D], key and value [G·K, D], out [D, H·K].
 *  Throws where heads cannot be split evenly, and where x is not [B, T, D].
 *  Source: Vaswani et al. 2017, §3.2.2, https://arxiv.org/abs/1706.03762;
 *  grouped heads: Ainslie et al. 2023, §2.2, https://arxiv.org/abs/2305.13245
 *  @example
 *  const attention = new MultiHeadAttention(8, 4, { rng: new Generator(1), nKvHead: 2, isCausal: true });
 *  attention.forward(zeros([1, 3, 8])).shape; // => [1, 3, 8]
 *  attention.key.weight.shape; // => [4, 8] */
export class MultiHeadAttention<D extends number = number> extends Module {
  static {
    markLibraryForward(this);
  }

  readonly query: Linear<D>;
  readonly key: Linear<D>;
  readonly value: Linear<D>;
  readonly out: Linear<number, D>;
  readonly rotary: RotaryPositions | null;
  readonly nHead: Dim<"H">;
  readonly nKvHead: Dim<"G">;
  readonly headSize: Dim<"K">;
  readonly isCausal: boolean;

  constructor(
    readonly dModel: D,
    nHead: number,
    options: MultiHeadAttentionOptions,
  ) {
    super();
    const { rng, nKvHead = nHead, headSize = dModel / nHead, isCausal = false, rotary = false } = options;
    const { bias = true, std = 0.02, residualStd = std } = options;
    if (!Number.isInteger(headSize))
      throw new RangeError(`attention: dModel ${dModel} cannot be split evenly among ${nHead} heads`);
    if (!(nKvHead >= 1 && nHead % nKvHead === 0))
      throw new RangeError(`attention: ${nHead} query heads cannot share ${nKvHead} key and value heads evenly`);
    checkFlag("MultiHeadAttention", "isCausal", isCausal);
    this.nHead = dim("H", nHead);
    this.nKvHead = dim("G", nKvHead);
    this.headSize = dim("K", headSize);
    this.isCausal = isCausal;
    this.rotary = rotary === false ? null : new RotaryPositions(rotary === true ? {} : rotary);
    const [dQuery, dKey] = [nHead * headSize, nKvHead * headSize];
    const own = streamOf("MultiHeadAttention", rng);
    this.query = new Linear(dModel, dQuery, { rng: own.fork("query"), std, bias });
    this.key = new Linear(dModel, dKey, { rng: own.fork("key"), std, bias });
    this.value = new Linear(dModel, dKey, { rng: own.fork("value"), std, bias });
    this.out = new Linear(dQuery, dModel, { rng: own.fork("out"), std: residualStd, bias });
  }

  forward<S extends Shape>(
    x: Arg<MapSequence<S, D, D>, Tensor<S>>,
    inputs?: AttentionInputs,
  ): Tensor<Out<MapSequence<S, D, D>>>;
  forward(x: Tensor, { mask = null, cache = null }: AttentionInputs = {}): Tensor {
    checkSequence("MultiHeadAttention", x, this.dModel);
    const [b, t] = x.shape;
    const past = cache?.length ?? 0;
    const { query, key, value, out }: { query: Linear; key: Linear; value: Linear; out: Linear } = this;
    const heads = (projection: Linear, n: number): Tensor =>
      permute(reshape(projection.forward(x), [b, t, n, this.headSize]), [0, 2, 1, 3]); // [B, H, T, K]
    const turned = (y: Tensor): Tensor => this.rotary?.forward(y, past) ?? y;
    const q = turned(heads(query, this.nHead));
    const [k, v] = [turned(heads(key, this.nKvHead)), heads(value, this.nKvHead)];
    const { keys, values } = cache?.append(k, v, this) ?? { keys: k, values: v };
    const mixed = scaledDotProductAttention(q, keys, values, { isCausal: this.isCausal, mask });
    return out.forward(reshape(permute(mixed, [0, 2, 1, 3]), [b, t, this.nHead * this.headSize])); // heads side by side
  }
}
