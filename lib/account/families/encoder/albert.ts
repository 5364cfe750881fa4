import type { Family } from "../../architecture.js";
import { layers } from "../../pieces/decoder.js";
import { embeddings, encoder, encoderSizes, fullAttention, pooler } from "../../pieces/encoder.js";
import { mlp } from "../../pieces/feedForward.js";
import { choice, classifier, wordHead } from "../../pieces/heads.js";
import { group, layerNorm, linear, type Part, used } from "../../part.js";

/** ALBERT: short embedding rows, and layers that all have the same parameters: a few sets (by default one) do the work of all.
 *  Source: Lan et al. 2019, https://arxiv.org/abs/1909.11942; transformers' AlbertModel. */
export const albert: Family = (c) => {
  const sizes = encoderSizes(c, { V: 30000, D: 4096, F: 16384, H: 64 });
  const { V, D, F } = sizes;
  const E = c.size("D_e", "embedding_size", 128);
  const types = c.size("T_t", "type_vocab_size", 2);
  const inner = c.depth("L_i", "inner_group_num", 1);
  const sets = c.depth("L_g", "num_hidden_groups", 1).times(inner);
  const passes = sizes.L.times(inner);
  const tied = c.flag("tie_word_embeddings", true);
  const words = (): Part[] => [
    group("predictions", wordHead({ V, D, E, tied, names: ["dense", "LayerNorm", "decoder", "bias"] })),
  ];
  const pooled = (): Part[] => pooler(D, "pooler");
  const model = encoder(c, {
    sizes,
    body: [
      embeddings(sizes, E, types),
      linear("embedding_hidden_mapping_in", "other", D, E, true),
      layers(
        "albert_layers",
        sets,
        fullAttention("attention", D, ["query", "key", "value", "dense"], "LayerNorm"),
        mlp(["ffn", "ffn_output"], D, F, true),
        layerNorm("full_layer_layer_norm", D),
      ).map((part) => used(part, passes)),
    ],
    heads: {
      Model: pooled,
      MaskedLM: words,
      PreTraining: () => [...pooled(), ...words(), ...classifier(c, D, { name: "sop_classifier.classifier" })],
      SequenceClassification: () => [...pooled(), ...classifier(c, D)],
      MultipleChoice: () => [...pooled(), ...choice(D)],
      TokenClassification: () => classifier(c, D),
      QuestionAnswering: () => classifier(c, D, { name: "qa_outputs" }),
    },
    tied,
  });
  const bothSides = (model.bothSides ?? []).map((looks) => ({ ...looks, layers: passes }));
  return { ...model, bothSides };
};
