import type { Family } from "../../../architecture.js";
import { groupedAttention } from "../../../pieces/attention.js";
import { countTypes, decoder, decoderSizes, layers, slidingCaches, slidingWindow } from "../../../pieces/decoder.js";
import { swiglu } from "../../../pieces/feedForward.js";
import { smallExperts, unbalanced } from "../../../pieces/smallExperts.js";
import { sparseLayers } from "../../../pieces/sparse.js";
import { group, rmsNorm, weight } from "../../../part.js";

/** Flint: windows in most layers, a learned sink a head, small experts beside a shared one.
 *  Source: transformers' FlintForCausalLM. */
export const flint: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 150144,
    hidden: 2048,
    inner: 6144,
    layers: 49,
    heads: 32,
    kvHeads: 4,
    headDim: 128,
  });
  const { V, D, L, H } = sizes;
  const last = Number(L.value) - 1;
  const Fs = c.count("F_s", "shared_expert_intermediate_size", 1024);
  const mlp = smallExperts(c, sizes, {
    kinds: sparseLayers(c, L, "num_experts", 256, [0, 1]),
    total: ["num_experts", 256],
    topK: ["num_experts_per_tok", 6],
    inner: 512,
    shared: null,
    balance: unbalanced,
    besides: [group("shared_expert", swiglu(D, Fs, false, "shared expert"))],
  });
  const bias = c.flag("attention_bias", false);
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        groupedAttention(sizes, { bias, qkNorm: "head", more: [weight("sinks", "attention", H)] }),
        rmsNorm("post_attention_layernorm", D),
      ),
      ...mlp.layers,
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { ...mlp.moe, shared: 1 },
    caches: slidingCaches(
      sizes,
      countTypes(c, L, "sliding_attention", (i) => !(i < 2 || i % 4 === 1 || i === last)),
      slidingWindow(c, 513),
    ),
  });
};
