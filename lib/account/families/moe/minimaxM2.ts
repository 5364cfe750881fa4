import type { Family } from "../../architecture.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { decoder, decoderSizes, expertCounts, layers } from "../../pieces/decoder.js";
import { mixture, namedByNumber, router } from "../../pieces/feedForward.js";
import { buffer, rmsNorm } from "../../part.js";

/** MiniMax-M2: full attention with norms over all heads at once, 256 experts of which 8 work.
 *  Source: MiniMax 2025, MiniMax-M2 model card; transformers' MiniMaxM2ForCausalLM. */
export const minimaxM2: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 200064,
    hidden: 3072,
    inner: 1536,
    layers: 62,
    heads: 48,
    kvHeads: 8,
    headDim: 128,
  });
  const { V, D, F, L } = sizes;
  const experts = expertCounts(c, [["num_local_experts", "num_experts"], 256], ["num_experts_per_tok", 8]);
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      rmsNorm("input_layernorm", D),
      groupedAttention(sizes, { qkNorm: "all" }),
      rmsNorm("post_attention_layernorm", D),
      mixture(experts, {
        name: "block_sparse_moe",
        router: [...router(experts.E, D), buffer("e_score_correction_bias", "router", experts.E)],
        expert: namedByNumber(D, F, "expert"),
      }),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: L, experts, shared: 0 },
    caches: [groupedCache(sizes, L)],
  });
};
