import type { Family } from "../../../architecture.js";
import { groupedCache } from "../../../pieces/attention.js";
import { decoder, layers, perHead } from "../../../pieces/decoder.js";
import { mlp } from "../../../pieces/feedForward.js";
import { fused, group, layerNorm, linear } from "../../../part.js";

/** MPT: no biases at all, positions by a fixed slope for each head (ALiBi). transformers' class has a feed-forward of 4·D whatever
 *  `expansion_ratio` says, and no learned positions whatever `learned_pos_emb` says.
 *  Source: MosaicML 2023, https://www.databricks.com/blog/mpt-7b; transformers' MptForCausalLM. */
export const mpt: Family = (c) => {
  const V = c.size("V", "vocab_size", 50368);
  const D = c.size("D", ["d_model", "hidden_size"], 2048);
  const L = c.depth("L", ["n_layers", "num_hidden_layers"], 24);
  const H = c.size("H", ["n_heads", "num_attention_heads"], 16);
  return decoder(c, {
    V,
    D,
    embedding: "wte",
    layers: layers(
      "blocks",
      L,
      layerNorm("norm_1", D, false),
      group(
        "attn",
        fused("Wqkv", "attention", { q_proj: D, k_proj: D, v_proj: D }, D),
        linear("out_proj", "attention", D, D),
      ),
      layerNorm("norm_2", D, false),
      group("ffn", mlp(["up_proj", "down_proj"], D, D.times(4), false)),
    ),
    norm: layerNorm("norm_f", D, false),
    tied: c.flag("tie_word_embeddings", true),
    depth: L,
    caches: [groupedCache({ H, Hkv: H, K: perHead(c, D, H) }, L)],
  });
};
