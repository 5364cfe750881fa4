/** Types that transformers builds from another type's class, with defaults and names of their own. */

import type { Family } from "../../architecture.js";
import type { Config } from "../../config/fields.js";
import { gpt2 } from "../dense/gpt2.js";
import { phi3 } from "../dense/phi3.js";
import { qwen2 } from "../dense/qwen2.js";
import { deepseekV3 } from "../latent/deepseekV3.js";
import { glm4Moe } from "../moe/glm4Moe.js";

/** @param names the type's own names of fields -> the family's */
const alias =
  (family: Family, defaults: Config, names: Readonly<Record<string, string>> = {}): Family =>
  (c) =>
    family(c.renamed(names).withDefaults(defaults));

/** More than any model has layers. */
const ALL = 1_000_000;

/** DeepSeek-V3's attention under a dense feed-forward layer. */
const latentDense = (defaults: Config): Family => {
  const family = alias(deepseekV3, { ...defaults, n_routed_experts: 1, num_experts_per_tok: 1 });
  return (c) => {
    if (c.flag("mlp_bias", false))
      c.fail("mlp_bias", "is true, and biases of this type's feed-forward layers are not counted here");
    return family(c.with({ first_k_dense_replace: ALL }));
  };
};

const MINICPM3 = { hidden_size: 2560, num_attention_heads: 40 };

export const ALIASES: Readonly<Record<string, Family>> = {
  "gpt-sw3": gpt2,
  minicpm3: (c) => {
    const { hidden_size: D, num_attention_heads: H } = { ...MINICPM3, ...c.values };
    const value = typeof D === "number" && typeof H === "number" && H > 0 ? Math.floor(D / H) : 64;
    return latentDense({
      ...MINICPM3,
      vocab_size: 73448,
      intermediate_size: 6400,
      num_hidden_layers: 62,
      q_lora_rank: 768,
      kv_lora_rank: 256,
      qk_nope_head_dim: 64,
      qk_rope_head_dim: 32,
      v_head_dim: value,
      tie_word_embeddings: true,
    })(c.isNull("v_head_dim") ? c.with({ v_head_dim: value }) : c);
  },
  phi4_multimodal: alias(phi3, {
    vocab_size: 200064,
    num_key_value_heads: 8,
    intermediate_size: 8192,
  }),
  // The language models of Qwen's models of images and sound.
  qwen2_5_omni_text: qwen2,
  qwen2_5_vl: qwen2, // the first files have no text_config
  qwen2_5_vl_text: qwen2,
  qwen2_vl: qwen2,
  qwen2_vl_text: qwen2,
  sarvam_mla: alias(
    deepseekV3,
    {
      vocab_size: 262144,
      hidden_size: 4096,
      intermediate_size: 16384,
      moe_intermediate_size: 2048,
      num_hidden_layers: 32,
      num_attention_heads: 64,
      n_routed_experts: 128,
      q_lora_rank: null,
      first_k_dense_replace: 1,
    },
    { num_experts: "n_routed_experts", num_local_experts: "n_routed_experts", num_shared_experts: "n_shared_experts" },
  ),
  sarvam_moe: alias(
    glm4Moe,
    {
      vocab_size: 262144,
      intermediate_size: 8192,
      moe_intermediate_size: 1024,
      num_hidden_layers: 19,
      num_attention_heads: 64,
      num_key_value_heads: 4,
      head_dim: 64,
      num_experts_per_tok: 6,
      use_qk_norm: true,
    },
    { num_experts: "n_routed_experts", num_shared_experts: "n_shared_experts", use_qkv_bias: "attention_bias" },
  ),
  youtu: latentDense({
    vocab_size: 128256,
    hidden_size: 2048,
    intermediate_size: 6144,
    num_hidden_layers: 32,
    num_attention_heads: 16,
    q_lora_rank: 1536,
    kv_lora_rank: 512,
    tie_word_embeddings: true,
  }),
};
