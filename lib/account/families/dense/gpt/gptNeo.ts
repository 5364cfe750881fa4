import type { Family } from "../../../architecture.js";
import { groupedCache } from "../../../pieces/attention.js";
import { decoder, headsDivide, layers, perHead } from "../../../pieces/decoder.js";
import { mlp } from "../../../pieces/feedForward.js";
import { group, layerNorm, linear, weight } from "../../../part.js";

/** GPT-Neo: GPT-2 without biases on queries, keys and values. Every other layer looks at the last 256 tokens, yet transformers
 *  keeps all of them.
 *  Source: Black et al. 2021, https://github.com/EleutherAI/gpt-neo; transformers' GPTNeoForCausalLM. */
export const gptNeo: Family = (c) => {
  const V = c.size("V", "vocab_size", 50257);
  const T = c.size("T", "max_position_embeddings", 2048);
  const D = c.size("D", "hidden_size", 2048);
  const L = c.depth("L", ["num_layers", "num_hidden_layers"], 24);
  const H = c.size("H", ["num_heads", "num_attention_heads"], 16);
  headsDivide(c, D, H);
  const F = c.sizeOr("F", "intermediate_size", () => D.times(4));
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
        "attn.attention",
        ...["k_proj", "v_proj", "q_proj"].map((name) => linear(name, "attention", D, D)),
        linear("out_proj", "attention", D, D, true),
      ),
      layerNorm("ln_2", D),
      group("mlp", mlp(["c_fc", "c_proj"], D, F, true)),
    ),
    norm: layerNorm("ln_f", D),
    tied: c.flag("tie_word_embeddings", true),
    depth: L,
    caches: [groupedCache({ H, Hkv: H, K: perHead(c, D, H) }, L)],
  });
};
