import type { Family } from "../../architecture.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { decoder, decoderSizes, expertCounts, layerKinds, layers } from "../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { group, rmsNorm, weight } from "../../part.js";

/** ERNIE 4.5: experts in a range of layers; its routing bias is a parameter in transformers, and so counted.
 *  Source: Baidu 2025, ERNIE 4.5 technical report; transformers' Ernie4_5_MoeForCausalLM. */
export const ernie45Moe: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 103424, hidden: 2560, inner: 12288, layers: 28, heads: 20, kvHeads: 4 });
  const { V, D, F, L } = sizes;
  const Fe = c.size("F_e", "moe_intermediate_size", 1536);
  const S = c.count("S", "moe_num_shared_experts", 2);
  const experts = expertCounts(c, [["moe_num_experts", "num_experts"], 64], [["moe_k", "num_experts_per_tok"], 6]);
  const { E } = experts;
  const bias = c.flag("use_bias", false);
  const { dense, sparse } = layerKinds(c, L, "moe_layer_start_index, _end_index and _interval", moeLayers());
  const shared = S.value > 0n ? [group("shared_experts", swiglu(D, S.times(Fe), bias, "shared expert"))] : [];
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
      ...layers("dense layers", dense, group("mlp", swiglu(D, F, bias))),
      ...layers(
        "expert layers",
        sparse,
        mixture(experts, {
          router: [...router(E, D), weight("gate.moe_statics.e_score_correction_bias", "router", E)],
          expert: swiglu(D, Fe, false, "expert"),
          shared,
        }),
      ),
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", true),
    headBias: bias,
    depth: L,
    moe: { layers: sparse, experts, shared: Number(S.value) },
    caches: [groupedCache(sizes, L)],
  });

  function moeLayers(): number {
    const all = Number(L.value);
    const first = c.number("moe_layer_start_index", 1);
    const end = c.number("moe_layer_end_index", -1, { least: -1 });
    const last = end === -1 ? all - 1 : end;
    const interval = c.number("moe_layer_interval", 1, { least: 1 });
    return Array.from({ length: all }, (_, i) => i).filter((i) => (i + 1) % interval === 0 && i >= first && i <= last)
      .length;
  }
};
