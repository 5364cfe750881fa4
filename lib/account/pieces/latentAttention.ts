/** Multi-head latent attention (MLA): keys and values are compressed into one short row, which is all that is kept per token. */

import type { Cache } from "../architecture.js";
import type { Fields } from "../config/fields.js";
import { group, linear, type Part, rmsNorm } from "../part.js";
import type { Size } from "../size.js";

export interface LatentSizes {
  D: Size;
  H: Size;
  /** Sizes of one head: the part of query and key without and with rotary positions, and the value. */
  Kn: Size;
  Kr: Size;
  Kv: Size;
  /** Length of the compressed keys and values, and of the compressed queries (null: not compressed). */
  C: Size;
  Q: Size | null;
}

export interface LatentDefaults {
  kvRank: number;
  queryRank: number | null;
  nope: number;
  rope: number;
  value: number;
}

export function latentSizes(c: Fields, D: Size, H: Size, defaults: LatentDefaults): LatentSizes {
  const compressed = !c.isNull("q_lora_rank") && (c.has("q_lora_rank") || defaults.queryRank !== null);
  return {
    D,
    H,
    Kn: c.size("K_n", "qk_nope_head_dim", defaults.nope),
    Kr: c.size("K_r", "qk_rope_head_dim", defaults.rope),
    Kv: c.size("K_v", "v_head_dim", defaults.value),
    C: c.size("C", "kv_lora_rank", defaults.kvRank),
    Q: compressed ? c.size("Q", "q_lora_rank", defaults.queryRank) : null,
  };
}

/** x -> C + K_r numbers (the compressed keys and values, and a rotary key that all heads share) -> H heads of keys and values.
 *  Source: DeepSeek-AI 2024 (V2), §2.1, https://arxiv.org/abs/2405.04434 */
export function latentAttention(
  { D, H, Kn, Kr, Kv, C, Q }: LatentSizes,
  bias: boolean,
  more: readonly Part[] = [],
): Part {
  const queries = H.times(Kn.plus(Kr));
  return group(
    "self_attn",
    Q
      ? [
          ...linear("q_a_proj", "attention", Q, D, bias),
          ...rmsNorm("q_a_layernorm", Q, "attention"),
          ...linear("q_b_proj", "attention", queries, Q),
        ]
      : linear("q_proj", "attention", queries, D),
    linear("kv_a_proj_with_mqa", "attention", C.plus(Kr), D, bias),
    rmsNorm("kv_a_layernorm", C, "attention"),
    linear("kv_b_proj", "attention", H.times(Kn.plus(Kv)), C),
    linear("o_proj", "attention", D, H.times(Kv), bias),
    more,
  );
}

/** Kept per token: the compressed row and the shared rotary key, for all heads together. */
export const latentCache = ({ H, C, Kn, Kr, Kv }: LatentSizes, layers: Size, most?: number): Cache => ({
  form: "MLA",
  layers,
  numbers: C.plus(Kr),
  window: null,
  // The matrices that would make keys and values are applied to the query and to the result: each head meets the row itself.
  products: H.times(C.plus(Kr).plus(C)),
  expanded: H.times(Kn.plus(Kr).plus(Kv)),
  ...(most === undefined ? {} : { most }),
});
