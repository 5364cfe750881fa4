import type { Family } from "../../architecture.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { decoder, type DecoderDefaults, decoderSizes, denseFirst, layers } from "../../pieces/decoder.js";
import { smallExperts } from "../../pieces/smallExperts.js";
import { rmsNorm } from "../../part.js";

interface Defaults extends DecoderDefaults {
  bias?: boolean;
  /** The config may ask for RMS norms on each head's query and key; default it does not. Null: the class has none. */
  qkNorm?: boolean | null;
  /** Layers without experts before the others. */
  dense?: number;
  expertInner: number;
  topK: number;
}

/** Plain attention whose output has no bias; after the dense layers small experts with shared ones and a routing bias. */
const withDefaults =
  ({ bias = false, qkNorm = false, dense = 1, expertInner, topK, ...defaults }: Defaults): Family =>
  (c) => {
    const sizes = decoderSizes(c, defaults);
    const { V, D, L } = sizes;
    const mlp = smallExperts(c, sizes, {
      kinds: denseFirst(c, L, "first_k_dense_replace", dense),
      total: [["n_routed_experts", "num_local_experts", "num_experts"], 128],
      topK: ["num_experts_per_tok", topK],
      inner: expertInner,
      shared: [["n_shared_experts", "num_shared_experts"], 1],
    });
    return decoder(c, {
      V,
      D,
      layers: [
        ...layers(
          "layers",
          L,
          rmsNorm("input_layernorm", D),
          groupedAttention(sizes, {
            bias: c.flag(["attention_bias", "use_qkv_bias"], bias),
            outputBias: false,
            qkNorm: qkNorm !== null && c.flag("use_qk_norm", qkNorm) ? "head" : null,
          }),
          rmsNorm("post_attention_layernorm", D),
        ),
        ...mlp.layers,
      ],
      norm: rmsNorm("norm", D),
      tied: c.flag("tie_word_embeddings", false),
      depth: L,
      moe: mlp.moe,
      caches: [groupedCache(sizes, L)],
    });
  };

/** GLM-4.5: the first layers dense, then small experts with shared ones; a routing bias that is not trained by gradients.
 *  Source: GLM-4.5 Team 2025, https://arxiv.org/abs/2508.06471; transformers' Glm4MoeForCausalLM. */
export const glm4Moe = withDefaults({
  vocab: 151552,
  hidden: 4096,
  inner: 10944,
  layers: 46,
  heads: 96,
  kvHeads: 8,
  expertInner: 1408,
  topK: 8,
});

/** The language model of GLM-4.5V. Source: transformers' Glm4vMoeForConditionalGeneration. */
export const glm4vMoe = withDefaults({
  vocab: 151424,
  hidden: 4096,
  inner: 10944,
  layers: 46,
  heads: 96,
  kvHeads: 8,
  bias: true,
  qkNorm: null,
  expertInner: 1408,
  topK: 8,
});

/** Sarvam's smaller mixture. Source: Sarvam AI 2026, model card; transformers counts it as Glm4MoeForCausalLM. */
export const sarvamMoe = withDefaults({
  vocab: 262144,
  hidden: 4096,
  inner: 8192,
  layers: 19,
  heads: 64,
  kvHeads: 4,
  headDim: 64,
  qkNorm: true,
  expertInner: 1024,
  topK: 6,
});
