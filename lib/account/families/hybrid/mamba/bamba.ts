import type { Family } from "../../../architecture.js";
import { groupedAttention, groupedCache } from "../../../pieces/attention.js";
import { decoder, decoderSizes, layers } from "../../../pieces/decoder.js";
import { swiglu } from "../../../pieces/feedForward.js";
import { mamba2, mambaSizes, mambaState } from "../../../pieces/state/mamba2.js";
import { group, rmsNorm } from "../../../part.js";

/** Bamba: Mamba 2 in all layers but those that attn_layer_indices lists.
 *  Source: IBM, Princeton, CMU and UIUC 2024, Bamba; transformers' BambaForCausalLM. */
export const bamba: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 128000, hidden: 4096, inner: 14336, layers: 32, heads: 32, kvHeads: 8 });
  const { V, D, F, L } = sizes;
  const all = Number(L.value);
  const attention = new Set((c.wholes("attn_layer_indices") ?? []).filter((i) => i < all)).size;
  const La = c.derive("L_a", "layers with attention, from attn_layer_indices", attention);
  const Lm = c.derive("L_m", "layers with Mamba, from attn_layer_indices", all - attention);
  const mamba = mambaSizes(c, D);
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        rmsNorm("pre_ff_layernorm", D),
        group("feed_forward", swiglu(D, F, c.flag("mlp_bias", false))),
      ),
      ...layers("attention layers", La, groupedAttention(sizes, { bias: c.flag("attention_bias", false) })),
      ...layers(
        "Mamba layers",
        Lm,
        mamba2(mamba, { convBias: c.flag("mamba_conv_bias", true), bias: c.flag("mamba_proj_bias", false) }),
      ),
    ],
    norm: rmsNorm("final_layernorm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    caches: [groupedCache(sizes, La), mambaState(mamba, Lm)],
  });
};

/** Falcon-H1: attention and Mamba 2 side by side in every layer.
 *  Source: Zuo et al. 2025, https://arxiv.org/abs/2507.22448; transformers' FalconH1ForCausalLM. */
export const falconH1: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 128000, hidden: 4096, inner: 14336, layers: 32, heads: 32, kvHeads: 8 });
  const { V, D, F, L } = sizes;
  const channels = c.isNull("mamba_d_ssm") ? undefined : c.size("M", "mamba_d_ssm", 1024);
  const mamba = mambaSizes(c, D, 256, channels);
  return decoder(c, {
    V,
    D,
    layers: layers(
      "layers",
      L,
      rmsNorm("input_layernorm", D),
      groupedAttention(sizes, { bias: c.flag("attention_bias", false) }),
      mamba2(mamba, {
        convBias: c.flag("mamba_conv_bias", true),
        bias: c.flag("mamba_proj_bias", false),
        outBias: c.flag("projectors_bias", false),
        norm: c.flag("mamba_rms_norm", false),
      }),
      rmsNorm("pre_ff_layernorm", D),
      group("feed_forward", swiglu(D, F, c.flag("mlp_bias", false))),
    ),
    norm: rmsNorm("final_layernorm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    caches: [groupedCache(sizes, L), mambaState(mamba, L)],
  });
};
