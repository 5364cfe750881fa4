import type { Family } from "../../architecture.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { decoder, decoderSizes, expertCounts, layerKinds, layers } from "../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { group, rmsNorm } from "../../part.js";

/** DeepSeekMoE, the first version: many small experts and shared ones under the attention of Llama.
 *  Source: Dai et al. 2024, https://arxiv.org/abs/2401.06066; its own modeling code, as transformers has no class for it. */
export const deepseek: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 102400, hidden: 4096, inner: 11008, layers: 30, heads: 32, kvHeads: null });
  const { V, D, F, L } = sizes;
  const Fe = c.size("F_e", "moe_intermediate_size", 1407);
  const S = c.count("S", "n_shared_experts", 0);
  const experts = expertCounts(c, ["n_routed_experts", null], ["num_experts_per_tok", null]);
  const first = c.number("first_k_dense_replace", 0);
  const step = c.number("moe_layer_freq", 1, { least: 1 });
  const hasExperts = (i: number): boolean => i >= first && i % step === 0;
  const count = Array.from({ length: Number(L.value) }, (_, i) => i).filter(hasExperts).length;
  const { dense, sparse } = layerKinds(c, L, "first_k_dense_replace", count);
  const shared = S.value > 0n ? [group("shared_experts", swiglu(D, S.times(Fe), false, "shared expert"))] : [];
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        groupedAttention(sizes, { bias: c.flag("attention_bias", false) }),
        rmsNorm("post_attention_layernorm", D),
      ),
      ...layers("dense layers", dense, group("mlp", swiglu(D, F))),
      ...layers(
        "expert layers",
        sparse,
        mixture(experts, { router: router(experts.E, D), expert: swiglu(D, Fe, false, "expert"), shared }),
      ),
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: sparse, experts, shared: Number(S.value) },
    caches: [groupedCache(sizes, L)],
  });
};
