/** The part of a transformer block in which tokens look at each other. */

import { checkFlag, checkIntegers, checkNumbers } from "../config/options.js";
import { scaledDotProductAttention } from "../tensor/ops/attention.js";
import type { RotaryOptions } from "../tensor/ops/rotary.js";
import { expand, permute, reshape } from "../tensor/ops/shape.js";
import { clamp } from "../tensor/ops/unary.js";
import { dim, eye, zeros } from "../tensor/create.js";
import { type Generator, streamOf } from "../tensor/random.js";
import type { Arg, Dim, Out, Shape } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { attentionWithSinks, within } from "./attention/masks.js";
import type { KVCache } from "./kvCache.js";
import { Linear } from "./linear.js";
import { Module, parameter } from "./module.js";
import { RMSNorm } from "./norms.js";
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
  /** Offsets of queries, keys and values, and of the output where `outBias` does not say otherwise. Default true. */
  bias?: boolean;
  /** Default `bias`. */
  outBias?: boolean;
  /** RMS norms of queries and keys before they are turned: each head for itself (Qwen3), or all heads as one row (OLMoE). Default null. */
  norm?: { per: "head" | "row"; eps: number } | null;
  /** A position sees this many positions at most, itself included, and none after it. Null: all. Default null. */
  window?: number | null;
  /** A learned score for each head that takes part in the softmax, but has no value: a head may look at nothing (gpt-oss). Default false. */
  sinks?: boolean;
  /** Queries, keys and values stay between −clip and clip (OLMo). Default null. */
  clip?: number | null;
  /** Standard deviation of the first weights, default 0.02; `residualStd` for the output projection, default the same. */
  std?: number;
  residualStd?: number;
}

/** What one call of attention may be given beside its input. */
export interface AttentionInputs {
  /** Hides the keys where it is 0; broadcasts to [B, H, Tq, Tk]. To hide padding: a mask [B, Tk] as [B, 1, 1, Tk]. */
  mask?: Tensor | null;
  /** Of each token, int32 [B, T] or [T], for `rotary`. Default: they follow those in the cache. */
  positions?: Tensor | null;
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
  readonly queryNorm: RMSNorm | null;
  readonly keyNorm: RMSNorm | null;
  /** [H], with `sinks`. */
  readonly sinks: Tensor | null;
  readonly rotary: RotaryPositions | null;
  readonly nHead: Dim<"H">;
  readonly nKvHead: Dim<"G">;
  readonly headSize: Dim<"K">;
  readonly isCausal: boolean;
  readonly window: number | null;
  readonly clip: number | null;

  constructor(
    readonly dModel: D,
    nHead: number,
    options: MultiHeadAttentionOptions,
  ) {
    super();
    const { rng, nKvHead = nHead, headSize = dModel / nHead, isCausal = false, rotary = false } = options;
    const { bias = true, outBias = bias, std = 0.02, residualStd = std } = options;
    const { norm = null, window = null, sinks = false, clip = null } = options;
    if (window !== null) checkIntegers("MultiHeadAttention", { window }, { from: 1 });
    if (clip !== null) checkNumbers("MultiHeadAttention", { clip }, { above: 0 });
    if (!Number.isInteger(headSize))
      throw new RangeError(`attention: dModel ${dModel} cannot be split evenly among ${nHead} heads`);
    if (!(nKvHead >= 1 && nHead % nKvHead === 0))
      throw new RangeError(`attention: ${nHead} query heads cannot share ${nKvHead} key and value heads evenly`);
    checkFlag("MultiHeadAttention", "isCausal", isCausal);
    this.nHead = dim("H", nHead);
    this.nKvHead = dim("G", nKvHead);
    this.headSize = dim("K", headSize);
    this.isCausal = isCausal || window !== null;
    this.window = window;
    this.clip = clip;
    this.rotary = rotary === false ? null : new RotaryPositions(rotary === true ? {} : rotary);
    const [dQuery, dKey] = [nHead * headSize, nKvHead * headSize];
    const own = streamOf("MultiHeadAttention", rng);
    this.query = new Linear(dModel, dQuery, { rng: own.fork("query"), std, bias });
    this.key = new Linear(dModel, dKey, { rng: own.fork("key"), std, bias });
    this.value = new Linear(dModel, dKey, { rng: own.fork("value"), std, bias });
    this.out = new Linear(dQuery, dModel, { rng: own.fork("out"), std: residualStd, bias: outBias });
    const normOf = (row: number): RMSNorm | null =>
      norm && new RMSNorm(norm.per === "head" ? headSize : row, { eps: norm.eps });
    this.queryNorm = normOf(dQuery);
    this.keyNorm = normOf(dKey);
    this.sinks = sinks ? parameter(zeros([nHead]), "bias") : null;
  }

