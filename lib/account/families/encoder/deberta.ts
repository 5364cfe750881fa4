import type { Family } from "../../architecture.js";
import type { Fields } from "../../config/fields.js";
import { layers } from "../../pieces/decoder.js";
import { attentionNorm, encoder, encoderSizes, pooler } from "../../pieces/encoder.js";
import { mlp } from "../../pieces/feedForward.js";
import { choice, classifier, wordHead } from "../../pieces/heads.js";
import { group, layerNorm, linear, type Part, table, weight } from "../../part.js";
import type { Size } from "../../size.js";
import { bertWords } from "./bert.js";
import { widen } from "./electra.js";

/** DeBERTa v2 and v3: each token has one row for what it is and shares one for where it stands; attention compares both. A pooler
 *  only where something is said about the whole text.
 *  Source: He et al. 2020, https://arxiv.org/abs/2006.03654; transformers' DebertaV2Model. */
export const debertaV2: Family = (c) => {
  const sizes = encoderSizes(c, { V: 128100, D: 1536, F: 6144, L: 24, H: 24 });
  const { V, T, D, F, L, H } = sizes;
  const E = c.sizeOr("D_e", "embedding_size", () => D);
  const types = c.count("T_t", "type_vocab_size", 0);
  if (c.has("attention_head_size") && c.number("attention_head_size", 1) * Number(H.value) !== Number(D.value))
    c.fail("attention_head_size", `must be the hidden size ${D.value} / heads ${H.value}`);
  const pooled = c.sizeOr("D_p", "pooler_hidden_size", () => D);
  const tied = c.flag("tie_word_embeddings", true);
  const legacy = c.flag("legacy", true);
  const words = (): Part[] =>
    legacy
      ? [group("cls.predictions", bertWords(V, D, E, tied))]
      : [group("lm_predictions.lm_head", wordHead({ V, D, tied: true, names: ["dense", "LayerNorm", "", "bias"] }))];
  const attention = (name: string): Part[] => linear(name, "attention", D, D, true);
  return encoder(c, {
    sizes,
    body: [
      group(
        "embeddings",
        weight("word_embeddings.weight", "embedding", V, E),
        c.flag("position_biased_input", true) ? [weight("position_embeddings.weight", "position", T, E)] : [],
        types.value > 0n ? [table("token_type_embeddings.weight", "other", types, E)] : [],
        widen(E, D, "embed_proj", false),
        layerNorm("LayerNorm", D),
      ),
      layers(
        "layer",
        L,
        group(
          "attention",
          ...["query_proj", "key_proj", "value_proj"].map((part) => attention(`self.${part}`)),
          ...comparisons(c).map((part) => attention(`self.${part}`)),
          linear("output.dense", "attention", D, D, true),
          attentionNorm("output.LayerNorm", D),
        ),
        mlp(["intermediate.dense", "output.dense"], D, F, true),
        layerNorm("output.LayerNorm", D),
      ),
      distances(c, T, D),
      convolution(c, D),
    ],
    heads: {
      Model: () => [],
      MaskedLM: words,
      SequenceClassification: () => [...pooler(pooled), ...classifier(c, pooled)],
      MultipleChoice: () => [...pooler(pooled), ...choice(pooled)],
      TokenClassification: () => classifier(c, D),
      QuestionAnswering: () => classifier(c, D, { name: "qa_outputs" }),
    },
    tied: tied && legacy,
  });
};

/** The matrices for distances in each layer, unless those for words serve for them. */
function comparisons(c: Fields): string[] {
  if (!c.flag("relative_attention", false) || c.flag("share_att_key", false)) return [];
  const given = c.values.pos_att_type;
  const types =
    typeof given === "string" ? given.split("|").map((type) => type.trim().toLowerCase()) : c.words("pos_att_type");
  return [...(types?.includes("c2p") ? ["pos_key_proj"] : []), ...(types?.includes("p2c") ? ["pos_query_proj"] : [])];
}

/** A row for each distance, shared by all layers, and perhaps a norm over them. */
function distances(c: Fields, T: Size, D: Size): Part[] {
  // Minus one stands for "not given".
  const given = (field: string): boolean => c.has(field) && c.values[field] !== -1 && c.number(field, 0) > 0;
  const range = given("position_buckets")
    ? c.size("T_r", "position_buckets", null)
    : given("max_relative_positions")
      ? c.size("T_r", "max_relative_positions", null)
      : T;
  const relative = c.flag("relative_attention", false);
  const normed = c
    .word("norm_rel_ebd", "none")
    .toLowerCase()
    .split("|")
    .some((word) => word.trim() === "layer_norm");
  return [
    ...(relative ? [weight("rel_embeddings.weight", "position", range.times(2), D)] : []),
    ...(normed ? layerNorm("LayerNorm", D) : []),
  ];
}

/** A convolution over neighboring tokens beside the first layer, in the largest models. */
function convolution(c: Fields, D: Size): Part[] {
  if (c.number("conv_kernel_size", 0) === 0) return [];
  const width = c.size("W", "conv_kernel_size", null);
  const groups = c.number("conv_groups", 1, { least: 1 });
  if (Number(D.value) % groups !== 0) c.fail("conv_groups", `must divide the hidden size ${D.value}, got ${groups}`);
  const inputs = groups === 1 ? D : c.derive("D_g", "hidden size / conv_groups", Number(D.value) / groups);
  return [
    group(
      "conv",
      weight("conv.weight", "other", D, inputs, width),
      weight("conv.bias", "other", D),
      layerNorm("LayerNorm", D),
    ),
  ];
}
