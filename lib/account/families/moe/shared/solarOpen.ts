import type { Family } from "../../../architecture.js";
import { groupedAttention, groupedCache } from "../../../pieces/attention.js";
import { attentionSizes, decoder, layers } from "../../../pieces/decoder.js";
import { smallExperts } from "../../../pieces/smallExperts.js";
import { rmsNorm } from "../../../part.js";
import { ZERO } from "../../../size.js";

/** Solar Open: small experts with a shared one in every layer.
 *  Source: Upstage 2026, Solar Open technical report; transformers' SolarOpenForCausalLM. */
export const solarOpen: Family = (c) => {
  const sizes = attentionSizes(c, {
    vocab: 196608,
    hidden: 4096,
    layers: 48,
    heads: 64,
    kvHeads: 8,
    headDim: 128,
  });
  const { V, D, L } = sizes;
  const mlp = smallExperts(
    c,
    { D, F: null },
    {
      kinds: { dense: ZERO, sparse: L },
      total: [["n_routed_experts", "num_local_experts"], 128],
      topK: ["num_experts_per_tok", 8],
      inner: 1280,
      shared: ["n_shared_experts", 1],
    },
  );
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        groupedAttention(sizes, { bias: c.flag("attention_bias", false), outputBias: false }),
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
