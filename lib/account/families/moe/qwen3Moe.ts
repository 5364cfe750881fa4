import type { Family } from "../../architecture.js";
import type { Fields } from "../../config/fields.js";
import { groupedAttention } from "../../pieces/attention.js";
import {
  countTypes,
  decoder,
  type DecoderDefaults,
  decoderSizes,
  layers,
  slidingCaches,
  slidingWindow,
} from "../../pieces/decoder.js";
import { type SmallExperts, smallExperts, unbalanced } from "../../pieces/smallExperts.js";
import { sparseLayers } from "../../pieces/sparse.js";
import { expertLayers } from "../../pieces/smallExperts.js";
import { rmsNorm } from "../../part.js";
import type { Size } from "../../size.js";

interface Defaults extends DecoderDefaults {
  expertInner: number;
  experts: number;
  topK: number;
  kinds: (c: Fields, L: Size) => SmallExperts["kinds"];
  /** The window of sliding attention; null: none. */
  window: (c: Fields) => number | null;
  /** Which layers have it, where layer_types does not say. Default all. */
  sliding?: boolean;
  tied?: boolean;
}

/** Small experts, no shared one; an RMS norm on each head's query and key. */
const withDefaults =
  ({ expertInner, experts, topK, kinds, window, sliding = true, tied = false, ...defaults }: Defaults): Family =>
  (c) => {
    const sizes = decoderSizes(c, defaults);
    const { V, D, L } = sizes;
    const mlp = smallExperts(c, sizes, {
      kinds: kinds(c, L),
      total: [TOTAL, experts],
      topK: ["num_experts_per_tok", topK],
      inner: expertInner,
      shared: null,
      balance: unbalanced,
    });
    return decoder(c, {
      V,
      D,
      layers: [
        ...layers(
          "layers",
          L,
          rmsNorm("input_layernorm", D),
          groupedAttention(sizes, { bias: c.flag("attention_bias", false), qkNorm: "head" }),
          rmsNorm("post_attention_layernorm", D),
        ),
        ...mlp.layers,
      ],
      norm: rmsNorm("norm", D),
      tied: c.flag("tie_word_embeddings", tied),
      depth: L,
      moe: mlp.moe,
      caches: slidingCaches(
        sizes,
        countTypes(c, L, "sliding_attention", () => sliding),
        window(c),
      ),
    });
  };

const TOTAL = ["num_experts", "num_local_experts"] as const;

/** Qwen3-MoE: 128 small experts of which 8 work, no shared one; an RMS norm on each head's query and key.
 *  Source: Yang et al. 2025, https://arxiv.org/abs/2505.09388; transformers' Qwen3MoeForCausalLM. */
export const qwen3Moe = withDefaults({
  vocab: 151936,
  hidden: 2048,
  inner: 6144,
  layers: 24,
  heads: 32,
  kvHeads: 4,
  expertInner: 768,
  experts: 128,
  topK: 8,
  kinds: (c, L) => sparseLayers(c, L, TOTAL, 128),
  window: (c) => (c.flag("use_sliding_window", false) ? slidingWindow(c, 4096) : null),
});

/** The language model of Qwen3-VL with experts: the same parts, other defaults.
 *  Source: Qwen Team 2025, https://arxiv.org/abs/2511.21631; transformers' Qwen3VLMoeForConditionalGeneration, whose head is its own
 *  where no field says so. */
export const qwen3VlMoe = withDefaults({
  vocab: 151936,
  hidden: 2048,
  inner: 5632,
  layers: 24,
  heads: 16,
  kvHeads: 16,
  expertInner: 1408,
  experts: 60,
  topK: 4,
  kinds: (c, L) => sparseLayers(c, L, TOTAL, 60),
  window: (c) => slidingWindow(c, null),
});

/** The language model of Qwen3-Omni: the same parts, other defaults.
 *  Source: Qwen Team 2025, https://arxiv.org/abs/2509.17765; transformers' Qwen3OmniMoeThinkerForConditionalGeneration. */
export const qwen3OmniMoe = withDefaults({
  vocab: 3584,
  hidden: 2048,
  inner: 18944,
  layers: 28,
  heads: 28,
  kvHeads: 4,
  expertInner: 768,
  experts: 128,
  topK: 8,
  kinds: (c, L) => sparseLayers(c, L, TOTAL, 128),
  window: (c) => slidingWindow(c, null),
});

/** Mellum 2: Qwen3-MoE's parts; layer_types may ask for windows.
 *  Source: JetBrains 2026, model card; transformers' MellumForCausalLM. */
export const mellum = withDefaults({
  vocab: 98304,
  hidden: 2304,
  inner: 7168,
  layers: 28,
  heads: 32,
  kvHeads: 4,
  headDim: 128,
  expertInner: 896,
  experts: 64,
  topK: 8,
  kinds: (c, L) => expertLayers(c, L, 0),
  window: (c) => slidingWindow(c, 1024),
  sliding: false,
});
