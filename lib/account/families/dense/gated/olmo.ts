import { groupedAttention } from "../../../pieces/attention.js";
import { swiglu } from "../../../pieces/feedForward.js";
import { everyNth, uniform } from "../../../pieces/uniform.js";
import { group, rmsNorm } from "../../../part.js";

const defaults = {
  vocab: 50304,
  hidden: 4096,
  inner: 11008,
  layers: 32,
  heads: 32,
  kvHeads: null,
  tied: false,
};

/** OLMo: Llama whose norms learn nothing, neither factors nor offsets.
 *  Source: Groeneveld et al. 2024, https://arxiv.org/abs/2402.00838; transformers' OlmoForCausalLM. */
export const olmo = uniform(defaults, (c, sizes) => ({
  layer: [groupedAttention(sizes, { bias: c.flag("attention_bias", false) }), group("mlp", swiglu(sizes.D, sizes.F))],
  norm: [],
}));

/** OLMo 3: OLMo 2 where every fourth layer looks at all tokens, the others at the last 4,096.
 *  Source: OLMo Team 2025, https://allenai.org/papers/olmo3; transformers' Olmo3ForCausalLM. */
export const olmo3 = uniform(defaults, (c, sizes) => {
  const { D, F } = sizes;
  return {
    layer: [
      groupedAttention(sizes, { bias: c.flag("attention_bias", false), qkNorm: "all" }),
      rmsNorm("post_attention_layernorm", D),
      group("mlp", swiglu(D, F)),
      rmsNorm("post_feedforward_layernorm", D),
    ],
    caches: everyNth(c, sizes, 4, 4096),
  };
});
