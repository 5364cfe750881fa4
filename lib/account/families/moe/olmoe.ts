import type { Family } from "../../architecture.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { decoder, decoderSizes, expertCounts, layers } from "../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { rmsNorm } from "../../part.js";

/** OLMoE: 64 small experts of which 8 work; norms over all heads' queries and keys at once.
 *  Source: Muennighoff et al. 2024, https://arxiv.org/abs/2409.02060; transformers' OlmoeForCausalLM. */
export const olmoe: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 50304, hidden: 2048, inner: 2048, layers: 16, heads: 16, kvHeads: null });
  const { V, D, F, L } = sizes;
  const experts = expertCounts(c, [["num_experts", "num_local_experts"], 64], ["num_experts_per_tok", 8]);
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      rmsNorm("input_layernorm", D),
      groupedAttention(sizes, { bias: c.flag("attention_bias", false), qkNorm: "all" }),
      rmsNorm("post_attention_layernorm", D),
      mixture(experts, { router: router(experts.E, D), expert: swiglu(D, F, false, "expert") }),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: L, experts, shared: 0 },
    caches: [groupedCache(sizes, L)],
  });
};
