/** Qwen3-Next's two kinds of attention: linear attention by a gated delta rule, and attention with an output gate. */

import type { Cache } from "../../architecture.js";
import type { Fields } from "../../config/fields.js";
import { group, linear, type Part, rmsNorm, weight } from "../../part.js";
import type { Size } from "../../size.js";
import { type GroupedSizes } from "../attention.js";

export interface DeltaSizes {
  D: Size;
  /** Heads of values, numbers of all keys, of one key and of one value. */
  Hv: Size;
  keys: Size;
  Kk: Size;
  Kv: Size;
  /** Width of the convolution. */
  W: Size;
}

/** transformers' defaults are the same in all of these families. */
export function deltaSizes(c: Fields, D: Size): DeltaSizes {
  const Hv = c.size("H_v", "linear_num_value_heads", 32);
  const Hk = c.size("H_k", "linear_num_key_heads", 16);
  const Kk = c.size("K_k", "linear_key_head_dim", 128);
  const Kv = c.size("K_v", "linear_value_head_dim", 128);
  return { D, Hv, keys: Hk.times(Kk), Kk, Kv, W: c.size("W", "linear_conv_kernel_dim", 4) };
}

/** @param fused one matrix for queries, keys, values and gate, and one for the two step sizes, as in Qwen3-Next
 *  Source: Yang et al. 2024, https://arxiv.org/abs/2412.06464 */
export function gatedDelta({ D, Hv, keys, Kv, W }: DeltaSizes, { fused }: { fused: boolean }): Part {
  const values = Hv.times(Kv);
  const mixed = keys.times(2).plus(values);
  return group(
    "linear_attn",
    fused
      ? [
          ...linear("in_proj_qkvz", "attention", mixed.plus(values), D),
          ...linear("in_proj_ba", "attention", Hv.times(2), D),
        ]
      : [
          ...linear("in_proj_qkv", "attention", mixed, D),
          ...linear("in_proj_z", "attention", values, D),
          ...linear("in_proj_b", "attention", Hv, D),
          ...linear("in_proj_a", "attention", Hv, D),
        ],
    weight("conv1d.weight", "attention", mixed, W),
    weight("dt_bias", "attention", Hv),
    weight("A_log", "attention", Hv),
    rmsNorm("norm", Kv),
    linear("out_proj", "attention", D, values),
  );
}

/** A matrix [K_k, K_v] for each value head, and the last W inputs of the convolution. */
export const deltaState = ({ Hv, keys, Kk, Kv, W }: DeltaSizes, layers: Size): Cache => ({
  form: "state",
  layers,
  numbers: Hv.times(Kk)
    .times(Kv)
    .plus(keys.times(2).plus(Hv.times(Kv)).times(W)),
  products: deltaProducts(Hv.times(Kk).times(Kv)),
  window: null,
});

/** What the key holds is read, the correction written, the query's answer read. @param numbers of the matrices of all heads */
export const deltaProducts = (numbers: Size): Size => numbers.times(3);

/** Attention whose query projection is twice as large: the other half scales the output. */
export function gatedAttention({ D, H, Hkv, K }: GroupedSizes, bias: boolean): Part {
  return group(
    "self_attn",
    linear("q_proj", "attention", H.times(K).times(2), D, bias),
    linear("k_proj", "attention", Hkv.times(K), D, bias),
    linear("v_proj", "attention", Hkv.times(K), D, bias),
    linear("o_proj", "attention", D, H.times(K), bias),
    rmsNorm("q_norm", K, "attention"),
    rmsNorm("k_norm", K, "attention"),
  );
}
