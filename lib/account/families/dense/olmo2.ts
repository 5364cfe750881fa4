import type { Family } from "../../architecture.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { decoder, decoderSizes, layers } from "../../pieces/decoder.js";
import { swiglu } from "../../pieces/feedForward.js";
import { group, rmsNorm } from "../../part.js";

/** OLMo 2: norms after each part instead of before it, and over all heads' queries and keys at once.
 *  Source: OLMo Team 2025, https://arxiv.org/abs/2501.00656; transformers' Olmo2ForCausalLM. */
export const olmo2: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 50304,
    hidden: 4096,
    inner: 11008,
    layers: 32,
    heads: 32,
    kvHeads: null,
  });
  const { V, D, F, L } = sizes;
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      groupedAttention(sizes, { bias: c.flag("attention_bias", false), qkNorm: "all" }),
      rmsNorm("post_attention_layernorm", D),
      group("mlp", swiglu(D, F)),
      rmsNorm("post_feedforward_layernorm", D),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    caches: [groupedCache(sizes, L)],
  });
};
