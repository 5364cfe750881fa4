import type { Family } from "../../../architecture.js";
import { groupedAttention } from "../../../pieces/attention.js";
import { countTypes, decoder, decoderSizes, layers, slidingCaches, slidingWindow } from "../../../pieces/decoder.js";
import { expertLayers, smallExperts } from "../../../pieces/smallExperts.js";
import { linear, rmsNorm, weight } from "../../../part.js";

/** Beam: a gate on the attention's output, with an offset for each head, norms before and after each part, small experts without a
 *  shared one; windows in five of six layers, but never in the last.
 *  Source: transformers' BeamForCausalLM. */
export const beam: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 151936,
    hidden: 5120,
    inner: 20480,
    layers: 52,
    heads: 48,
    kvHeads: 8,
    headDim: 128,
  });
  const { V, D, L, H, K } = sizes;
  const mlp = smallExperts(c, sizes, {
    kinds: expertLayers(c, L, 3, "the first three being dense"),
    total: [["num_experts", "num_local_experts"], 256],
    topK: ["num_experts_per_tok", 8],
    inner: 2560,
    shared: null,
  });
  const gate = [...linear("gate_proj", "attention", H.times(K), D), weight("gate_bias", "attention", H)];
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        groupedAttention(sizes, { bias: c.flag("attention_bias", false), qkNorm: "head", more: gate }),
        rmsNorm("post_attention_layernorm", D),
        rmsNorm("pre_feedforward_layernorm", D),
        rmsNorm("post_feedforward_layernorm", D),
      ),
      ...mlp.layers,
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: mlp.moe,
    caches: slidingCaches(
      sizes,
      countTypes(c, L, "sliding_attention", (i) => (i + 1) % 6 !== 0 && i + 1 !== Number(L.value)),
      slidingWindow(c, 512),
    ),
  });
};
