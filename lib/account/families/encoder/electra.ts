import type { Family } from "../../architecture.js";
import { layers } from "../../pieces/decoder.js";
import { bertLayer, embeddings, encoder, encoderSizes, looksAcross } from "../../pieces/encoder.js";
import { choice, classifier, deepClassifier } from "../../pieces/heads.js";
import { layerNorm, linear, type Part, weight } from "../../part.js";
import { ONE, type Size } from "../../size.js";

/** ELECTRA: BERT with short embedding rows; trained to tell which words a small model has replaced.
 *  Source: Clark et al. 2020, https://arxiv.org/abs/2003.10555; transformers' ElectraModel. */
export const electra: Family = (c) => {
  const sizes = encoderSizes(c, { D: 256, F: 1024, H: 4 });
  const { V, D, L } = sizes;
  const E = c.size("D_e", "embedding_size", 128);
  const types = c.size("T_t", "type_vocab_size", 2);
  const tied = c.flag("tie_word_embeddings", true);
  const words = (): Part[] => [
    ...layerNorm("generator_predictions.LayerNorm", E),
    ...linear("generator_predictions.dense", "other", E, D, true),
    ...(tied ? [] : [weight("generator_lm_head.weight", "head", V, E)]),
    weight("generator_lm_head.bias", "head", V),
  ];
  const summary = (): Part[] =>
    c.flag("summary_use_proj", true) ? linear("sequence_summary.summary", "other", D, D, true) : [];
  return encoder(c, {
    sizes,
    body: [
      embeddings(sizes, E, types),
      widen(E, D, "embeddings_project", true),
      layers("layer", L, ...bertLayer(sizes, looksAcross(c))),
    ],
    heads: {
      Model: () => [],
      MaskedLM: words,
      CausalLM: words,
      PreTraining: () => [
        ...linear("discriminator_predictions.dense", "other", D, D, true),
        ...linear("discriminator_predictions.dense_prediction", "other", ONE, D, true),
      ],
      SequenceClassification: () => deepClassifier(c, D),
      MultipleChoice: () => [...summary(), ...choice(D)],
      TokenClassification: () => classifier(c, D),
      QuestionAnswering: () => classifier(c, D, { name: "qa_outputs" }),
    },
    tied,
  });
};

/** From the length of an embedding row to the width of the layers, where they differ. */
export const widen = (E: Size, D: Size, name: string, bias: boolean): Part[] =>
  E.value === D.value ? [] : linear(name, "other", D, E, bias);
