import type { Family } from "../../architecture.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { decoder, decoderSizes, expertCounts, layers } from "../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { rmsNorm } from "../../part.js";

/** Granite MoE (IBM): Llama with experts in every layer.
 *  Source: Granite Team 2024, Granite 3.0 language models; transformers' GraniteMoeForCausalLM. */
export const graniteMoe: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 32000, hidden: 4096, inner: 11008, layers: 32, heads: 32, kvHeads: null });
  const { V, D, F, L } = sizes;
  const experts = expertCounts(c, ["num_local_experts", 8], ["num_experts_per_tok", 2]);
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
        name: "block_sparse_moe",
        router: router(experts.E, D, "router"),
        expert: swiglu(D, F, false, "expert"),
      }),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: L, experts, shared: 0 },
    caches: [groupedCache(sizes, L)],
  });
};
