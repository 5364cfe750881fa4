import type { Family } from "../../../architecture.js";
import { groupedCache } from "../../../pieces/attention.js";
import { decoder, headsDivide, layers, perHead } from "../../../pieces/decoder.js";
import { mlp } from "../../../pieces/feedForward.js";
import { fused, group, layerNorm, linear } from "../../../part.js";

/** BLOOM: a norm right after the embedding, and positions by a fixed slope for each head (ALiBi).
 *  Source: BigScience 2022, https://arxiv.org/abs/2211.05100; transformers' BloomForCausalLM. */
export const bloom: Family = (c) => {
  const V = c.size("V", "vocab_size", 250880);
  const D = c.size("D", ["n_embed", "hidden_size"], 64);
  const L = c.depth("L", ["n_layer", "num_hidden_layers"], 2);
  const H = c.size("H", ["n_head", "num_attention_heads"], 8);
  headsDivide(c, D, H);
  return decoder(c, {
    V,
    D,
    embedding: "word_embeddings",
    more: layerNorm("word_embeddings_layernorm", D),
    layers: layers(
      "h",
      L,
      layerNorm("input_layernorm", D),
      group(
        "self_attention",
        fused("query_key_value", "attention", { q_proj: D, k_proj: D, v_proj: D }, D, true),
        linear("dense", "attention", D, D, true),
      ),
      layerNorm("post_attention_layernorm", D),
      group("mlp", mlp(["dense_h_to_4h", "dense_4h_to_h"], D, D.times(4), true)),
    ),
    norm: layerNorm("ln_f", D),
    tied: c.flag("tie_word_embeddings", true),
    depth: L,
    caches: [groupedCache({ H, Hkv: H, K: perHead(c, D, H) }, L)],
  });
};
