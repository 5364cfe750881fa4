import type { Family } from "../../../architecture.js";
import type { Fields } from "../../../config/fields.js";
import {
  bothSides,
  type Seq2SeqSizes,
  seq2seqSizes,
  side,
  type SideDefaults,
  textHeads,
} from "../../../pieces/bart.js";
import { sharedEmbedding } from "../../../pieces/encoderDecoder.js";
import { layerNorm, type Part, weight } from "../../../part.js";
import { Size } from "../../../size.js";

/** What sets BART's kin apart. */
interface Kin {
  vocab: number;
  width: number;
  encoder: SideDefaults;
  decoder?: SideDefaults;
  /** Positions by default, and rows of the table besides; null: computed, and no parameters. */
  positions: readonly [number, number] | null;
  /** A norm over the embedding, and one after the last layer. */
  norms: readonly [before: boolean, after: boolean];
  /** An offset for each word that is saved but not trained. */
  wordBias?: boolean;
  /** Classes where the config names none; null: no heads for classes. */
  classes?: number | null;
}

const kin =
  (kin: Kin): Family =>
  (c) => {
    const sizes = seq2seqSizes(c, { ...kin, decoder: kin.decoder ?? kin.encoder });
    const tied = c.flag("tie_word_embeddings", true);
    return bothSides(c, {
      sizes,
      ...sides(c, kin, sizes),
      tied,
      tables: sharedEmbedding(sizes.V, sizes.D, tied),
      wordBias: kin.wordBias ?? true,
      more: kin.classes === null ? {} : textHeads(c, sizes.D, kin.classes),
    });
  };

function sides(
  c: Fields,
  { positions, norms }: Kin,
  { D, Lenc, Ldec, Fenc, Fdec }: Seq2SeqSizes,
): Record<"encoder" | "decoder", Part> {
  const T = positions ? c.size("T", "max_position_embeddings", positions[0]) : null;
  const rows = T && positions ? T.plus(Size.of(positions[1])) : null;
  const before = [
    ...(rows ? [weight("embed_positions.weight", "position", rows, D)] : []),
    ...(norms[0] ? layerNorm("layernorm_embedding", D) : []),
  ];
  return {
    encoder: side("encoder", D, { before, all: Lenc, F: Fenc, cross: false, after: norms[1] }),
    decoder: side("decoder", D, { before, all: Ldec, F: Fdec, cross: true, after: norms[1] }),
  };
}

const LARGE = { layers: 12, inner: 4096, heads: 16 };

/** BART: an encoder that reads a spoiled text and a decoder that writes it whole; a table of positions with two rows to spare.
 *  Source: Lewis et al. 2019, https://arxiv.org/abs/1910.13461; transformers' BartForConditionalGeneration. */
export const bart = kin({
  vocab: 50265,
  width: 1024,
  encoder: LARGE,
  positions: [1024, 2],
  norms: [true, false],
  classes: 3,
});

/** mBART: BART in many languages, norms before each part and after the last.
 *  Source: Liu et al. 2020, https://arxiv.org/abs/2001.08210; transformers' MBartForConditionalGeneration. */
export const mbart = kin({ vocab: 50265, width: 1024, encoder: LARGE, positions: [1024, 2], norms: [true, true] });

/** PLBART: BART of programs.
 *  Source: Ahmad et al. 2021, https://arxiv.org/abs/2103.06333; transformers' PLBartForConditionalGeneration. */
export const plbart = kin({
  vocab: 50005,
  width: 768,
  encoder: { layers: 6, inner: 3072, heads: 12 },
  positions: [1024, 2],
  norms: [true, false],
});

/** PEGASUS: summaries; sinusoidal positions, which transformers keeps as a table that is not trained.
 *  Source: Zhang et al. 2019, https://arxiv.org/abs/1912.08777; transformers' PegasusForConditionalGeneration. */
export const pegasus = kin({
  vocab: 50265,
  width: 1024,
  encoder: LARGE,
  positions: [1024, 0],
  norms: [false, true],
  classes: null,
});

/** M2M-100 and NLLB: translation between many languages; sinusoidal positions that are computed.
 *  Source: Fan et al. 2020, https://arxiv.org/abs/2010.11125; transformers' M2M100ForConditionalGeneration. */
export const m2m100 = kin({
  vocab: 128112,
  width: 1024,
  encoder: LARGE,
  positions: null,
  norms: [false, true],
  wordBias: false,
  classes: null,
});

/** Blenderbot: conversation; a shallow encoder and a deep decoder.
 *  Source: Roller et al. 2020, https://arxiv.org/abs/2004.13637; transformers' BlenderbotForConditionalGeneration. */
export const blenderbot = kin({
  vocab: 8008,
  width: 2560,
  encoder: { layers: 2, inner: 10240, heads: 32 },
  decoder: { layers: 24, inner: 10240, heads: 32 },
  positions: [128, 0],
  norms: [false, true],
  classes: null,
});

/** The small Blenderbot, with norms as in BART. Source: as Blenderbot; transformers' BlenderbotSmallForConditionalGeneration. */
export const blenderbotSmall = kin({
  vocab: 50265,
  width: 512,
  encoder: { layers: 8, inner: 2048, heads: 16 },
  positions: [512, 0],
  norms: [true, false],
  classes: null,
});

/** Marian: translation of one language into another, by the thousand models of OPUS-MT; sinusoidal positions as a table that is
 *  not trained; the two sides may have words of their own.
 *  Source: Junczys-Dowmunt et al. 2018, https://arxiv.org/abs/1804.00344; transformers' MarianMTModel. */
export const marian: Family = (c) => {
  const likeBart: Kin = { vocab: 58101, width: 1024, encoder: LARGE, positions: [1024, 0], norms: [false, false] };
  const sizes = seq2seqSizes(c, { ...likeBart, decoder: LARGE });
  const tied = c.flag("tie_word_embeddings", true);
  const { V, D } = sizes;
  const Vdec: Size = c.sizeOr("V_dec", "decoder_vocab_size", () => V);
  const shared = c.flag("share_encoder_decoder_embeddings", true);
  const own = [
    weight("encoder.embed_tokens.weight", "embedding", V, D),
    weight("decoder.embed_tokens.weight", "embedding", Vdec, D),
  ];
  return bothSides(c, {
    sizes,
    ...sides(c, likeBart, sizes),
    tied,
    // The class gives the decoder a table for its own words even where both share the first.
    tables:
      shared && tied
        ? sharedEmbedding(V, D, true)
        : [...(shared ? [weight("shared.weight", "embedding", V, D)] : []), ...own],
    Vdec,
    Vhead: shared ? V : Vdec,
    wordBias: true,
  });
};
