import type { Family } from "../../architecture.js";
import { groupedCache } from "../../pieces/attention.js";
import { decoder, decoderSizes, layers, slidingWindow } from "../../pieces/decoder.js";
import { group, linear, rmsNorm } from "../../part.js";

/** Phi-3 and Phi-4: Llama with its projections fused, queries, keys and values into one matrix, gate and up into another.
 *  Source: Abdin et al. 2024, https://arxiv.org/abs/2404.14219; transformers' Phi3ForCausalLM. */
export const phi3: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 32064,
    hidden: 3072,
    inner: 8192,
    layers: 32,
    heads: 32,
    kvHeads: null,
  });
  const { V, D, F, L, H, Hkv, K } = sizes;
  const queries = H.times(K);
  const keysAndValues = Hkv.times(K).times(2);
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      rmsNorm("input_layernorm", D),
      group(
        "self_attn",
        linear("qkv_proj", "attention", queries.plus(keysAndValues), D),
        linear("o_proj", "attention", D, queries),
      ),
      rmsNorm("post_attention_layernorm", D),
      group("mlp", linear("gate_up_proj", "feed-forward", F.times(2), D), linear("down_proj", "feed-forward", D, F)),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    caches: [groupedCache(sizes, L, slidingWindow(c, null))],
  });
};
