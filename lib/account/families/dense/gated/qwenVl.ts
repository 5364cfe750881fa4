/** The language models inside Qwen's models of images and text. */

import type { Family } from "../../../architecture.js";
import { lateWindows, llamaLike, type UniformDefaults } from "../../../pieces/uniform.js";

type Defaults = Pick<UniformDefaults, "hidden" | "inner" | "layers" | "heads" | "kvHeads">;

/** Qwen2's parts. @param window where windows are asked for: the default of its size, and of the first layer that has one */
const qwen2Parts = (defaults: Defaults, window: { size: number; from: number }): Family =>
  llamaLike({ ...defaults, vocab: 152064, headsDivide: true, ownHeadDim: false, tied: false }, (c, sizes) => ({
    bias: true,
    outputBias: false,
    caches: lateWindows(c, sizes, window.from, window.size),
  }));

/** Qwen2-VL and Qwen2.5-VL: Qwen2 with the sizes of its 72B model as defaults.
 *  Source: Wang et al. 2024, https://arxiv.org/abs/2409.12191; transformers' Qwen2VLForConditionalGeneration. */
export const qwen2Vl = qwen2Parts(
  { hidden: 8192, inner: 29568, layers: 80, heads: 64, kvHeads: 8 },
  { size: 4096, from: 80 },
);

/** Qwen2.5-Omni's thinker: Qwen2 with the sizes of its 7B model.
 *  Source: Xu et al. 2025, https://arxiv.org/abs/2503.20215; transformers' Qwen2_5OmniThinkerForConditionalGeneration. */
export const qwen2Omni = qwen2Parts(
  { hidden: 3584, inner: 18944, layers: 28, heads: 28, kvHeads: 4 },
  { size: 32768, from: 28 },
);

/** Qwen3-VL: Qwen3 without windows.
 *  Source: Qwen Team 2025, https://arxiv.org/abs/2511.21631; transformers' Qwen3VLForConditionalGeneration. */
export const qwen3Vl = llamaLike(
  { vocab: 151936, hidden: 4096, inner: 22016, layers: 32, heads: 32, kvHeads: 32, headDim: 128, tied: false },
  (c) => ({ bias: c.flag("attention_bias", false), qkNorm: "head" }),
);
