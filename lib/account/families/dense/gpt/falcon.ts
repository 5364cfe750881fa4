import type { Family } from "../../../architecture.js";
import { groupedCache } from "../../../pieces/attention.js";
import { decoder, headsDivide, layers, perHead } from "../../../pieces/decoder.js";
import { mlp } from "../../../pieces/feedForward.js";
import { fused, group, layerNorm, linear, type Part } from "../../../part.js";
import { ONE, type Size } from "../../../size.js";
import type { Fields } from "../../../config/fields.js";

/** Falcon: 7B has one key and value for all heads, 40B and 180B (`new_decoder_architecture`) `num_kv_heads` of them, the RW
 *  models one for each head. Positions are rotary, or by a fixed slope for each head (`alibi`): neither has parameters.
 *  The cache is that of the key-value heads; the class of transformers writes them once for each head that reads them.
 *  Source: Almazrouei et al. 2023, https://arxiv.org/abs/2311.16867; transformers' FalconForCausalLM. */
export const falcon: Family = (c) => {
  const V = c.size("V", "vocab_size", 65024);
  const D = c.size("D", ["n_embed", "hidden_size"], 4544);
  const L = c.depth("L", "num_hidden_layers", 32);
  const H = c.size("H", "num_attention_heads", 71);
  headsDivide(c, D, H);
  const F = c.sizeOr("F", "ffn_hidden_size", () => D.times(4));
  const K = perHead(c, D, H);
  const bias = c.flag("bias", false);
  const sizes = { D, H, Hkv: keyHeads(c, H), K };
  const keys = sizes.Hkv.times(K);
  return decoder(c, {
    V,
    D,
    embedding: "word_embeddings",
    layers: layers(
      "h",
      L,
      norms(c, D),
      group(
        "self_attention",
        fused("query_key_value", "attention", { q_proj: D, k_proj: keys, v_proj: keys }, D, bias),
        linear("dense", "attention", D, D, bias),
      ),
      group("mlp", mlp(["dense_h_to_4h", "dense_4h_to_h"], D, F, bias)),
    ),
    norm: layerNorm("ln_f", D),
    tied: c.flag("tie_word_embeddings", true),
    depth: L,
    caches: [groupedCache(sizes, L)],
  });
};

function keyHeads(c: Fields, H: Size): Size {
  if (c.flag("new_decoder_architecture", false)) return c.sizeOr("H_kv", "num_kv_heads", () => H);
  return c.flag("multi_query", true) ? ONE : H;
}

/** One norm for attention and feed-forward side by side, or one for each. */
function norms(c: Fields, D: Size): Part[] {
  if (!c.flag("parallel_attn", true))
    return [...layerNorm("post_attention_layernorm", D), ...layerNorm("input_layernorm", D)];
  const two = c.number("num_ln_in_parallel_attn", c.flag("new_decoder_architecture", false) ? 2 : 1) === 2;
  return two ? [...layerNorm("ln_attn", D), ...layerNorm("ln_mlp", D)] : layerNorm("input_layernorm", D);
}