  forward<S extends Shape>(
    x: Arg<MapSequence<S, D, D>, Tensor<S>>,
    inputs?: AttentionInputs,
  ): Tensor<Out<MapSequence<S, D, D>>>;
  forward(x: Tensor, inputs: AttentionInputs = {}): Tensor {
    const mixed = this.#mixed(x, inputs, null); // [B, H, T, K]
    const rows: Tensor = reshape(permute(mixed, [0, 2, 1, 3]), [...x.shape.slice(0, 2), this.nHead * this.headSize]); // heads side by side
    return (this.out as Linear).forward(rows);
  }

  /** softmax(q kᵀ / √K) of each head: [B, H, T, T], what share the token of a row takes from the token of a column. With `sinks` a row sums
   *  to less than 1. */
  weights<S extends Shape>(x: Arg<MapSequence<S, D, D>, Tensor<S>>, inputs?: Omit<AttentionInputs, "cache">): Tensor;
  weights(x: Tensor, inputs: Omit<AttentionInputs, "cache"> = {}): Tensor {
    checkSequence("MultiHeadAttention", x, this.dModel);
    const [b, t] = x.shape;
    // Of values that are unit vectors, attention gives the shares themselves.
    return this.#mixed(x, inputs, expand(eye(t), [b, this.nKvHead, t, t]));
  }

  /** The values mixed by each head, [B, H, T, K]. @param instead of this layer's own values */
  #mixed(x: Tensor, { mask = null, cache = null, positions = null }: AttentionInputs, instead: Tensor | null): Tensor {
    checkSequence("MultiHeadAttention", x, this.dModel);
    const [b, t] = x.shape;
    const past = cache?.length ?? 0;
    const { query, key, value }: { query: Linear; key: Linear; value: Linear } = this;
    const heads = (projection: Linear, n: number, norm: RMSNorm | null): Tensor => {
      const rows: Tensor = projection.forward(x); // [B, T, H·K]
      const split = (y: Tensor): Tensor => reshape(y, [b, t, n, this.headSize]);
      const isRow = norm?.weight.size === rows.shape[2];
      const y = norm ? (isRow ? split(norm.forward(rows)) : norm.forward(split(rows))) : split(rows);
      const { clip } = this;
      return permute(clip === null ? y : clamp(y, { min: -clip, max: clip }), [0, 2, 1, 3]); // [B, H, T, K]
    };
    const turned = (y: Tensor): Tensor => this.rotary?.forward(y, positions ?? past) ?? y;
    const q = turned(heads(query, this.nHead, this.queryNorm));
    const [k, v] = [turned(heads(key, this.nKvHead, this.keyNorm)), instead ?? heads(value, this.nKvHead, null)];
    const { keys, values } = cache?.append(k, v, this) ?? { keys: k, values: v };
    const seen = this.window === null ? mask : within(this.window, t, keys.shape[2], mask);
    return this.sinks
      ? attentionWithSinks(q, keys, values, this.sinks, { isCausal: this.isCausal, mask: seen })
      : scaledDotProductAttention(q, keys, values, { isCausal: this.isCausal, mask: seen });
  }
}
