import type { Family } from "../../architecture.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { decoder, decoderSizes, expertCounts, layers, slidingWindow } from "../../pieces/decoder.js";
import { mixture, namedByNumber, router } from "../../pieces/feedForward.js";
import { layerNorm } from "../../part.js";

/** Phi-3.5-MoE: 16 experts of which 2 work; LayerNorm with offsets, and biases in attention and head where the config has them.
 *  Source: Abdin et al. 2024, https://arxiv.org/abs/2404.14219; transformers' PhimoeForCausalLM. */
export const phimoe: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 32064, hidden: 4096, inner: 6400, layers: 32, heads: 32, kvHeads: 8 });
  const { V, D, F, L } = sizes;
  const experts = expertCounts(c, ["num_local_experts", 16], ["num_experts_per_tok", 2]);
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      layerNorm("input_layernorm", D),
      groupedAttention(sizes, { bias: c.flag("attention_bias", false) }),
      layerNorm("post_attention_layernorm", D),
      mixture(experts, {
        name: "block_sparse_moe",
        router: router(experts.E, D),
        expert: namedByNumber(D, F, "expert"),
      }),
    ),
    norm: layerNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    headBias: c.flag("lm_head_bias", false),
    depth: L,
    moe: { layers: L, experts, shared: 0 },
    caches: [groupedCache(sizes, L, slidingWindow(c, null))],
  });
};
