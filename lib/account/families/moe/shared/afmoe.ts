import type { Family } from "../../../architecture.js";
import { groupedAttention } from "../../../pieces/attention.js";
import { countTypes, decoder, decoderSizes, layers, slidingCaches, slidingWindow } from "../../../pieces/decoder.js";
import { expertLayers, smallExperts } from "../../../pieces/smallExperts.js";
import { linear, rmsNorm, weight } from "../../../part.js";

/** Arcee's Trinity: windows in three layers of four, a gate on the output of attention, four norms a layer, small experts with shared
 *  ones. Its routing bias is a parameter in transformers, and so counted.
 *  Source: Arcee AI 2025, Trinity model cards; transformers' AfmoeForCausalLM. */
export const afmoe: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 200192,
    hidden: 2048,
    inner: 6144,
    layers: 32,
    heads: 16,
    kvHeads: null,
    headDim: 128,
  });
  const { V, D, L, H, K } = sizes;
  const mlp = smallExperts(c, sizes, {
    kinds: expertLayers(c, L, c.number("num_dense_layers", 1), "num_dense_layers"),
    total: ["num_experts", 64],
    topK: ["num_experts_per_tok", 6],
    inner: 1408,
    shared: ["num_shared_experts", 2],
    routerName: "router.gate",
    balance: (E) => [weight("expert_bias", "router", E)],
  });
  const step = c.number("global_attn_every_n_layers", 4, { least: 1 });
  const bias = c.flag("attention_bias", false);
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        groupedAttention(sizes, { bias, qkNorm: "head", more: linear("gate_proj", "attention", H.times(K), D) }),
        rmsNorm("post_attention_layernorm", D),
        rmsNorm("pre_mlp_layernorm", D),
        rmsNorm("post_mlp_layernorm", D),
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
      slidingWindow(c, 1024),
    ),
  });
};
