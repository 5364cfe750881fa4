import { llamaLike } from "../../pieces/uniform.js";

/** Gemma 1: a large vocabulary with a tied head, heads of 256 whatever the width, GELU inside the gated feed-forward.
 *  Source: Gemma Team 2024, https://arxiv.org/abs/2403.08295; transformers' GemmaForCausalLM. */
export const gemma = llamaLike(
  { vocab: 256000, hidden: 3072, inner: 24576, layers: 28, heads: 16, kvHeads: 16, headDim: 256, tied: true },
  (c) => ({ bias: c.flag("attention_bias", false) }),
);
