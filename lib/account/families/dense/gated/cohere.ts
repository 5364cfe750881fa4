import type { Fields } from "../../../config/fields.js";
import { groupedAttention } from "../../../pieces/attention.js";
import type { DecoderSizes } from "../../../pieces/decoder.js";
import { swiglu } from "../../../pieces/feedForward.js";
import { everyNth, uniform, type UniformParts } from "../../../pieces/uniform.js";
import { group, layerNorm, type Part, table } from "../../../part.js";

const defaults = {
  vocab: 256000,
  hidden: 8192,
  inner: 22528,
  layers: 40,
  heads: 64,
  kvHeads: null,
  tied: true,
};

/** Attention and SwiGLU side by side after one norm, which has a factor and no offset. */
function parallel(c: Fields, sizes: DecoderSizes, more: Part[] = []): UniformParts {
  const { D, F } = sizes;
  return {
    layer: [
      layerNorm("input_layernorm", D, false),
      groupedAttention(sizes, { bias: c.flag("attention_bias", false), more }),
      group("mlp", swiglu(D, F)),
    ],
    norm: layerNorm("norm", D, false),
  };
}

/** Cohere's Command R. `use_qk_norm` (Command R+) gives each head's query and key factors of its own.
 *  Source: transformers' CohereForCausalLM. */
export const cohere = uniform(defaults, (c, sizes) => {
  const { H, Hkv, K } = sizes;
  const norms = [table("q_norm.weight", "attention", H, K), table("k_norm.weight", "attention", Hkv, K)];
  return parallel(c, sizes, c.flag("use_qk_norm", false) ? norms : []);
});

/** Command R7B and Command A: Command R where every fourth layer looks at all tokens, the others at the last 4,096.
 *  Source: Cohere 2025, https://arxiv.org/abs/2504.00698; transformers' Cohere2ForCausalLM. */
export const cohere2 = uniform(defaults, (c, sizes) => ({
  ...parallel(c, sizes),
  caches: everyNth(c, sizes, ["sliding_window_pattern", 4], 4096),
}));
