import { groupedAttention } from "../../pieces/attention.js";
import { swiglu } from "../../pieces/feedForward.js";
import { uniform } from "../../pieces/uniform.js";
import { group, rmsNorm } from "../../part.js";

/** OLMo 2: norms after each part instead of before it, and over all heads' queries and keys at once.
 *  Source: OLMo Team 2025, https://arxiv.org/abs/2501.00656; transformers' Olmo2ForCausalLM. */
export const olmo2 = uniform(
  { vocab: 50304, hidden: 4096, inner: 11008, layers: 32, heads: 32, kvHeads: null, tied: false },
  (c, sizes) => ({
    layer: [
      groupedAttention(sizes, { bias: c.flag("attention_bias", false), qkNorm: "all" }),
      rmsNorm("post_attention_layernorm", sizes.D),
      group("mlp", swiglu(sizes.D, sizes.F)),
      rmsNorm("post_feedforward_layernorm", sizes.D),
    ],
  }),
);
