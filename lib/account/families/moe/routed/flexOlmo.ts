import type { Family } from "../../../architecture.js";
import { groupedAttention, groupedCache } from "../../../pieces/attention.js";
import { decoder, decoderSizes, expertCounts, layers } from "../../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../../pieces/feedForward.js";
import { rmsNorm } from "../../../part.js";

/** FlexOlmo: OLMo 2 with experts that were trained apart, on data of several owners.
 *  Source: Shi et al. 2025, https://arxiv.org/abs/2507.07024; transformers' FlexOlmoForCausalLM. */
export const flexOlmo: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 100352,
    hidden: 4096,
    inner: 11008,
    layers: 32,
    heads: 32,
    kvHeads: null,
  });
  const { V, D, F, L } = sizes;
  const experts = expertCounts(c, [["num_experts", "num_local_experts"], 7], ["num_experts_per_tok", 5]);
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      groupedAttention(sizes, { bias: c.flag("attention_bias", false), qkNorm: "all" }),
      rmsNorm("post_attention_layernorm", D),
      mixture(experts, { router: router(experts.E, D), expert: swiglu(D, F, false, "expert") }),
      rmsNorm("post_feedforward_layernorm", D),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: L, experts, shared: 0 },
    caches: [groupedCache(sizes, L)],
  });
};
