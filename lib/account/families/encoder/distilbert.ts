import type { Family } from "../../architecture.js";
import { headsDivide, layers } from "../../pieces/decoder.js";
import { embeddings, encoder, type EncoderSizes, fullAttention } from "../../pieces/encoder.js";
import { mlp } from "../../pieces/feedForward.js";
import { choice, classifier, wordHead } from "../../pieces/heads.js";
import { group, layerNorm, linear, type Part } from "../../part.js";

/** DistilBERT: half of BERT's layers, taught by BERT; no kinds of texts and no pooler.
 *  Source: Sanh et al. 2019, https://arxiv.org/abs/1910.01108; transformers' DistilBertModel. */
export const distilbert: Family = (c) => {
  const sizes: EncoderSizes = {
    V: c.size("V", "vocab_size", 30522),
    T: c.size("T", "max_position_embeddings", 512),
    D: c.size("D", ["dim", "hidden_size"], 768),
    F: c.size("F", "hidden_dim", 3072),
    L: c.depth("L", ["n_layers", "num_hidden_layers"], 6),
    H: c.size("H", ["n_heads", "num_attention_heads"], 12),
  };
  const { V, D, F, L, H } = sizes;
  headsDivide(c, D, H);
  const tied = c.flag("tie_word_embeddings", true);
  const dense = (): Part[] => linear("pre_classifier", "other", D, D, true);
  return encoder(c, {
    sizes,
    body: [
      embeddings(sizes, D, null),
      layers(
        "layer",
        L,
        fullAttention("attention", D, ["q_lin", "k_lin", "v_lin", "out_lin"]),
        layerNorm("sa_layer_norm", D),
        group("ffn", mlp(["lin1", "lin2"], D, F, true)),
        layerNorm("output_layer_norm", D),
      ),
    ],
    heads: {
      Model: () => [],
      MaskedLM: () =>
        wordHead({
          V,
          D,
          tied,
          untiedBias: false,
          names: ["vocab_transform", "vocab_layer_norm", "vocab_projector", "vocab_projector.bias"],
        }),
      SequenceClassification: () => [...dense(), ...classifier(c, D)],
      MultipleChoice: () => [...dense(), ...choice(D)],
      TokenClassification: () => classifier(c, D),
      QuestionAnswering: () => classifier(c, D, { name: "qa_outputs" }),
    },
    tied,
  });
};
