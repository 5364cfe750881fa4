import type { Family } from "../../architecture.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { decoder, decoderSizes, layers, slidingWindow } from "../../pieces/decoder.js";
import { swiglu } from "../../pieces/feedForward.js";
import { group, rmsNorm } from "../../part.js";

/** Mistral: Llama with fewer key-value heads and, in its first version, attention to the last 4,096 tokens alone.
 *  Source: Jiang et al. 2023, https://arxiv.org/abs/2310.06825; transformers' MistralForCausalLM. */
export const mistral: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 32000,
    hidden: 4096,
    inner: 14336,
    layers: 32,
    heads: 32,
    kvHeads: 8,
  });
  const { V, D, F, L } = sizes;
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      rmsNorm("input_layernorm", D),
      groupedAttention(sizes),
      rmsNorm("post_attention_layernorm", D),
      group("mlp", swiglu(D, F)),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    caches: [groupedCache(sizes, L, slidingWindow(c, 4096))],
  });
};
