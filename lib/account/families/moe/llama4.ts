import type { Family } from "../../architecture.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { countTypes, decoder, decoderSizes, expertCounts, layerKinds, layers } from "../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { group, rmsNorm } from "../../part.js";
import { Size } from "../../size.js";

/** Llama 4, its language model: one of the experts and a shared one work on a token; its query and key norms have no weights.
 *  Source: Meta 2025, Llama 4 model cards; transformers' Llama4ForCausalLM. */
export const llama4: Family = (c) => {
  const sizes = decoderSizes(c, {
    vocab: 202048,
    hidden: 5120,
    inner: 8192,
    layers: 48,
    heads: 40,
    kvHeads: 8,
    headDim: 128,
  });
  const { V, D, F, L } = sizes;
  const Fd = c.size("F_d", "intermediate_size_mlp", 16384);
  const experts = expertCounts(c, ["num_local_experts", 16], ["num_experts_per_tok", 1]);
  const step = c.number("interleave_moe_layer_step", 1, { least: 1 });
  const listed = c.wholes("moe_layers");
  const all = Number(L.value);
  const sparse = listed ? new Set(listed.filter((i) => i < all)).size : Math.floor(all / step);
  const kinds = layerKinds(c, L, "interleave_moe_layer_step", sparse);

  const interval = c.number("no_rope_layer_interval", 4, { least: 1 });
  const chunked = countTypes(c, L, "chunked_attention", (i) => (i + 1) % interval !== 0);
  const chunk = c.isNull("attention_chunk_size") ? null : c.number("attention_chunk_size", 8192, { least: 1 });
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        groupedAttention(sizes, { bias: c.flag("attention_bias", false) }),
        rmsNorm("post_attention_layernorm", D),
      ),
      ...layers("dense layers", kinds.dense, group("feed_forward", swiglu(D, Fd))),
      ...layers(
        "expert layers",
        kinds.sparse,
        mixture(experts, {
          name: "feed_forward",
          router: router(experts.E, D, "router"),
          expert: swiglu(D, F, false, "expert"),
          shared: [group("shared_expert", swiglu(D, F, false, "shared expert"))],
        }),
      ),
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: kinds.sparse, experts, shared: 1 },
    // A chunk is no sliding window, but holds as much at most.
    caches: [groupedCache(sizes, Size.of(all - chunked)), groupedCache(sizes, Size.of(chunked), chunk)],
  });
};
