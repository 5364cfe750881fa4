import type { Family } from "../../architecture.js";
import { groupedCache } from "../../pieces/attention.js";
import { decoder, decoderSizes, layers, slidingWindow } from "../../pieces/decoder.js";
import { fused, group, linear, rmsNorm } from "../../part.js";

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
  const keys = Hkv.times(K);
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      rmsNorm("input_layernorm", D),
      group(
        "self_attn",
        fused("qkv_proj", "attention", { q_proj: queries, k_proj: keys, v_proj: keys }, D),
        linear("o_proj", "attention", D, queries),
      ),
      rmsNorm("post_attention_layernorm", D),
      group(
        "mlp",
        fused("gate_up_proj", "feed-forward", { gate_proj: F, up_proj: F }, D),
        linear("down_proj", "feed-forward", D, F),
      ),
    ),
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    caches: [groupedCache(sizes, L, slidingWindow(c, null))],
  });
};
