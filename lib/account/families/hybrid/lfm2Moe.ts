import type { Family } from "../../architecture.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { countTypes, decoder, decoderSizes, expertCounts, layerKinds, layers } from "../../pieces/decoder.js";
import { mixture, namedByNumber, router } from "../../pieces/feedForward.js";
import { convolutionState, shortConvolution } from "../../pieces/state/shortConvolution.js";
import { buffer, group, rmsNorm } from "../../part.js";

/** LFM2-MoE: short convolutions in most layers, attention in the others; the first layers dense, then experts.
 *  Source: Liquid AI 2025, LFM2 technical report; transformers' Lfm2MoeForCausalLM. */
export const lfm2Moe: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 65536, hidden: 2048, inner: 7168, layers: 32, heads: 32, kvHeads: 8 });
  const { V, D, F, L } = sizes;
  const Fe = c.size("F_e", "moe_intermediate_size", 1792);
  const experts = expertCounts(c, ["num_experts", 32], ["num_experts_per_tok", 4]);
  const all = Number(L.value);
  const dense = Math.min(c.number("num_dense_layers", 2), all);
  const kinds = layerKinds(c, L, "num_dense_layers", all - dense);
  if (!c.has("layer_types")) c.fail("layer_types", "is missing, and transformers has no default for it");
  const attention = countTypes(c, L, "full_attention", () => false);
  const La = c.derive("L_a", "layers with attention, from layer_types", attention);
  const Lc = c.derive("L_c", "layers with a convolution, from layer_types", all - attention);

  const W = c.size("W", "conv_L_cache", 3);
  const balance = c.flag("use_expert_bias", true) ? [buffer("expert_bias", "router", experts.E)] : [];
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers("layers", L, rmsNorm("operator_norm", D), rmsNorm("ffn_norm", D)),
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
      ...layers("dense layers", kinds.dense, group("feed_forward", namedByNumber(D, F, "feed-forward"))),
      ...layers(
        "expert layers",
        kinds.sparse,
        mixture(experts, {
          name: "feed_forward",
          router: [...router(experts.E, D), ...balance],
          expert: namedByNumber(D, Fe, "expert"),
        }),
      ),
    ],
    norm: rmsNorm("embedding_norm", D),
    tied: c.flag("tie_embedding", c.flag("tie_word_embeddings", true)),
    depth: L,
    moe: { layers: kinds.sparse, experts, shared: 0 },
    caches: [groupedCache(sizes, La), convolutionState(D, W, Lc)],
  });
};
