import type { Family } from "../../architecture.js";
import { layers } from "../../pieces/decoder.js";
import { embeddings, encoder, encoderSizes, fullAttention } from "../../pieces/encoder.js";
import { mlp } from "../../pieces/feedForward.js";
import { layerNorm, table } from "../../part.js";
import { robertaHeads } from "./roberta.js";

/** MPNet: RoBERTa with an offset for each distance and head, one table for all layers, and without kinds of texts.
 *  Source: Song et al. 2020, https://arxiv.org/abs/2004.09297; transformers' MPNetModel. */
export const mpnet: Family = (c) => {
  const sizes = encoderSizes(c, { V: 30527 });
  const { D, F, L, H } = sizes;
  const tied = c.flag("tie_word_embeddings", true);
  const distances = c.size("T_r", "relative_attention_num_buckets", 32);
  return encoder(c, {
    sizes,
    body: [
      embeddings(sizes, D, null),
      layers(
        "layer",
        L,
        fullAttention("attention", D, ["attn.q", "attn.k", "attn.v", "attn.o"], "LayerNorm"),
        mlp(["intermediate.dense", "output.dense"], D, F, true),
        layerNorm("output.LayerNorm", D),
      ),
      [table("relative_attention_bias.weight", "attention", distances, H)],
    ],
    heads: robertaHeads(c, sizes, tied),
    tied,
  });
};
