import type { Family } from "../../architecture.js";
import { groupedCache } from "../../pieces/attention.js";
import { decoder, headsDivide, layers, perHead } from "../../pieces/decoder.js";
import { mlp } from "../../pieces/feedForward.js";
import type { Fields } from "../../config/fields.js";
import { fused, group, layerNorm, linear, type Part, weight } from "../../part.js";
import { ONE, type Size } from "../../size.js";
import { crossAttention } from "./gpt/cross.js";

/** GPT-2 (and, with its shapes, GPT-3): learned positions, LayerNorm, biases everywhere, head tied.
 *  Source: Radford et al. 2019; transformers' GPT2LMHeadModel. */
export const gpt2: Family = (c) => {
  if (c.word("attention_head_type", "multihead") === "multiquery")
    c.fail("attention_head_type", 'is "multiquery", which this class does not build: model_type "gpt_bigcode" has it');
  const V = c.size("V", "vocab_size", 50257);
  const T = c.size("T", ["n_positions", "max_position_embeddings"], 1024);
  const D = c.size("D", ["n_embd", "hidden_size"], 768);
  const L = c.depth("L", ["n_layer", "num_hidden_layers"], 12);
  const H = c.size("H", ["n_head", "num_attention_heads"], 12);
  headsDivide(c, D, H);
  const F = c.sizeOr("F", "n_inner", () => D.times(4));
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
        fused("c_attn", "attention", { q_proj: D, k_proj: D, v_proj: D }, D, true),
        linear("c_proj", "attention", D, D, true),
      ),
      crossAttention(c, D),
      layerNorm("ln_2", D),
      group("mlp", mlp(["c_fc", "c_proj"], D, F, true)),
    ),
    norm: layerNorm("ln_f", D),
    tied: c.flag("tie_word_embeddings", true),
    depth: L,
    caches: [groupedCache({ H, Hkv: H, K: perHead(c, D, H) }, L)],
    // The second head chooses one of several continuations.
    heads: (words) => ({ DoubleHeadsModel: () => [...words(), ...summary(c, D)] }),
  });
};

/** A layer that sums up a text: one score, or where it is not to give scores, a row. */
function summary(c: Fields, D: Size): Part[] {
  if (!c.flag("summary_use_proj", true)) return [];
  const outputs = c.flag("summary_proj_to_labels", true) ? ONE : D;
  return linear("multiple_choice_head.summary", "other", outputs, D, true);
}
