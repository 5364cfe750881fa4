import type { Family } from "../../../architecture.js";
import { groupedCache } from "../../../pieces/attention.js";
import { decoder, headsDivide, layers, perHead } from "../../../pieces/decoder.js";
import { mlp } from "../../../pieces/feedForward.js";
import { fused, group, layerNorm, linear, weight } from "../../../part.js";
import { ONE } from "../../../size.js";
import { crossAttention } from "./cross.js";

/** SantaCoder and StarCoder: GPT-2 whose heads share one key and one value (`multi_query`).
 *  Source: Li et al. 2023, https://arxiv.org/abs/2305.06161; transformers' GPTBigCodeForCausalLM. */
export const gptBigcode: Family = (c) => {
  const V = c.size("V", "vocab_size", 50257);
  const T = c.size("T", ["n_positions", "max_position_embeddings"], 1024);
  const D = c.size("D", ["n_embd", "hidden_size"], 768);
  const L = c.depth("L", ["n_layer", "num_hidden_layers"], 12);
  const H = c.size("H", ["n_head", "num_attention_heads"], 12);
  headsDivide(c, D, H);
  if (c.flag("multi_query", true) && c.flag("add_cross_attention", false))
    c.fail("add_cross_attention", "must be false where multi_query is true: transformers' class has no such attention");
  const F = c.sizeOr("F", "n_inner", () => D.times(4));
  const K = perHead(c, D, H);
  const sizes = { D, H, Hkv: c.flag("multi_query", true) ? ONE : H, K };
  const keys = sizes.Hkv === H ? D : K;
  return decoder(c, {
    V,
    D,
    embedding: "wte",
    more: [weight("wpe.weight", "position", T, D)],
    layers: layers(
      "h",
      L,
      layerNorm("ln_1", D),
      group(
        "attn",
        fused("c_attn", "attention", { q_proj: D, k_proj: keys, v_proj: keys }, D, true),
        linear("c_proj", "attention", D, D, true),
      ),
      crossAttention(c, D),
      layerNorm("ln_2", D),
      group("mlp", mlp(["c_fc", "c_proj"], D, F, true)),
    ),
    norm: layerNorm("ln_f", D),
    tied: c.flag("tie_word_embeddings", true),
    depth: L,
    caches: [groupedCache(sizes, L)],
  });
};
