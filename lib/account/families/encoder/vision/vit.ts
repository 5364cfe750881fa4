import type { Family } from "../../../architecture.js";
import type { Fields } from "../../../config/fields.js";
import { groupedAttention, looksAt } from "../../../pieces/attention.js";
import { headSize, layers } from "../../../pieces/decoder.js";
import { mlp } from "../../../pieces/feedForward.js";
import { group, layerNorm, linear, type Part, passedBy, table, used, weight } from "../../../part.js";
import { ONE, type Size } from "../../../size.js";
import { classifier, head } from "../../../pieces/heads.js";

/** Vision Transformer: an image is cut into patches, each a token; the projection of a patch takes the place of the embedding.
 *  Source: Dosovitskiy et al. 2020, https://arxiv.org/abs/2010.11929; transformers' ViTModel. */
export const vit: Family = (c) => {
  const D = c.size("D", "hidden_size", 768);
  const F = c.size("F", "intermediate_size", 3072);
  const L = c.depth("L", "num_hidden_layers", 12);
  const H = c.size("H", "num_attention_heads", 12);
  const K = headSize(c, D, H);
  const [width, height] = pair(c, "image_size", 224);
  const [across, down] = pair(c, "patch_size", 16);
  if (across > width || down > height) c.fail("patch_size", `must be at most image_size ${width}, got ${across}`);
  const N = c.derive(
    "N",
    "patches: (image_size / patch_size)²",
    Math.floor(width / across) * Math.floor(height / down),
  );
  const P = c.derive("P", "pixels of a patch: patch_size²", across * down);
  const C = c.size("C_in", "num_channels", 3);

  const pooled = c.sizeOr("D_p", "pooler_output_size", () => D);
  const { parts } = head(c, {
    Model: () => passedBy("once", ...linear("pooler.dense", "other", pooled, D, true)),
    ImageClassification: () => passedBy("once", ...classifier(c, D)),
    MaskedImageModeling: () => painter(c, D),
  });
  return {
    parts: [
      group(
        "embeddings",
        table("cls_token", "other", ONE, ONE, D),
        weight("position_embeddings", "position", ONE, N.plus(ONE), D),
        used(weight("patch_embeddings.projection.weight", "embedding", D, C, P), ONE),
        weight("patch_embeddings.projection.bias", "embedding", D),
      ),
      ...layers(
        "layers",
        L,
        layerNorm("layernorm_before", D),
        groupedAttention({ D, H, Hkv: H, K }, { name: "attention", bias: c.flag("qkv_bias", true), outputBias: true }),
        layerNorm("layernorm_after", D),
        group("mlp", mlp(["fc1", "fc2"], D, F, true)),
      ),
      ...layerNorm("layernorm", D),
      ...parts,
    ],
    tied: false,
    layers: Number(L.value),
    moeLayers: 0,
    experts: { total: 0, topK: 0, shared: 0 },
    bothSides: [{ layers: L, products: looksAt({ H, K }), window: null }],
    caches: [], // it reads an image once and writes nothing
    width: D,
  };
};

/** Paints what was hidden: from each row a square of encoder_stride² pixels. */
function painter(c: Fields, D: Size): Part[] {
  const stride = c.number("encoder_stride", 16, { least: 1 });
  const pixels = c.derive(
    "P_o",
    "painted pixels: encoder_stride² · num_channels",
    stride ** 2 * c.number("num_channels", 3),
  );
  return [
    table("mask_token", "other", ONE, ONE, D),
    weight("decoder.0.weight", "other", pixels, D),
    weight("decoder.0.bias", "other", pixels),
  ];
}

/** A side length, or one for each direction. */
function pair(c: Fields, field: string, otherwise: number): readonly [number, number] {
  if (!Array.isArray(c.values[field])) {
    const side = c.number(field, otherwise, { least: 1 });
    return [side, side];
  }
  const [a = 0, b = 0] = c.wholes(field) ?? [];
  if (a < 1 || b < 1) c.fail(field, "must be one integer from 1, or two");
  return [a, b];
}
