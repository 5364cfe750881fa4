import type { Family } from "../../../architecture.js";
import { groupedAttention, groupedCache } from "../../../pieces/attention.js";
import { decoder, decoderSizes, expertCounts, layers } from "../../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../../pieces/feedForward.js";
import { sharedExperts } from "../../../pieces/smallExperts.js";
import { rmsNorm } from "../../../part.js";

/** The language model of Aria: experts and shared ones in every layer, all as wide as intermediate_size.
 *  Source: Rhymes AI 2024, https://arxiv.org/abs/2410.05993; transformers' AriaTextForCausalLM. */
export const aria: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 32000, hidden: 4096, inner: 4096, layers: 32, heads: 32, kvHeads: null });
  const { V, D, F, L } = sizes;
  const experts = expertCounts(c, ["moe_num_experts", 8], ["moe_topk", 2]);
  const S = c.count("S", "moe_num_shared_experts", 2);
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      rmsNorm("input_layernorm", D),
      groupedAttention(sizes, { bias: c.flag("attention_bias", false) }),
      rmsNorm("post_attention_layernorm", D),
      mixture(experts, {
        router: router(experts.E, D, "router"),
        expert: swiglu(D, F, false, "expert"),
        shared: sharedExperts(S, D, F, c.flag("mlp_bias", false)),
      }),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: L, experts, shared: Number(S.value) },
    caches: [groupedCache(sizes, L)],
  });
};
