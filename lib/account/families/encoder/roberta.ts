import type { Family } from "../../architecture.js";
import type { Fields } from "../../config/fields.js";
import { layers } from "../../pieces/decoder.js";
import {
  bertLayer,
  embeddings,
  encoder,
  encoderSizes,
  type EncoderSizes,
  looksAcross,
  pooler,
} from "../../pieces/encoder.js";
import { choice, classifier, deepClassifier, type Heads, wordHead } from "../../pieces/heads.js";
import { group, type Part } from "../../part.js";

/** RoBERTa, XLM-RoBERTa, CamemBERT: BERT trained longer, with a head of its own for whole texts instead of the pooler.
 *  Source: Liu et al. 2019, https://arxiv.org/abs/1907.11692; transformers' RobertaModel. */
export const roberta: Family = (c) => like(c, encoderSizes(c, { V: 50265 }));
export const xlmRoberta: Family = (c) => like(c, encoderSizes(c));

function like(c: Fields, sizes: EncoderSizes): ReturnType<Family> {
  const types = c.size("T_t", "type_vocab_size", 2);
  const tied = c.flag("tie_word_embeddings", true);
  return encoder(c, {
    sizes,
    body: [embeddings(sizes, sizes.D, types), layers("layer", sizes.L, ...bertLayer(sizes, looksAcross(c)))],
    heads: robertaHeads(c, sizes, tied),
    tied,
  });
}

/** @param untiedBias the table of an untied head has an offset besides */
export function robertaHeads(c: Fields, { V, D }: EncoderSizes, tied: boolean, untiedBias = true): Heads {
  const words = (): Part[] => [
    group("lm_head", wordHead({ V, D, tied, untiedBias, names: ["dense", "layer_norm", "decoder", "bias"] })),
  ];
  return {
    Model: () => pooler(D),
    MaskedLM: words,
    CausalLM: words,
    SequenceClassification: () => deepClassifier(c, D),
    MultipleChoice: () => [...pooler(D), ...choice(D)],
    TokenClassification: () => classifier(c, D),
    QuestionAnswering: () => classifier(c, D, { name: "qa_outputs" }),
  };
}
