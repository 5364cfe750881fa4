/** The language models inside Qwen's models of images and text. */

import { lateWindows, llamaLike } from "../../../pieces/uniform.js";

/** Qwen2-VL and Qwen2.5-VL: Qwen2 with the sizes of its 72B model as defaults.
 *  Source: Wang et al. 2024, https://arxiv.org/abs/2409.12191; transformers' Qwen2VLForConditionalGeneration. */
export const qwen2Vl = llamaLike(
  {
    vocab: 152064,
    hidden: 8192,
    inner: 29568,
    layers: 80,
    heads: 64,
    kvHeads: 8,
    headsDivide: true,
    ownHeadDim: false,
    tied: false,
  },
  (c, sizes) => ({ bias: true, outputBias: false, caches: lateWindows(c, sizes, 80, 4096) }),
);

/** Qwen3-VL: Qwen3 without windows.
 *  Source: Qwen Team 2025, https://arxiv.org/abs/2511.21631; transformers' Qwen3VLForConditionalGeneration. */
export const qwen3Vl = llamaLike(
  { vocab: 151936, hidden: 4096, inner: 22016, layers: 32, heads: 32, kvHeads: 32, headDim: 128, tied: false },
  (c) => ({ bias: c.flag("attention_bias", false), qkNorm: "head" }),
);
