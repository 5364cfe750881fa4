import type { Family } from "../../architecture.js";
import { groupedAttention } from "../../pieces/attention.js";
import { countTypes, decoder, decoderSizes, layers, slidingCaches, slidingWindow } from "../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { sparseSteps } from "../../pieces/sparse.js";
import { group, linear, rmsNorm } from "../../part.js";
import { ONE } from "../../size.js";

/** Qwen1.5-MoE and Qwen2-MoE: small experts, and one large shared expert whose output a gate of its own scales.
 *  Source: Yang et al. 2024, https://arxiv.org/abs/2407.10671; transformers' Qwen2MoeForCausalLM. */
export const qwen2Moe: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 151936, hidden: 2048, inner: 5632, layers: 24, heads: 16, kvHeads: 16 });
  const { V, D, F, L } = sizes;
  const Fe = c.size("F_e", "moe_intermediate_size", 1408);
  const Fs = c.count("F_s", "shared_expert_intermediate_size", 5632);
  const { dense, sparse, experts } = sparseSteps(c, L, ["num_experts", 60], ["num_experts_per_tok", 4]);
  const first = c.number("max_window_layers", 28);
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        groupedAttention(sizes, { bias: c.flag("qkv_bias", true), outputBias: false }),
        rmsNorm("post_attention_layernorm", D),
      ),
      ...layers("dense layers", dense, group("mlp", swiglu(D, F))),
      ...layers(
        "expert layers",
        sparse,
        mixture(experts, {
          router: router(experts.E, D),
          expert: swiglu(D, Fe, false, "expert"),
          shared: [
            group("shared_expert", swiglu(D, Fs, false, "shared expert")),
            ...linear("shared_expert_gate", "shared expert", ONE, D),
          ],
        }),
      ),
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: sparse, experts, shared: 1 },
    caches: slidingCaches(
      sizes,
      countTypes(c, L, "sliding_attention", (i) => i % 2 === 0 && i < first),
      c.flag("use_sliding_window", false) ? slidingWindow(c, 4096) : null,
    ),
  });
};
