import type { Family } from "../../../architecture.js";
import { bothSides, seq2seqSizes, side } from "../../../pieces/bart.js";
import { groupedCache } from "../../../pieces/attention.js";
import { perHead } from "../../../pieces/decoder.js";
import { classifier } from "../../../pieces/heads.js";
import { linear, type Part, used, weight } from "../../../part.js";
import { ONE, Size, TWO } from "../../../size.js";

/** Width of both convolutions, in steps of 10 ms. */
const KERNEL = Size.of(3);

/** Whisper: speech to text. Two convolutions turn the spectrogram into 1,500 rows for 30 seconds, of which the decoder keeps keys
 *  and values; the encoder's positions are sinusoidal, in a table that is not trained; keys have no offset.
 *  Source: Radford et al. 2022, https://arxiv.org/abs/2212.04356; transformers' WhisperForConditionalGeneration. */
export const whisper: Family = (c) => {
  const small = { layers: 4, inner: 1536, heads: 6 };
  const sizes = seq2seqSizes(c, { vocab: 51865, width: 384, encoder: small, decoder: small });
  const { V, D, H, Lenc, Ldec, Fenc, Fdec } = sizes;
  const M = c.size("M", "num_mel_bins", 80);
  const source = c.size("T_s", "max_source_positions", 1500);
  const target = c.size("T", "max_target_positions", 448);
  const tied = c.flag("tie_word_embeddings", true);

  const ears = [
    used(weight("conv1.weight", "other", D, M, KERNEL), TWO) /* the second halves the rows */,
    weight("conv1.bias", "other", D),
    weight("conv2.weight", "other", D, D, KERNEL),
    weight("conv2.bias", "other", D),
    weight("embed_positions.weight", "position", source, D),
  ];
  const positions = [weight("embed_positions.weight", "position", target, D)];
  const classes = (): Part[] => {
    const P = c.size("P", "classifier_proj_size", 256);
    const mixed = c.flag("use_weighted_layer_sum", false);
    return [
      ...(mixed ? [weight("layer_weights", "other", Lenc.plus(ONE))] : []),
      ...linear("projector", "other", P, D, true),
      ...classifier(c, P),
    ];
  };
  const model = bothSides(c, {
    sizes,
    encoder: side("encoder", D, { before: ears, all: Lenc, F: Fenc, cross: false, after: true, keyBias: false }),
    decoder: side("decoder", D, { before: positions, all: Ldec, F: Fdec, cross: true, after: true, keyBias: false }),
    tied,
    tables: [weight("decoder.embed_tokens.weight", "embedding", V, D)],
    wordBias: false,
    ofEncoder: { AudioClassification: classes },
  });
  const sourceTokens = Number(source.value);
  if (model.caches.length === 0) return { ...model, sourceTokens };
  const own = groupedCache({ H, Hkv: H, K: perHead(c, D, H) }, Ldec);
  // Of the sound as many rows are kept as it has, however long the text.
  const heard = {
    ...own,
    form: "state" as const,
    of: "source" as const,
    numbers: own.numbers.times(source),
    products: own.products.times(source),
  };
  return { ...model, sourceTokens, caches: [own, heard] };
};
