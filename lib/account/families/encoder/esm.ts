import type { Family } from "../../architecture.js";
import { layers } from "../../pieces/decoder.js";
import { encoder, encoderSizes, fullAttention, looksAcross } from "../../pieces/encoder.js";
import { mlp } from "../../pieces/feedForward.js";
import type { Heads } from "../../pieces/heads.js";
import { buffer, group, layerNorm, linear, used, weight } from "../../part.js";
import { ONE, ZERO } from "../../size.js";
import { robertaHeads } from "./roberta.js";

/** ESM: a BERT of proteins, whose words are amino acids; norms before each part; a head that tells which of them touch.
 *  Source: Rives et al. 2021, https://doi.org/10.1073/pnas.2016239118; transformers' EsmModel. */
export const esm: Family = (c) => {
  const V = c.size("V", "vocab_size", null);
  const sizes = { ...encoderSizes(c, { V: Number(V.value), T: 1026 }), V };
  const { T, D, F, L, H } = sizes;
  if (c.flag("is_folding_model", false)) c.notes.push("what folds the protein (esmfold_config) is not counted");
  const tied = c.flag("tie_word_embeddings", true);
  const { Model, MaskedLM, SequenceClassification, TokenClassification } = robertaHeads(c, sizes, tied, false);
  const heads: Heads = { Model, MaskedLM, SequenceClassification, TokenClassification };
  const names = ["self.query", "self.key", "self.value", "output.dense"];
  const half =
    c.word("position_embedding_type", "absolute") === "rotary" ? Math.floor(Number(D.value / H.value / 2n)) : 0;
  const rotary =
    half === 0 ? [] : [buffer("inv_freq", "attention", c.derive("K_2", "half of hidden size / heads", half))];
  const absolute = c.word("position_embedding_type", "absolute") === "absolute";
  return encoder(c, {
    sizes,
    body: [
      group(
        "embeddings",
        weight("word_embeddings.weight", "embedding", V, D),
        absolute ? [weight("position_embeddings.weight", "position", T, D)] : [],
        c.flag("emb_layer_norm_before", false) ? layerNorm("layer_norm", D) : [],
      ),
      layers(
        "layer",
        L,
        fullAttention("attention", D, names, "LayerNorm"),
        looksAcross(c) ? [fullAttention("crossattention", D, names, "LayerNorm")] : [],
        layerNorm("LayerNorm", D),
        mlp(["intermediate.dense", "output.dense"], D, F, true),
      ),
      rotary,
      layerNorm("emb_layer_norm_after", D),
      // Asked for contacts alone, it is run.
      linear("contact_head.regression", "other", ONE, L.times(H), true).map((part) => used(part, ZERO)),
    ],
    heads,
    tied,
  });
};
