import type { Family } from "../../../architecture.js";
import { groupedAttention } from "../../../pieces/attention.js";
import { countTypes, decoder, decoderSizes, layers, slidingCaches, slidingWindow } from "../../../pieces/decoder.js";
import { expertLayers, smallExperts } from "../../../pieces/smallExperts.js";
import { rmsNorm } from "../../../part.js";

/** K-EXAONE: EXAONE 4's windows and norms of queries and keys, small experts with a shared one.
 *  Source: LG AI Research 2026, K-EXAONE technical report; transformers' ExaoneMoeForCausalLM. */
export const exaoneMoe: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 102400, hidden: 4096, inner: 16384, layers: 32, heads: 32, kvHeads: 32 });
  const { V, D, L } = sizes;
  const mlp = smallExperts(c, sizes, {
    kinds: expertLayers(c, L, c.number("first_k_dense_replace", 1), "first_k_dense_replace"),
    total: ["num_experts", 64],
    topK: ["num_experts_per_tok", 8],
    inner: 1024,
    shared: ["num_shared_experts", 1],
  });
  // Older files have a word such as "LLLG" here, and layer_types besides.
  const step = c.has("layer_types") ? 4 : c.number("sliding_window_pattern", 4, { least: 1 });
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        groupedAttention(sizes, { qkNorm: "head" }),
        rmsNorm("post_attention_layernorm", D),
      ),
      ...mlp.layers,
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: mlp.moe,
    caches: slidingCaches(
      sizes,
      countTypes(c, L, "sliding_attention", (i) => (i + 1) % step !== 0),
      slidingWindow(c, 4096),
    ),
  });
};
