import type { Family } from "../../architecture.js";
import { headsDivide, layers } from "../../pieces/decoder.js";
import { mlp } from "../../pieces/feedForward.js";
import { group, layerNorm, linear, type Part, weight } from "../../part.js";
import { TWO } from "../../size.js";

/** BERT: an encoder that sees both sides; norms after each part; a pooler for whole-text tasks. What stands on top is named by
 *  `architectures`; without it the plain BertModel is counted, as in "BERT-large has 335 million". The norm after the attention
 *  lies inside the attention module and counts with it.
 *  Source: Devlin et al. 2018, https://arxiv.org/abs/1810.04805; transformers' BertModel. */
export const bert: Family = (c) => {
  const V = c.size("V", "vocab_size", 30522);
  const T = c.size("T", "max_position_embeddings", 512);
  const D = c.size("D", "hidden_size", 768);
  const F = c.size("F", "intermediate_size", 3072);
  const L = c.depth("L", "num_hidden_layers", 12);
  const H = c.size("H", "num_attention_heads", 12);
  const types = c.size("T_t", "type_vocab_size", 2);
  headsDivide(c, D, H);

  const [name = "BertModel"] = c.words("architectures") ?? [];
  const hasPooler = !/MaskedLM|LMHead|TokenClassification|QuestionAnswering/.test(name);
  const predicts = /MaskedLM|LMHead|PreTraining/.test(name);
  const tied = c.flag("tie_word_embeddings", true);
  const predictions = group(
    "cls.predictions",
    linear("transform.dense", "other", D, D, true),
    layerNorm("transform.LayerNorm", D),
    weight("bias", "head", V),
    tied ? [] : [weight("decoder.weight", "head", V, D)],
  );
  return {
    parts: [
      group(
        "embeddings",
        weight("word_embeddings.weight", "embedding", V, D),
        weight("position_embeddings.weight", "position", T, D),
        weight("token_type_embeddings.weight", "other", types, D),
        layerNorm("LayerNorm", D),
      ),
      ...layers(
        "layer",
        L,
        group(
          "attention",
          ...["query", "key", "value"].map((part) => linear(`self.${part}`, "attention", D, D, true)),
          linear("output.dense", "attention", D, D, true),
          layerNorm("output.LayerNorm", D).map((part): Part => ({ ...part, kind: "attention" })),
        ),
        mlp(["intermediate.dense", "output.dense"], D, F, true),
        layerNorm("output.LayerNorm", D),
      ),
      ...(hasPooler ? linear("pooler.dense", "other", D, D, true) : []),
      ...(predicts ? [predictions] : []),
      ...(/PreTraining|NextSentence/.test(name) ? linear("cls.seq_relationship", "other", TWO, D, true) : []),
      ...classifier(),
    ],
    tied: predicts && tied,
    layers: Number(L.value),
    moeLayers: 0,
    experts: { total: 0, topK: 0, shared: 0 },
    caches: [], // it reads a text once and writes none
    width: D,
  };

  function classifier(): Part[] {
    if (!/SequenceClassification|TokenClassification|QuestionAnswering/.test(name)) return [];
    return linear("classifier", "other", labels(c), D, true);
  }
};

/** Number of classes of a classifier: `num_labels`, or as many as `id2label` names, or 2. */
export function labels(c: Parameters<Family>[0]): ReturnType<typeof c.size> {
  if (c.has("num_labels")) return c.size("C", "num_labels", 2);
  return c.derive("C", "classes in id2label", Object.keys(c.section("id2label").values).length || 2);
}
