/** Decoders with relu² between two matrices in place of a gate. */

import type { Family } from "../../../architecture.js";
import { groupedAttention } from "../../../pieces/attention.js";
import { mlp } from "../../../pieces/feedForward.js";
import { uniform, type UniformDefaults } from "../../../pieces/uniform.js";
import { group, layerNorm, rmsNorm } from "../../../part.js";

/** Layer norms that have offsets around attention and relu². @param otherwise the default of both switches for biases */
const layerNormed = (defaults: UniformDefaults, otherwise: boolean): Family =>
  uniform(defaults, (c, sizes) => {
    const { D, F } = sizes;
    return {
      layer: [
        layerNorm("input_layernorm", D),
        groupedAttention(sizes, { bias: c.flag("attention_bias", otherwise) }),
        layerNorm("post_attention_layernorm", D),
        group("mlp", mlp(["up_proj", "down_proj"], D, F, c.flag("mlp_bias", otherwise))),
      ],
      norm: layerNorm("norm", D),
    };
  });

/** Nemotron 3 8B, Nemotron-4 and Minitron.
 *  Source: Parmar et al. 2024, https://arxiv.org/abs/2402.16819; transformers' NemotronForCausalLM. */
export const nemotron = layerNormed(
  { vocab: 256000, hidden: 6144, inner: 24576, layers: 32, heads: 48, kvHeads: null, tied: false },
  false,
);

/** Jais 2: Nemotron's parts, with biases.
 *  Source: G42 and MBZUAI 2025, model card; transformers' Jais2ForCausalLM. */
export const jais2 = layerNormed(
  { vocab: 150272, hidden: 3328, inner: 26624, layers: 32, heads: 26, kvHeads: null, tied: false },
  true,
);

/** Arcee's AFM-4.5B: Llama with relu².
 *  Source: https://www.arcee.ai/blog/announcing-the-arcee-foundation-model-family; transformers' ArceeForCausalLM. */
export const arcee = uniform(
  {
    vocab: 32000,
    hidden: 2560,
    inner: 18432,
    layers: 32,
    heads: 32,
    kvHeads: null,
    headsDivide: true,
    tied: false,
  },
  (c, sizes) => {
    const { D, F } = sizes;
    return {
      layer: [
        rmsNorm("input_layernorm", D),
        groupedAttention(sizes, { bias: c.flag("attention_bias", false) }),
        rmsNorm("post_attention_layernorm", D),
        group("mlp", mlp(["up_proj", "down_proj"], D, F, c.flag("mlp_bias", false))),
      ],
    };
  },
);
