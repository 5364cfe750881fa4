import type { Family } from "../../../architecture.js";
import { groupedAttention, groupedCache } from "../../../pieces/attention.js";
import { decoder, decoderSizes, expertCounts, layers } from "../../../pieces/decoder.js";
import { router, swiglu } from "../../../pieces/feedForward.js";
import { expertLayers, sharedExperts } from "../../../pieces/smallExperts.js";
import { group, type Part, repeat, rmsNorm, weight } from "../../../part.js";
import { type Size, ZERO } from "../../../size.js";

/** The language model of ERNIE 4.5 VL: besides the experts for text as many for images, which no token of a text uses: they count
 *  in total and not in active.
 *  Source: Baidu 2025, ERNIE 4.5 technical report; transformers' Ernie4_5_VLMoeForConditionalGeneration. */
export const ernie45Vl: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 103424, hidden: 2560, inner: 12288, layers: 28, heads: 20, kvHeads: 4 });
  const { V, D, F, L } = sizes;
  const widths = c.wholes("moe_intermediate_size") ?? [1536, 512];
  if (widths.length < 2 || widths.includes(0))
    c.fail("moe_intermediate_size", "must have two sizes from 1, of the experts for text and for images");
  const [Ft, Fv] = [
    c.derive("F_t", "moe_intermediate_size[0]", widths[0]),
    c.derive("F_v", "moe_intermediate_size[1]", widths[1]),
  ];
  const S = c.count("S", "moe_num_shared_experts", 2);
  const experts = expertCounts(c, [["moe_num_experts", "num_experts"], 64], [["moe_k", "num_experts_per_tok"], 6]);
  const { E, k } = experts;
  const bias = c.flag("use_bias", false);
  const kinds = expertLayers(c, L, 1);
  const routed = (name: string, width: Size, active: Size): Part =>
    group(
      name,
      router(E, D),
      weight("gate.moe_statics.e_score_correction_bias", "router", E),
      repeat(group("experts", swiglu(D, width, false, "expert")), E, active),
    );
  c.notes.push("active is what works on a token of a text: the experts for images are counted in total alone");
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        groupedAttention(sizes, { bias }),
        rmsNorm("post_attention_layernorm", D),
      ),
      ...layers("dense layers", kinds.dense, group("mlp", swiglu(D, F, bias))),
      ...layers(
        "expert layers",
        kinds.sparse,
        group(
          "mlp",
          routed("text_moe", Ft, k),
          routed("vision_moe", Fv, ZERO),
          S.value > 0n ? sharedExperts(S, D, Ft, bias) : [],
        ),
      ),
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", true),
    depth: L,
    moe: { layers: kinds.sparse, experts, shared: Number(S.value) },
    caches: [groupedCache(sizes, L)],
  });
};
