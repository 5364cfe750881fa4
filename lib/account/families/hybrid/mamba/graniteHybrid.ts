import type { Family } from "../../../architecture.js";
import { groupedAttention, groupedCache } from "../../../pieces/attention.js";
import { countTypes, decoder, decoderSizes, expertCounts, layers } from "../../../pieces/decoder.js";
import { graniteExperts, graniteShared } from "../../../pieces/granite.js";
import { mamba2, mambaSizes, mambaState } from "../../../pieces/state/mamba2.js";
import { rmsNorm } from "../../../part.js";
import { ONE, Size } from "../../../size.js";

/** Granite 4: Mamba 2 in most layers, attention in a few, and in all a gated layer, with experts beside it or, for
 *  num_local_experts 0, alone.
 *  Source: IBM 2025, Granite 4.0 language models; transformers' GraniteMoeHybridForCausalLM. */
export const graniteHybrid: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 32000, hidden: 4096, inner: 11008, layers: 32, heads: 32, kvHeads: null });
  const { V, D, F, L } = sizes;
  const sparse = c.number("num_local_experts", 8) > 0;
  const experts = sparse ? expertCounts(c, ["num_local_experts", 8], ["num_experts_per_tok", 2]) : { E: ONE, k: ONE };
  const beside = graniteShared(c, D, 1024, sparse);
  const named = c.has("layers_block_type") ? c.with({ layer_types: c.values.layers_block_type }) : c;
  const attention =
    countTypes(named, L, "attention", () => false) + countTypes(named, L, "full_attention", () => false);
  const La = c.derive("L_a", "layers with attention, from layer_types", attention);
  const Lm = c.derive("L_m", "layers with Mamba, from layer_types", Number(L.value) - attention);
  const mamba = mambaSizes(c, D);
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        rmsNorm("post_attention_layernorm", D),
        sparse ? graniteExperts(experts, D, F) : [],
        beside.parts,
      ),
      ...layers("attention layers", La, groupedAttention(sizes, { bias: c.flag("attention_bias", false) })),
      ...layers(
        "Mamba layers",
        Lm,
        mamba2(mamba, { convBias: c.flag("mamba_conv_bias", true), bias: c.flag("mamba_proj_bias", false) }),
      ),
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: sparse ? L : Size.of(0), experts, shared: beside.width > 0 ? 1 : 0 },
    caches: [groupedCache(sizes, La), mambaState(mamba, Lm)],
  });
};
