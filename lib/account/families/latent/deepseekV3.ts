import type { Family } from "../../architecture.js";
import { decoder, denseFirst, layers } from "../../pieces/decoder.js";
import { latentAttention, latentCache, latentSizes } from "../../pieces/latentAttention.js";
import { smallExperts } from "../../pieces/smallExperts.js";
import { rmsNorm } from "../../part.js";

interface Defaults {
  vocab: number;
  hidden: number;
  inner: number;
  layers: number;
  heads: number;
  queryRank: number | null;
  experts: number;
  dense: number;
}

const withDefaults =
  (defaults: Defaults): Family =>
  (c) => {
    const V = c.size("V", "vocab_size", defaults.vocab);
    const D = c.size("D", "hidden_size", defaults.hidden);
    const F = c.size("F", "intermediate_size", defaults.inner);
    const L = c.depth("L", "num_hidden_layers", defaults.layers);
    const H = c.size("H", "num_attention_heads", defaults.heads);
    const { queryRank } = defaults;
    const sizes = latentSizes(c, D, H, { kvRank: 512, queryRank, nope: 128, rope: 64, value: 128 });
    const mlp = smallExperts(
      c,
      { D, F },
      {
        kinds: denseFirst(c, L, "first_k_dense_replace", defaults.dense),
        total: [["n_routed_experts", "num_local_experts", "num_experts"], defaults.experts],
        topK: ["num_experts_per_tok", 8],
        inner: 2048,
        shared: [["n_shared_experts", "num_shared_experts"], 1],
      },
    );
    return decoder(c, {
      V,
      D,
      layers: [
        ...layers(
          "layers",
          L,
          rmsNorm("input_layernorm", D),
          latentAttention(sizes, c.flag("attention_bias", false)),
          rmsNorm("post_attention_layernorm", D),
        ),
        ...mlp.layers,
      ],
      norm: rmsNorm("norm", D),
      tied: c.flag("tie_word_embeddings", false),
      depth: L,
      moe: mlp.moe,
      caches: [latentCache(sizes, L)],
    });
  };

/** DeepSeek-V3, R1 and Kimi K2: latent attention, 256 or more small experts and a shared one. The routing bias that balances
 *  their load is set by a rule, not by gradients, so it is a buffer. Multi-token prediction modules are not counted.
 *  Source: DeepSeek-AI 2024, https://arxiv.org/abs/2412.19437; transformers' DeepseekV3ForCausalLM. */
export const deepseekV3 = withDefaults({
  vocab: 129280,
  hidden: 7168,
  inner: 18432,
  layers: 61,
  heads: 128,
  queryRank: 1536,
  experts: 256,
  dense: 3,
});

/** Sarvam's larger mixture. Source: Sarvam AI 2026, model card; transformers counts it as DeepseekV3ForCausalLM. */
export const sarvamMla = withDefaults({
  vocab: 262144,
  hidden: 4096,
  inner: 16384,
  layers: 32,
  heads: 64,
  queryRank: null,
  experts: 128,
  dense: 1,
});
