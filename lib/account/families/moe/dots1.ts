import type { Family } from "../../architecture.js";
import { groupedAttention } from "../../pieces/attention.js";
import {
  countTypes,
  decoder,
  decoderSizes,
  denseFirst,
  expertCounts,
  layers,
  slidingCaches,
  slidingWindow,
} from "../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { buffer, group, rmsNorm } from "../../part.js";

/** dots.llm1: DeepSeek's experts under plain attention with an RMS norm on each head's query and key.
 *  Source: Huo et al. 2025, https://arxiv.org/abs/2506.05767; transformers' Dots1ForCausalLM. */
export const dots1: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 152064, hidden: 4608, inner: 10944, layers: 62, heads: 32, kvHeads: 32 });
  const { V, D, F, L } = sizes;
  const Fe = c.size("F_e", "moe_intermediate_size", 1408);
  const S = c.count("S", "n_shared_experts", null);
  const experts = expertCounts(c, [["n_routed_experts", "num_local_experts"], null], ["num_experts_per_tok", null]);
  const { dense, sparse } = denseFirst(c, L, "first_k_dense_replace", 0);
  const first = c.number("max_window_layers", 62);
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
    caches: slidingCaches(
      sizes,
      countTypes(c, L, "sliding_attention", (i) => i >= first),
      slidingWindow(c, 4096),
    ),
  });
};
