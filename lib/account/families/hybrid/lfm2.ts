import type { Family } from "../../architecture.js";
import type { Fields } from "../../config/fields.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { countTypes, decoder, decoderSizes, layers } from "../../pieces/decoder.js";
import { namedByNumber } from "../../pieces/feedForward.js";
import { convolutionState, shortConvolution } from "../../pieces/state/shortConvolution.js";
import { group, rmsNorm } from "../../part.js";

/** LFM2: short convolutions in most layers, attention in the others; the feed-forward layers are narrower than the config says.
 *  Source: Liquid AI 2025, https://arxiv.org/abs/2511.23404; transformers' Lfm2ForCausalLM. */
export const lfm2: Family = (c) => {
  const field = ["block_ff_dim", "intermediate_size"];
  const written = c.number(field, 12288, { least: 1 });
  const sizes = decoderSizes(c.with({ intermediate_size: written }), {
    vocab: 65536,
    hidden: 2560,
    inner: 12288,
    layers: 32,
    heads: 32,
    kvHeads: 8,
  });
  const { V, D, L } = sizes;
  const F = c.derive("F_a", `${c.has("block_ff_dim") ? field[0] : field[1]}, adjusted`, adjusted(c, written));
  const full = new Set(c.wholes("full_attn_idxs"));
  const attention = countTypes(c, L, "full_attention", (i) => !c.has("full_attn_idxs") || full.has(i));
  const La = c.derive("L_a", "layers with attention, from layer_types", attention);
  const Lc = c.derive("L_c", "layers with a convolution, from layer_types", Number(L.value) - attention);
  const W = c.size("W", "conv_L_cache", 3);
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("operator_norm", D),
        group("feed_forward", namedByNumber(D, F, "feed-forward")),
        rmsNorm("ffn_norm", D),
      ),
      ...layers(
        "attention layers",
        La,
        groupedAttention(sizes, {
          outputName: "out_proj",
          qkNorm: "head",
          normNames: ["q_layernorm", "k_layernorm"],
        }),
      ),
      ...layers("convolution layers", Lc, shortConvolution(D, W, c.flag("conv_bias", false))),
    ],
    norm: rmsNorm("embedding_norm", D),
    tied: c.flag("tie_embedding", c.flag("tie_word_embeddings", true)),
    depth: L,
    caches: [groupedCache(sizes, La), convolutionState(D, W, Lc)],
  });
};

/** Two thirds, so that three matrices have as many numbers as two had, then times a factor, then up to a round number. */
function adjusted(c: Fields, width: number): number {
  if (!c.flag("block_auto_adjust_ff_dim", true)) return width;
  const inner = Math.floor((2 * width) / 3);
  const factor = c.values.block_ffn_dim_multiplier ?? 1;
  if (typeof factor !== "number" || !(factor > 0 && factor < 1e6))
    c.fail("block_ffn_dim_multiplier", `must be a number above 0, got ${JSON.stringify(factor)}`);
  if (c.isNull("block_ffn_dim_multiplier")) return inner;
  const multiple = c.number("block_multiple_of", 256, { least: 1 });
  return multiple * Math.ceil(Math.floor(factor * inner) / multiple);
}
