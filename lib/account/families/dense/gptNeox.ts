import type { Family } from "../../architecture.js";
import { groupedCache } from "../../pieces/attention.js";
import { decoder, headsDivide, layers, perHead } from "../../pieces/decoder.js";
import { mlp } from "../../pieces/feedForward.js";
import { fused, group, layerNorm, linear, weight } from "../../part.js";

/** GPT-NeoX and Pythia: attention and feed-forward side by side on one residual; rotary positions.
 *  Source: Black et al. 2022, https://arxiv.org/abs/2204.06745; transformers' GPTNeoXForCausalLM. */
export const gptNeox: Family = (c) => {
  const V = c.size("V", "vocab_size", 50432);
  const D = c.size("D", "hidden_size", 6144);
  const F = c.size("F", "intermediate_size", 24576);
  const L = c.depth("L", "num_hidden_layers", 44);
  const H = c.size("H", "num_attention_heads", 64);
  headsDivide(c, D, H);
  const bias = c.flag("attention_bias", true);
  return decoder(c, {
    V,
    D,
    embedding: "embed_in",
    layers: layers(
      "layers",
      L,
      layerNorm("input_layernorm", D),
      layerNorm("post_attention_layernorm", D),
      group(
        "attention",
        fused("query_key_value", "attention", { q_proj: D, k_proj: D, v_proj: D }, D, bias),
        linear("dense", "attention", D, D, bias),
      ),
      group("mlp", mlp(["dense_h_to_4h", "dense_4h_to_h"], D, F, true)),
    ),
    norm: layerNorm("final_layer_norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    caches: [groupedCache({ H, Hkv: H, K: perHead(c, D, H) }, L)],
  });
};

/** GPT-NeoX-Japanese: no biases but one on the last layer's output projection; the feed-forward layer's width as a multiple.
 *  Source: ABEJA 2022, https://github.com/tanreinama/gpt-neox-japanese; transformers' GPTNeoXJapaneseForCausalLM. */
export const gptNeoxJapanese: Family = (c) => {
  const V = c.size("V", "vocab_size", 32000);
  const D = c.size("D", "hidden_size", 2560);
  const F = D.times(c.size("m", "intermediate_multiple_size", 4));
  const L = c.depth("L", "num_hidden_layers", 32);
  const H = c.size("H", "num_attention_heads", 32);
  return decoder(c, {
    V,
    D,
    embedding: "embed_in",
    layers: [
      ...layers(
        "layers",
        L,
        layerNorm("input_layernorm", D),
        layerNorm("post_attention_layernorm", D),
        group(
          "attention",
          fused("query_key_value", "attention", { q_proj: D, k_proj: D, v_proj: D }, D),
          linear("dense", "attention", D, D),
        ),
        group("mlp", mlp(["dense_h_to_4h", "dense_4h_to_h"], D, F, false)),
      ),
      group("last layer", weight("attention.dense_bias", "attention", D)),
    ],
    norm: layerNorm("final_layer_norm", D),
    tied: c.flag("tie_word_embeddings", true),
    depth: L,
    caches: [groupedCache({ H, Hkv: H, K: perHead(c, D, H) }, L)],
  });
};
