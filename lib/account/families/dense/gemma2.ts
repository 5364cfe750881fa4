import type { Family } from "../../architecture.js";
import { groupedAttention } from "../../pieces/attention.js";
import { countTypes, decoder, decoderSizes, layers, slidingCaches, slidingWindow } from "../../pieces/decoder.js";
import { swiglu } from "../../pieces/feedForward.js";
import { group, rmsNorm } from "../../part.js";

/** Gemma 2: Gemma with a norm before and after each part, and every other layer looking at the last 4,096 tokens alone.
 *  Source: Gemma Team 2024, https://arxiv.org/abs/2408.00118; transformers' Gemma2ForCausalLM. */
export const gemma2: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 256000,
    hidden: 2304,
    inner: 9216,
    layers: 26,
    heads: 8,
    kvHeads: 4,
    headsDivide: true,
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
      rmsNorm("pre_feedforward_layernorm", D),
      group("mlp", swiglu(D, F)),
      rmsNorm("post_feedforward_layernorm", D),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", true),
    depth: L,
    caches: slidingCaches(
      sizes,
      countTypes(c, L, "sliding_attention", (i) => i % 2 === 0),
      slidingWindow(c, 4096),
    ),
  });
};
