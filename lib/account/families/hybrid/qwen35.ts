import type { Family } from "../../architecture.js";
import type { Fields } from "../../config/fields.js";
import { groupedCache } from "../../pieces/attention.js";
import { attentionSizes, countTypes, decoder, type DecoderParts, layers } from "../../pieces/decoder.js";
import { swiglu } from "../../pieces/feedForward.js";
import { deltaSizes, deltaState, gatedAttention, gatedDelta } from "../../pieces/state/gatedDelta.js";
import { smallExperts, unbalanced } from "../../pieces/smallExperts.js";
import { group, linear, type Part, rmsNorm } from "../../part.js";
import { ONE, Size } from "../../size.js";

interface Defaults {
  hidden: number;
  layers: number;
  kvHeads: number;
  /** The feed-forward layers, and what they say of experts. */
  feedForward: (c: Fields, D: Size, L: Size) => { layers: Part[]; moe?: DecoderParts["moe"] };
}

/** Qwen3-Next's attention: a gated delta rule in three layers of four, in the fourth attention with an output gate. Its linear
 *  projections are four matrices here. */
const withDefaults =
  (defaults: Defaults): Family =>
  (c) => {
    const sizes = attentionSizes(c, { vocab: 248320, heads: 16, headDim: 256, ...defaults });
    const { V, D, L } = sizes;
    const linearSizes = deltaSizes(c, D);
    const interval = c.number("full_attention_interval", 4, { least: 1 });
    const linearLayers = countTypes(c, L, "linear_attention", (i) => (i + 1) % interval !== 0);
    const Ll = c.derive("L_l", "layers with linear attention, from layer_types", linearLayers);
    const La = c.derive("L_a", "layers with attention, from layer_types", Number(L.value) - linearLayers);
    const feedForward = defaults.feedForward(c, D, L);
    return decoder(c, {
      V,
      D,
      layers: [
        ...layers("layers", L, rmsNorm("input_layernorm", D), rmsNorm("post_attention_layernorm", D)),
        ...layers("attention layers", La, gatedAttention(sizes, c.flag("attention_bias", false))),
        ...layers("linear attention layers", Ll, gatedDelta(linearSizes, { fused: false })),
        ...feedForward.layers,
      ],
      norm: rmsNorm("norm", D),
      tied: c.flag("tie_word_embeddings", false),
      depth: L,
      moe: feedForward.moe,
      caches: [groupedCache(sizes, La), deltaState(linearSizes, Ll)],
    });
  };

/** Qwen3.5, dense. Source: Qwen Team 2026, Qwen3.5 model cards; transformers' Qwen3_5ForCausalLM. */
export const qwen35 = withDefaults({
  hidden: 4096,
  layers: 32,
  kvHeads: 4,
  feedForward: (c, D, L) => ({
    layers: layers("dense layers", L, group("mlp", swiglu(D, c.size("F", "intermediate_size", 12288)))),
  }),
});

/** Qwen3.5 with experts, in every layer, and a shared one whose output a gate of its own scales.
 *  Source: Qwen Team 2026, Qwen3.5 model cards; transformers' Qwen3_5MoeForCausalLM. */
export const qwen35Moe = withDefaults({
  hidden: 2048,
  layers: 40,
  kvHeads: 2,
  feedForward: (c, D, L) => {
    const { layers: parts, moe } = smallExperts(
      c,
      { D, F: null },
      {
        kinds: { dense: Size.of(0), sparse: L },
        total: ["num_experts", 256],
        topK: ["num_experts_per_tok", 8],
        inner: 512,
        shared: null,
        balance: unbalanced,
        besides: [
          group(
            "shared_expert",
            swiglu(D, c.count("F_s", "shared_expert_intermediate_size", 512), false, "shared expert"),
          ),
          ...linear("shared_expert_gate", "shared expert", ONE, D),
        ],
      },
    );
    return { layers: parts, moe: { ...moe, shared: 1 } };
  },
});
