import type { Fields } from "../../../config/fields.js";
import type { Architecture, Family } from "../../../architecture.js";
import { groupedCache } from "../../../pieces/attention.js";
import { decoder, headsDivide, layers, perHead } from "../../../pieces/decoder.js";
import { mlp } from "../../../pieces/feedForward.js";
import { fused, group, layerNorm, linear, type Part } from "../../../part.js";
import type { Size } from "../../../size.js";

/** Attention without biases and a feed-forward with them, side by side after one norm; rotary positions; a head with a bias. */
function sideBySide(c: Fields, queries: (D: Size) => Part[]): Architecture {
  const V = c.size("V", "vocab_size", 50400);
  const D = c.size("D", ["n_embd", "hidden_size"], 4096);
  const L = c.depth("L", ["n_layer", "num_hidden_layers"], 28);
  const H = c.size("H", ["n_head", "num_attention_heads"], 16);
  headsDivide(c, D, H);
  const F = c.sizeOr("F", "n_inner", () => D.times(4));
  return decoder(c, {
    V,
    D,
    embedding: "wte",
    layers: layers(
      "h",
      L,
      layerNorm("ln_1", D),
      group("attn", queries(D), linear("out_proj", "attention", D, D)),
      group("mlp", mlp(["fc_in", "fc_out"], D, F, true)),
    ),
    norm: layerNorm("ln_f", D),
    tied: c.flag("tie_word_embeddings", false),
    headBias: true,
    depth: L,
    caches: [groupedCache({ H, Hkv: H, K: perHead(c, D, H) }, L)],
  });
}

/** GPT-J. Source: Wang and Komatsuzaki 2021, https://github.com/kingoflolz/mesh-transformer-jax; transformers' GPTJForCausalLM. */
export const gptj: Family = (c) =>
  sideBySide(c, (D) => ["q_proj", "k_proj", "v_proj"].flatMap((name) => linear(name, "attention", D, D)));

/** CodeGen: GPT-J with queries, keys and values in one matrix.
 *  Source: Nijkamp et al. 2022, https://arxiv.org/abs/2203.13474; transformers' CodeGenForCausalLM. */
export const codegen: Family = (c) =>
  sideBySide(c, (D) => fused("qkv_proj", "attention", { q_proj: D, k_proj: D, v_proj: D }, D));
