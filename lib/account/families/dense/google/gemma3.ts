import { groupedAttention } from "../../../pieces/attention.js";
import { swiglu } from "../../../pieces/feedForward.js";
import { everyNth, uniform } from "../../../pieces/uniform.js";
import { group, rmsNorm } from "../../../part.js";

const defaults = { hidden: 2304, inner: 9216, layers: 26, heads: 8, kvHeads: 4, headDim: 256, tied: true };

/** Gemma 3: Gemma 2 with an RMS norm on each head's query and key, and windows in five of six layers.
 *  Source: Gemma Team 2025, https://arxiv.org/abs/2503.19786; transformers' Gemma3ForCausalLM. */
export const gemma3 = uniform({ ...defaults, vocab: 262208, headsDivide: true }, (c, sizes) => {
  const { D, F } = sizes;
  return {
    layer: [
      rmsNorm("input_layernorm", D),
      groupedAttention(sizes, { bias: c.flag("attention_bias", false), qkNorm: "head" }),
      rmsNorm("post_attention_layernorm", D),
      rmsNorm("pre_feedforward_layernorm", D),
      group("mlp", swiglu(D, F)),
      rmsNorm("post_feedforward_layernorm", D),
    ],
    caches: everyNth(c, sizes, ["sliding_window_pattern", 6], 4096),
  };
});

/** VaultGemma: Gemma 2 with norms before each part alone, trained with differential privacy.
 *  Source: Sinha et al. 2025, https://arxiv.org/abs/2510.15001; transformers' VaultGemmaForCausalLM. */
export const vaultGemma = uniform({ ...defaults, vocab: 256000, headsDivide: true }, (c, sizes) => {
  const { D, F } = sizes;
  return {
    layer: [
      rmsNorm("input_layernorm", D),
      groupedAttention(sizes, { bias: c.flag("attention_bias", false) }),
      rmsNorm("pre_feedforward_layernorm", D),
      group("mlp", swiglu(D, F)),
    ],
    caches: everyNth(c, sizes, 2, 4096),
  };
});
