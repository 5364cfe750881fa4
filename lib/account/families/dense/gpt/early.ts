/** The first decoders: GPT, and CTRL. */

import type { Family } from "../../../architecture.js";
import { groupedCache } from "../../../pieces/attention.js";
import { decoder, headsDivide, layers, perHead } from "../../../pieces/decoder.js";
import { mlp } from "../../../pieces/feedForward.js";
import { fused, group, layerNorm, linear, weight } from "../../../part.js";

/** GPT: learned positions, norms after each part, and so none at the end.
 *  Source: Radford et al. 2018; transformers' OpenAIGPTLMHeadModel. */
export const gpt: Family = (c) => {
  const V = c.size("V", "vocab_size", 40478);
  const T = c.size("T", ["n_positions", "max_position_embeddings"], 512);
  const D = c.size("D", ["n_embd", "hidden_size"], 768);
  const L = c.depth("L", ["n_layer", "num_hidden_layers"], 12);
  const H = c.size("H", ["n_head", "num_attention_heads"], 12);
  headsDivide(c, D, H);
  return decoder(c, {
    V,
    D,
    embedding: "tokens_embed",
    more: [weight("positions_embed.weight", "position", T, D)],
    layers: layers(
      "h",
      L,
      group(
        "attn",
        fused("c_attn", "attention", { q_proj: D, k_proj: D, v_proj: D }, D, true),
        linear("c_proj", "attention", D, D, true),
      ),
      layerNorm("ln_1", D),
      group("mlp", mlp(["c_fc", "c_proj"], D, D.times(4), true)),
      layerNorm("ln_2", D),
    ),
    norm: [],
    tied: c.flag("tie_word_embeddings", true),
    depth: L,
    caches: [groupedCache({ H, Hkv: H, K: perHead(c, D, H) }, L)],
  });
};

/** CTRL: positions are sines; the head has a bias.
 *  Source: Keskar et al. 2019, https://arxiv.org/abs/1909.05858; transformers' CTRLLMHeadModel. */
export const ctrl: Family = (c) => {
  const V = c.size("V", "vocab_size", 246534);
  const D = c.size("D", ["n_embd", "hidden_size"], 1280);
  const F = c.size("F", "dff", 8192);
  const L = c.depth("L", ["n_layer", "num_hidden_layers"], 48);
  const H = c.size("H", ["n_head", "num_attention_heads"], 16);
  return decoder(c, {
    V,
    D,
    embedding: "w",
    layers: layers(
      "h",
      L,
      group(
        "multi_head_attention",
        ...["Wq", "Wk", "Wv", "dense"].map((name) => linear(name, "attention", D, D, true)),
      ),
      group("ffn", mlp(["0", "2"], D, F, true)),
      layerNorm("layernorm1", D),
      layerNorm("layernorm2", D),
    ),
    norm: layerNorm("layernorm", D),
    tied: c.flag("tie_word_embeddings", true),
    headBias: true,
    depth: L,
    caches: [groupedCache({ H, Hkv: H, K: perHead(c, D, H) }, L)],
  });
};
