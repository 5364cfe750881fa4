import type { Family } from "../../architecture.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { decoder, decoderSizes, expertCounts, layers, slidingWindow } from "../../pieces/decoder.js";
import { mixture, namedByNumber, router } from "../../pieces/feedForward.js";
import { rmsNorm } from "../../part.js";

/** Mixtral: Mistral with its feed-forward layer replaced by a router and 8 experts of the same width; 2 work on a token.
 *  Source: Jiang et al. 2024, https://arxiv.org/abs/2401.04088; transformers' MixtralForCausalLM. */
export const mixtral: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 32000, hidden: 4096, inner: 14336, layers: 32, heads: 32, kvHeads: 8 });
  const { V, D, F, L } = sizes;
  const experts = expertCounts(c, [["num_local_experts", "num_experts"], 8], ["num_experts_per_tok", 2]);
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      rmsNorm("input_layernorm", D),
      groupedAttention(sizes),
      rmsNorm("post_attention_layernorm", D),
      mixture(experts, {
        name: "block_sparse_moe",
        router: router(experts.E, D),
        expert: namedByNumber(D, F, "expert"),
      }),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: L, experts, shared: 0 },
    caches: [groupedCache(sizes, L, slidingWindow(c, null))],
  });
};
