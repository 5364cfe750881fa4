import type { Family } from "../../architecture.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { decoder, decoderSizes, layers } from "../../pieces/decoder.js";
import { swiglu } from "../../pieces/feedForward.js";
import { group, rmsNorm } from "../../part.js";

/** Llama 1 to 3.x: RMS norm before each part, rotary positions, grouped heads, SwiGLU, no biases.
 *  Source: Touvron et al. 2023, https://arxiv.org/abs/2302.13971; transformers' LlamaForCausalLM. */
export const llama: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 32000,
    hidden: 4096,
    inner: 11008,
    layers: 32,
    heads: 32,
    kvHeads: null,
    headsDivide: true,
  });
  const { V, D, F, L } = sizes;
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      rmsNorm("input_layernorm", D),
      groupedAttention(sizes, { bias: c.flag("attention_bias", false) }),
      rmsNorm("post_attention_layernorm", D),
      group("mlp", swiglu(D, F, c.flag("mlp_bias", false))),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    caches: [groupedCache(sizes, L)],
  });
};
