import type { Family } from "../../architecture.js";
import { groupedCache } from "../../pieces/attention.js";
import { countTypes, decoder, decoderSizes, layers } from "../../pieces/decoder.js";
import { deltaSizes, deltaState, gatedAttention, gatedDelta } from "../../pieces/state/gatedDelta.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { sparseSteps } from "../../pieces/sparse.js";
import { group, linear, rmsNorm } from "../../part.js";
import { ONE } from "../../size.js";

/** Qwen3-Next: three layers in four have linear attention (a gated delta rule), the fourth attention with an output gate, which
 *  doubles its query projection; 512 experts of which 10 work, and a shared one.
 *  Source: Qwen Team 2025, Qwen3-Next model card; transformers' Qwen3NextForCausalLM. */
export const qwen3Next: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 151936,
    hidden: 2048,
    inner: 5632,
    layers: 48,
    heads: 16,
    kvHeads: 2,
    headDim: 256,
  });
  const { V, D, F, L } = sizes;
  const Fe = c.size("F_e", "moe_intermediate_size", 512);
  const Fs = c.count("F_s", "shared_expert_intermediate_size", 512);
  const { dense, sparse, experts } = sparseSteps(c, L, ["num_experts", 512], ["num_experts_per_tok", 10]);

  const interval = c.number("full_attention_interval", 4, { least: 1 });
  const linearLayers = countTypes(c, L, "linear_attention", (i) => (i + 1) % interval !== 0);
  const Ll = c.derive("L_l", "layers with linear attention, from layer_types", linearLayers);
  const La = c.derive("L_a", "layers with attention, from layer_types", Number(L.value) - linearLayers);

  const linearSizes = deltaSizes(c, D);
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers("layers", L, rmsNorm("input_layernorm", D), rmsNorm("post_attention_layernorm", D)),
      ...layers("attention layers", La, gatedAttention(sizes, c.flag("attention_bias", false))),
      ...layers("linear attention layers", Ll, gatedDelta(linearSizes, { fused: true })),
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
    caches: [groupedCache(sizes, La), deltaState(linearSizes, Ll)],
  });
};
