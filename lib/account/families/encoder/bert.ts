import type { Family } from "../../architecture.js";
import type { Fields } from "../../config/fields.js";
import { layers } from "../../pieces/decoder.js";
import {
  bertLayer,
  embeddings,
  encoder,
  type EncoderSizes,
  encoderSizes,
  looksAcross,
  pooler,
} from "../../pieces/encoder.js";
import { choice, classifier, type Heads, wordHead } from "../../pieces/heads.js";
import { group, linear, type Part, table } from "../../part.js";
import { type Size, TWO } from "../../size.js";

/** BERT: an encoder that sees both sides; norms after each part; a pooler for whole-text tasks. What stands on top is named by
 *  `architectures`; without it the plain BertModel is counted, as in "BERT-large has 335 million". The norm after the attention
 *  lies inside the attention module and counts with it.
 *  Source: Devlin et al. 2018, https://arxiv.org/abs/1810.04805; transformers' BertModel. */
export const bert: Family = (c) => bertLike(c, encoderSizes(c));

/** ERNIE: BERT that may be told which of several tasks a text is for.
 *  Source: Sun et al. 2019, https://arxiv.org/abs/1904.09223; transformers' ErnieModel. */
export const ernie: Family = (c) => {
  const sizes = encoderSizes(c, { V: 30522 });
  const tasks = c.flag("use_task_id", false) ? c.size("T_k", "task_type_vocab_size", 3) : null;
  return bertLike(c, sizes, tasks ? [table("task_type_embeddings.weight", "other", tasks, sizes.D)] : []);
};

function bertLike(c: Fields, sizes: EncoderSizes, more: Part[] = []): ReturnType<Family> {
  const { D, L } = sizes;
  const types = c.size("T_t", "type_vocab_size", 2);
  const tied = c.flag("tie_word_embeddings", true);
  return encoder(c, {
    sizes,
    body: [embeddings(sizes, D, types, more), layers("layer", L, ...bertLayer(sizes, looksAcross(c)))],
    heads: bertHeads(c, sizes, tied),
    tied,
  });
}

export function bertHeads(c: Fields, { V, D }: EncoderSizes, tied: boolean): Heads {
  const words = (): Part[] => [group("cls.predictions", bertWords(V, D, D, tied))];
  const follows = (): Part[] => linear("cls.seq_relationship", "other", TWO, D, true);
  return {
    Model: () => pooler(D),
    MaskedLM: words,
    LMHeadModel: words,
    CausalLM: words,
    PreTraining: () => [...pooler(D), ...words(), ...follows()],
    NextSentencePrediction: () => [...pooler(D), ...follows()],
    SequenceClassification: () => [...pooler(D), ...classifier(c, D)],
    MultipleChoice: () => [...pooler(D), ...choice(D)],
    TokenClassification: () => classifier(c, D),
    QuestionAnswering: () => classifier(c, D, { name: "qa_outputs" }),
  };
}

/** BERT's names for the parts of a head for words. */
export const bertWords = (V: Size, D: Size, E: Size, tied: boolean): Part[] =>
  wordHead({ V, D, E, tied, names: ["transform.dense", "transform.LayerNorm", "decoder", "bias"] });
