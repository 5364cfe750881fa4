import type { Family } from "../../architecture.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { decoder, decoderSizes, denseFirst, expertCounts, layers } from "../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { buffer, group, rmsNorm } from "../../part.js";

/** GLM-4.5: the first layers dense, then small experts with shared ones; a routing bias that is not trained by gradients.
 *  Source: GLM-4.5 Team 2025, https://arxiv.org/abs/2508.06471; transformers' Glm4MoeForCausalLM. */
export const glm4Moe: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 151552, hidden: 4096, inner: 10944, layers: 46, heads: 96, kvHeads: 8 });
  const { V, D, F, L } = sizes;
  const Fe = c.size("F_e", "moe_intermediate_size", 1408);
  const S = c.count("S", "n_shared_experts", 1);
  const experts = expertCounts(c, [["n_routed_experts", "num_local_experts"], 128], ["num_experts_per_tok", 8]);
  const { dense, sparse } = denseFirst(c, L, "first_k_dense_replace", 1);
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        groupedAttention(sizes, {
          bias: c.flag("attention_bias", false),
          outputBias: false,
          qkNorm: c.flag("use_qk_norm", false) ? "head" : null,
        }),
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
    caches: [groupedCache(sizes, L)],
  });
};
