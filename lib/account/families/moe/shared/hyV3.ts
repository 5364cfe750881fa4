import type { Family } from "../../../architecture.js";
import { groupedAttention, groupedCache } from "../../../pieces/attention.js";
import { decoder, decoderSizes, layers } from "../../../pieces/decoder.js";
import { expertLayers, smallExperts } from "../../../pieces/smallExperts.js";
import { rmsNorm } from "../../../part.js";

/** Hunyuan 3: the first layer dense, then small experts with a shared one.
 *  Source: Tencent 2026, Hy3 model card; transformers' HYV3ForCausalLM. */
export const hyV3: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 120832,
    hidden: 4096,
    inner: 13312,
    layers: 80,
    heads: 64,
    kvHeads: 8,
    headDim: 128,
  });
  const { V, D, L } = sizes;
  const mlp = smallExperts(c, sizes, {
    kinds: expertLayers(c, L, 1),
    total: [["num_experts", "num_local_experts"], 192],
    topK: ["num_experts_per_tok", 8],
    inner: 1536,
    shared: ["num_shared_experts", 1],
    bias: c.flag("mlp_bias", false),
  });
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
      ...mlp.layers,
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: mlp.moe,
    caches: [groupedCache(sizes, L)],
  });
};
