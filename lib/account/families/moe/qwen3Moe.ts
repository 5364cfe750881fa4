import type { Family } from "../../architecture.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { decoder, decoderSizes, layers } from "../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { sparseSteps } from "../../pieces/sparse.js";
import { group, rmsNorm } from "../../part.js";

/** Qwen3-MoE: 128 small experts of which 8 work, no shared one; an RMS norm on each head's query and key.
 *  Source: Yang et al. 2025, https://arxiv.org/abs/2505.09388; transformers' Qwen3MoeForCausalLM. */
export const qwen3Moe: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 151936, hidden: 2048, inner: 6144, layers: 24, heads: 32, kvHeads: 4 });
  const { V, D, F, L } = sizes;
  const Fe = c.size("F_e", "moe_intermediate_size", 768);
  const total = ["num_experts", "num_local_experts"] as const;
  const { dense, sparse, experts } = sparseSteps(c, L, [total, 128], ["num_experts_per_tok", 8]);
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        groupedAttention(sizes, { bias: c.flag("attention_bias", false), qkNorm: "head" }),
        rmsNorm("post_attention_layernorm", D),
      ),
      ...layers("dense layers", dense, group("mlp", swiglu(D, F))),
      ...layers(
        "expert layers",
        sparse,
        mixture(experts, { router: router(experts.E, D), expert: swiglu(D, Fe, false, "expert") }),
      ),
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: sparse, experts, shared: 0 },
    caches: [groupedCache(sizes, L)],
  });
};
