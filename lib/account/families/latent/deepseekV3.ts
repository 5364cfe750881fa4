import type { Family } from "../../architecture.js";
import { decoder, denseFirst, expertCounts, layers } from "../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { latentAttention, latentCache, latentSizes } from "../../pieces/latentAttention.js";
import { buffer, group, rmsNorm } from "../../part.js";

/** DeepSeek-V3, R1 and Kimi K2: latent attention, 256 or more small experts and a shared one. The routing bias that balances
 *  their load is set by a rule, not by gradients, so it is a buffer. Multi-token prediction modules are not counted.
 *  Source: DeepSeek-AI 2024, https://arxiv.org/abs/2412.19437; transformers' DeepseekV3ForCausalLM. */
export const deepseekV3: Family = (c) => {
  const V = c.size("V", "vocab_size", 129280);
  const D = c.size("D", "hidden_size", 7168);
  const F = c.size("F", "intermediate_size", 18432);
  const L = c.depth("L", "num_hidden_layers", 61);
  const H = c.size("H", "num_attention_heads", 128);
  const Fe = c.size("F_e", "moe_intermediate_size", 2048);
  const S = c.count("S", "n_shared_experts", 1);
  const sizes = latentSizes(c, D, H, { kvRank: 512, queryRank: 1536, nope: 128, rope: 64, value: 128 });
  const experts = expertCounts(c, [["n_routed_experts", "num_local_experts"], 256], ["num_experts_per_tok", 8]);
  const { dense, sparse } = denseFirst(c, L, "first_k_dense_replace", 3);
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
      ...layers("dense layers", dense, group("mlp", swiglu(D, F))),
      ...layers(
        "expert layers",
        sparse,
        mixture(experts, {
          router: [...router(experts.E, D), buffer("e_score_correction_bias", "router", experts.E)],
          expert: swiglu(D, Fe, false, "expert"),
          shared: [group("shared_experts", swiglu(D, S.times(Fe), false, "shared expert"))],
        }),
      ),
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: sparse, experts, shared: Number(S.value) },
    caches: [latentCache(sizes, L)],
  });
};
