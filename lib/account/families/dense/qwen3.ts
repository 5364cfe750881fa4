import { lateWindows, llamaLike } from "../../pieces/uniform.js";

/** Qwen3: Llama with an RMS norm on each head's query and key, and heads of 128 whatever the width.
 *  Source: Yang et al. 2025, https://arxiv.org/abs/2505.09388; transformers' Qwen3ForCausalLM. */
export const qwen3 = llamaLike(
  { vocab: 151936, hidden: 4096, inner: 22016, layers: 32, heads: 32, kvHeads: 32, headDim: 128, tied: false },
  (c, sizes) => ({
    bias: c.flag("attention_bias", false),
    qkNorm: "head",
    caches: lateWindows(c, sizes, 28, 4096),
  }),
);
