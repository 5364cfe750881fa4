import type { Family } from "../../architecture.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { decoder, decoderSizes, layers } from "../../pieces/decoder.js";
import { swiglu } from "../../pieces/feedForward.js";
import { group, rmsNorm } from "../../part.js";

/** Gemma 1: a large vocabulary with a tied head, heads of 256 whatever the width, GELU inside the gated feed-forward.
 *  Source: Gemma Team 2024, https://arxiv.org/abs/2403.08295; transformers' GemmaForCausalLM. */
export const gemma: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 256000,
    hidden: 3072,
    inner: 24576,
    layers: 28,
    heads: 16,
    kvHeads: 16,
    headDim: 256,
  });
  const { V, D, F, L } = sizes;
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      rmsNorm("input_layernorm", D),
      groupedAttention(sizes, { bias: c.flag("attention_bias", false) }),
      rmsNorm("post_attention_layernorm", D),
      group("mlp", swiglu(D, F)),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", true),
    depth: L,
    caches: [groupedCache(sizes, L)],
  });
};
