import type { Family } from "../../../architecture.js";
import type { Fields } from "../../../config/fields.js";
import { groupedAttention } from "../../../pieces/attention.js";
import type { DecoderSizes } from "../../../pieces/decoder.js";
import { uniform } from "../../../pieces/uniform.js";
import { fused, group, linear, type Part, rmsNorm } from "../../../part.js";

const inHeads = { vocab: 151552, hidden: 4096, inner: 13696, layers: 40, heads: 32, kvHeads: 2, tied: false };
const defaults = { ...inHeads, headDim: 128 };
const attention = (c: Fields, sizes: DecoderSizes): Part =>
  groupedAttention(sizes, { bias: c.flag("attention_bias", true), outputBias: false });
const feedForward = ({ D, F }: DecoderSizes): Part =>
  group(
    "mlp",
    fused("gate_up_proj", "feed-forward", { gate_proj: F, up_proj: F }, D),
    linear("down_proj", "feed-forward", D, F),
  );

/** GLM-4-9B: Llama with biases on queries, keys and values, and gate and up in one matrix.
 *  Source: GLM Team 2024, https://arxiv.org/abs/2406.12793; transformers' GlmForCausalLM. */
export const glm = uniform(defaults, (c, sizes) => ({
  layer: [
    rmsNorm("input_layernorm", sizes.D),
    attention(c, sizes),
    rmsNorm("post_attention_layernorm", sizes.D),
    feedForward(sizes),
  ],
}));

const normed = (c: Fields, sizes: DecoderSizes) => ({
  layer: [
    rmsNorm("input_layernorm", sizes.D),
    attention(c, sizes),
    rmsNorm("post_self_attn_layernorm", sizes.D),
    rmsNorm("post_attention_layernorm", sizes.D),
    feedForward(sizes),
    rmsNorm("post_mlp_layernorm", sizes.D),
  ],
});

/** GLM-4-0414: GLM-4 with a norm after each part, too.
 *  Source: transformers' Glm4ForCausalLM. */
export const glm4 = uniform(defaults, normed);

const withoutHeadDim = uniform(inHeads, normed);

/** The language model of GLM-4.1V: the same parts, always with biases, in heads that share the width.
 *  Source: GLM-V Team 2025, https://arxiv.org/abs/2507.01006; transformers' Glm4vForConditionalGeneration. */
export const glm4v: Family = (c) => withoutHeadDim(c.with({ attention_bias: true }));
