import type { Family } from "../../../architecture.js";
import { groupedAttention } from "../../../pieces/attention.js";
import { countTypes, decoder, decoderSizes, layers, slidingCaches, slidingWindow } from "../../../pieces/decoder.js";
import { expertLayers, smallExperts, unbalanced } from "../../../pieces/smallExperts.js";
import { group, rmsNorm } from "../../../part.js";
import { swiglu } from "../../../pieces/feedForward.js";

/** Command A with experts: attention and feed-forward side by side behind one norm, windows in three layers of four.
 *  Source: Cohere 2026, model card; transformers' Cohere2MoeForCausalLM. */
export const cohere2Moe: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 256000,
    hidden: 8192,
    inner: 22528,
    layers: 40,
    heads: 64,
    kvHeads: null,
    headDim: 128,
  });
  const { V, D, F, L } = sizes;
  const first = c.number("first_k_dense_replace", 0);
  const kinds = expertLayers(c, L, first, "first_k_dense_replace");
  const dense = kinds.dense.value > 0n ? c.sizeOr("F_d", "prefix_dense_intermediate_size", () => F) : F;
  const mlp = smallExperts(
    c,
    { D, F: null },
    {
      kinds,
      total: ["num_experts", 8],
      topK: ["num_experts_per_tok", 2],
      inner: F,
      shared: ["num_shared_experts", 0],
      balance: unbalanced,
    },
  );
  const [step, firstStep] = [
    c.number("sliding_window_pattern", 4, { least: 1 }),
    c.number("prefix_dense_sliding_window_pattern", 1, { least: 1 }),
  ];
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        groupedAttention(sizes, { bias: c.flag("attention_bias", false) }),
      ),
      ...layers("dense layers", kinds.dense, group("mlp", swiglu(D, dense))),
      ...mlp.layers,
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", true),
    depth: L,
    moe: mlp.moe,
    caches: slidingCaches(
      sizes,
      countTypes(c, L, "sliding_attention", (i) => (i < first ? (i + 1) % firstStep : (i - first + 1) % step) !== 0),
      slidingWindow(c, 4096),
    ),
  });
};
