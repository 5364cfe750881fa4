import type { Family } from "../../../architecture.js";
import { decoder, layers } from "../../../pieces/decoder.js";
import { group, layerNorm, linear, table, weight } from "../../../part.js";
import { ONE, ZERO } from "../../../size.js";

/** RWKV-4: a decaying average in place of attention. Kept for a text of any length: the last input of both parts [D] and three
 *  numbers for each of the average's A.
 *  Source: Peng et al. 2023, https://arxiv.org/abs/2305.13048; transformers' RwkvForCausalLM. */
export const rwkv: Family = (c) => {
  const V = c.size("V", "vocab_size", 50277);
  const D = c.size("D", "hidden_size", 4096);
  const L = c.depth("L", "num_hidden_layers", 32);
  const A = c.sizeOr("A", "attention_hidden_size", () => D);
  const F = c.sizeOr("F", "intermediate_size", () => D.times(4));
  const mix = (name: string, kind: "attention" | "feed-forward") => table(`time_mix_${name}`, kind, ONE, ONE, D);
  return decoder(c, {
    V,
    D,
    embedding: "embeddings",
    more: layerNorm("pre_ln", D),
    layers: layers(
      "blocks",
      L,
      layerNorm("ln1", D),
      layerNorm("ln2", D),
      group(
        "attention",
        weight("time_decay", "attention", A),
        weight("time_first", "attention", A),
        ...["key", "value", "receptance"].flatMap((name) => [
          mix(name, "attention"),
          ...linear(name, "attention", A, D),
        ]),
        linear("output", "attention", D, A),
      ),
      group(
        "feed_forward",
        mix("key", "feed-forward"),
        mix("receptance", "feed-forward"),
        linear("key", "feed-forward", F, D),
        linear("receptance", "feed-forward", D, D),
        linear("value", "feed-forward", D, F),
      ),
    ),
    norm: layerNorm("ln_out", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    caches: [{ form: "state", layers: L, numbers: D.times(2).plus(A.times(3)), window: null, products: ZERO }],
  });
};
