import type { Family } from "../../architecture.js";
import { groupedAttention, groupedCache } from "../../pieces/attention.js";
import { decoder, decoderSizes, expertCounts, layers } from "../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { group, linear, rmsNorm, table, weight } from "../../part.js";
import { ONE } from "../../size.js";

/** Jamba: one attention layer in eight, Mamba in the others; experts in every other layer, a dense layer in the rest.
 *  Source: Lieber et al. 2024, https://arxiv.org/abs/2403.19887; transformers' JambaForCausalLM. */
export const jamba: Family = (c) => {
  const sizes = decoderSizes(c, { vocab: 65536, hidden: 4096, inner: 14336, layers: 32, heads: 32, kvHeads: 8 });
  const { V, D, F, L } = sizes;
  const total = ["num_experts", "num_local_experts"];
  // With one expert the class builds dense layers, and no router that would choose.
  const one = c.number(total, 16) < 2;
  const experts = one ? { E: ONE, k: ONE } : expertCounts(c, [total, 16], ["num_experts_per_tok", 2]);
  const attention = every("attn_layer_period", 8, "attn_layer_offset", 4);
  const sparse = experts.E.value > 1n ? every("expert_layer_period", 2, "expert_layer_offset", 1) : 0;
  const all = Number(L.value);
  const La = c.derive("L_a", "layers with attention, from attn_layer_period", attention);
  const Lm = c.derive("L_m", "layers with Mamba, from attn_layer_period", all - attention);
  const Le = c.derive("L_e", "layers with experts, from expert_layer_period", sparse);
  const Ld = c.derive("L_d", "layers without experts, from expert_layer_period", all - sparse);

  // Mamba: M channels, each with N numbers of state; the step size is computed from R numbers.
  const M = c.size("M_x", "mamba_expand", 2).times(D);
  const N = c.size("N", "mamba_d_state", 16);
  const W = c.size("W", "mamba_d_conv", 4);
  const R =
    c.values.mamba_dt_rank === "auto" || !c.has("mamba_dt_rank")
      ? c.derive("R", "hidden_size / 16, rounded up", Math.ceil(Number(D.value) / 16))
      : c.size("R", "mamba_dt_rank", null);
  const bias = c.flag("mamba_proj_bias", false);
  const mamba = group(
    "mamba",
    linear("in_proj", "attention", M.times(2), D, bias),
    weight("conv1d.weight", "attention", M, W),
    c.flag("mamba_conv_bias", true) ? [weight("conv1d.bias", "attention", M)] : [],
    linear("x_proj", "attention", R.plus(N.times(2)), M),
    linear("dt_proj", "attention", M, R, true),
    table("A_log", "attention", M, N),
    weight("D", "attention", M),
    rmsNorm("dt_layernorm", R),
    rmsNorm("b_layernorm", N),
    rmsNorm("c_layernorm", N),
    linear("out_proj", "attention", D, M, bias),
  );
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers("layers", L, rmsNorm("input_layernorm", D), rmsNorm("pre_ff_layernorm", D)),
      ...layers("attention layers", La, groupedAttention(sizes)),
      ...layers("Mamba layers", Lm, mamba),
      ...layers("dense layers", Ld, group("feed_forward", swiglu(D, F))),
      ...layers(
        "expert layers",
        Le,
        mixture(experts, {
          name: "feed_forward",
          router: router(experts.E, D, "router"),
          expert: swiglu(D, F, false, "expert"),
        }),
      ),
    ],
    norm: rmsNorm("final_layernorm", D),
    tied: c.flag("tie_word_embeddings", false),
    depth: L,
    moe: { layers: Le, experts, shared: 0 },
    caches: [
      groupedCache(sizes, La),
      { form: "state", layers: Lm, numbers: M.times(N.plus(W)), window: null, products: M.times(N).times(2) },
    ],
  });

  /** How many layers i have i mod period = offset. */
  function every(period: string, otherwise: number, offset: string, otherwiseOffset: number): number {
    const p = c.number(period, otherwise, { least: 1 });
    const o = c.number(offset, otherwiseOffset);
    if (o >= p) c.fail(offset, `must be below ${period} ${p}, got ${o}`);
    return Array.from({ length: Number(L.value) }, (_, i) => i).filter((i) => i % p === o).length;
  }
};
