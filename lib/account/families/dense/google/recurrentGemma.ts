import type { Cache, Family } from "../../../architecture.js";
import type { Fields } from "../../../config/fields.js";
import { groupedAttention, groupedCache } from "../../../pieces/attention.js";
import { decoder, decoderSizes, layers } from "../../../pieces/decoder.js";
import { swiglu } from "../../../pieces/feedForward.js";
import { group, linear, type Part, rmsNorm, weight } from "../../../part.js";
import { ONE, Size, ZERO } from "../../../size.js";

/** RecurrentGemma (Griffin): of three layers two have a linear recurrence in place of attention, one attention to a window. Kept
 *  for a recurrence: its state [R] and the last W - 1 inputs of its convolution [R, W - 1].
 *  Source: De et al. 2024, https://arxiv.org/abs/2402.19427; transformers' RecurrentGemmaForCausalLM. */
export const recurrentGemma: Family = (c) => {
  const { V, D, F, L, H, Hkv, K } = decoderSizes(c, {
    vocab: 256000,
    hidden: 2560,
    inner: 7680,
    layers: 26,
    heads: 10,
    kvHeads: null,
  });
  // The config's width is that of gate and up together.
  const half = c.derive("F_h", "intermediate_size / 2, rounded down", Math.floor(Number(F.value) / 2));
  const R = c.sizeOr("R", "lru_width", () => D);
  const W = c.size("W", "conv1d_width", 4);
  const attending = attentionLayers(c, Number(L.value));
  const recurrent = Size.of(Number(L.value) - attending);
  const sizes = { D, H, Hkv, K };
  const more = [weight("o_proj.bias", "attention", D)];
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("temporal_pre_norm", D),
        rmsNorm("channel_pre_norm", D),
        group("mlp_block", swiglu(D, half, true)),
      ),
      ...layers("recurrent layers", recurrent, recurrence(c, { D, R, W, H })),
      ...layers(
        "attention layers",
        Size.of(attending),
        groupedAttention(sizes, {
          name: "temporal_block",
          bias: c.flag("attention_bias", false),
          outputBias: false,
          more,
        }),
      ),
    ],
    norm: rmsNorm("final_norm", D),
    tied: c.flag("tie_word_embeddings", true),
    depth: L,
    caches: [
      ...(attending > 0
        ? [groupedCache(sizes, Size.of(attending), c.number(["attention_window_size", "sliding_window"], 2048))]
        : []),
      ...(recurrent.value > 0n
        ? [{ form: "state", layers: recurrent, numbers: R.times(W), window: null, products: ZERO } satisfies Cache]
        : []),
    ],
  });
};

/** `block_types` is repeated until every layer has one. */
function attentionLayers(c: Fields, all: number): number {
  const types = c.words("block_types") ?? ["recurrent", "recurrent", "attention"];
  if (types.length === 0) c.fail("block_types", "must name a kind of layer, got an empty list");
  return Array.from({ length: all }, (_, i) => types[i % types.length]).filter((type) => type !== "recurrent").length;
}

/** Two branches, one of which passes through a short convolution and a gated recurrence with a block for each head. */
function recurrence(c: Fields, { D, R, W, H }: Record<"D" | "R" | "W" | "H", Size>): Part {
  const B = c.derive("B", "width of the recurrence / heads", Math.floor(Number(R.value / H.value)));
  return group(
    "temporal_block",
    ...["linear_y", "linear_x"].map((name) => linear(name, "attention", R, D, true)),
    linear("linear_out", "attention", D, R, true),
    weight("conv_1d.weight", "attention", R, ONE, W),
    weight("conv_1d.bias", "attention", R),
    group(
      "rg_lru",
      weight("recurrent_param", "attention", R),
      ...["input_gate", "recurrent_gate"].flatMap((name) => [
        weight(`${name}_weight`, "attention", H, B, B),
        weight(`${name}_bias`, "attention", H, B),
      ]),
    ),
  );
}
