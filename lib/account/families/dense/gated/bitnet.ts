import { groupedAttention } from "../../../pieces/attention.js";
import { swiglu } from "../../../pieces/feedForward.js";
import { uniform } from "../../../pieces/uniform.js";
import { group, rmsNorm } from "../../../part.js";

/** BitNet b1.58: weights of -1, 0 and 1, and a norm before each last projection.
 *  Source: Ma et al. 2025, https://arxiv.org/abs/2504.12285; transformers' BitNetForCausalLM. */
export const bitnet = uniform(
  {
    vocab: 128256,
    hidden: 2560,
    inner: 6912,
    layers: 30,
    heads: 20,
    kvHeads: 5,
    ownHeadDim: false,
    tied: false,
  },
  (c, sizes) => {
    const { D, F } = sizes;
    return {
      layer: [
        rmsNorm("input_layernorm", D),
        groupedAttention(sizes, { bias: c.flag("attention_bias", false), more: rmsNorm("attn_sub_norm", D) }),
        rmsNorm("post_attention_layernorm", D),
        group("mlp", swiglu(D, F), rmsNorm("ffn_sub_norm", F)),
      ],
    };
  },
);
