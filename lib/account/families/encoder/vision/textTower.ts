import type { Family } from "../../../architecture.js";
import type { Fields } from "../../../config/fields.js";
import { groupedAttention } from "../../../pieces/attention.js";
import { layers, perHead } from "../../../pieces/decoder.js";
import { encoder, type EncoderSizes, encoderSizes } from "../../../pieces/encoder.js";
import { mlp } from "../../../pieces/feedForward.js";
import type { Heads } from "../../../pieces/heads.js";
import { group, layerNorm, linear, passedBy, weight } from "../../../part.js";

/** The half of CLIP that reads texts, with a projection into the space of images where the class has one.
 *  Source: Radford et al. 2021, https://arxiv.org/abs/2103.00020; transformers' CLIPTextModel. */
export const clipText: Family = (c) => {
  const sizes = encoderSizes(c, { V: 49408, T: 77, D: 512, F: 2048, H: 8 });
  return tower(c, sizes, {
    TextModel: () => [],
    TextModelWithProjection: () => linear("text_projection", "other", c.size("P", "projection_dim", 512), sizes.D),
  });
};

/** The half of SigLIP that reads texts; its projection is part of the model.
 *  Source: Zhai et al. 2023, https://arxiv.org/abs/2303.15343; transformers' SiglipTextModel. */
export const siglipText: Family = (c) => {
  const sizes = encoderSizes(c, { V: 32000, T: 64 });
  const outputs = c.sizeOr("P", "projection_size", () => sizes.D);
  return tower(c, sizes, { TextModel: () => passedBy("once", ...linear("head", "other", outputs, sizes.D, true)) });
};

function tower(c: Fields, sizes: EncoderSizes, heads: Heads): ReturnType<Family> {
  const { V, T, D, F, L, H } = sizes;
  return encoder(c, {
    sizes,
    body: [
      group(
        "embeddings",
        weight("token_embedding.weight", "embedding", V, D),
        weight("position_embedding.weight", "position", T, D),
      ),
      layers(
        "layers",
        L,
        groupedAttention({ D, H, Hkv: H, K: perHead(c, D, H) }, { bias: true, outputName: "out_proj" }),
        layerNorm("layer_norm1", D),
        group("mlp", mlp(["fc1", "fc2"], D, F, true)),
        layerNorm("layer_norm2", D),
      ),
      layerNorm("final_layer_norm", D),
    ],
    heads,
    otherwise: "TextModel",
    tied: false,
  });
}
