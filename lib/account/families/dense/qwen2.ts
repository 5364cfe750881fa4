import type { Family } from "../../architecture.js";
import { groupedAttention } from "../../pieces/attention.js";
import { decoder, decoderSizes, layers, slidingCaches, slidingWindow, countTypes } from "../../pieces/decoder.js";
import { swiglu } from "../../pieces/feedForward.js";
import { group, rmsNorm } from "../../part.js";

/** Qwen2 and 2.5: Llama whose query, key and value projections always have biases, and whose output projection has none.
 *  Source: Yang et al. 2024, https://arxiv.org/abs/2407.10671; transformers' Qwen2ForCausalLM. */
export const qwen2: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 151936,
    hidden: 4096,
    inner: 22016,
    layers: 32,
    heads: 32,
    kvHeads: 32,
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
      groupedAttention(sizes, { bias: true, outputBias: false }),
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
