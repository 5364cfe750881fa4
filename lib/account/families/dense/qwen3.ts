import type { Family } from "../../architecture.js";
import { groupedAttention } from "../../pieces/attention.js";
import { decoder, decoderSizes, layers, slidingCaches, slidingWindow, countTypes } from "../../pieces/decoder.js";
import { swiglu } from "../../pieces/feedForward.js";
import { group, rmsNorm } from "../../part.js";

/** Qwen3: Llama with an RMS norm on each head's query and key, and heads of 128 whatever the width.
 *  Source: Yang et al. 2025, https://arxiv.org/abs/2505.09388; transformers' Qwen3ForCausalLM. */
export const qwen3: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 151936,
    hidden: 4096,
    inner: 22016,
    layers: 32,
    heads: 32,
    kvHeads: 32,
    headDim: 128,
  });
  const { V, D, F, L } = sizes;
  const window = c.flag("use_sliding_window", false) ? slidingWindow(c, 4096) : null;
  const first = c.number("max_window_layers", 28);
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      rmsNorm("input_layernorm", D),
      groupedAttention(sizes, { bias: c.flag("attention_bias", false), qkNorm: "head" }),
      rmsNorm("post_attention_layernorm", D),
      group("mlp", swiglu(D, F)),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    caches: slidingCaches(
      sizes,
      countTypes(c, L, "sliding_attention", (i) => i >= first),
      window,
    ),
  });
};
