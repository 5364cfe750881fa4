import type { Family } from "../../architecture.js";
import type { Fields } from "../../config/fields.js";
import { countTypes, decoder, expertCounts, layerKinds, layers } from "../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { latentAttention, latentCache, latentSizes } from "../../pieces/latentAttention.js";
import { sharedExperts } from "../../pieces/smallExperts.js";
import { deltaProducts } from "../../pieces/state/gatedDelta.js";
import { buffer, group, linear, rmsNorm, weight } from "../../part.js";
import type { Size } from "../../size.js";

/** Kimi Linear: three layers in four have Kimi delta attention, a linear one with a gate for each channel; the others latent
 *  attention; experts as in DeepSeek-V3.
 *  Source: Kimi Team 2025, https://arxiv.org/abs/2510.26692; transformers' KimiLinearForCausalLM. */
export const kimiLinear: Family = (c) => {
  const V = c.size("V", "vocab_size", 163840);
  const D = c.size("D", "hidden_size", 2304);
  const F = c.size("F", "intermediate_size", 9216);
  const L = c.depth("L", "num_hidden_layers", 27);
  const H = c.size("H", "num_attention_heads", 32);
  const Fe = c.size("F_e", "moe_intermediate_size", 1024);
  const S = c.count("S", ["n_shared_experts", "num_shared_experts"], 1);
  const sizes = latentSizes(c, D, H, { kvRank: 512, queryRank: null, nope: 128, rope: 64, value: 128 });
  const experts = expertCounts(
    c,
    [["num_local_experts", "num_experts"], 256],
    [["num_experts_per_tok", "num_experts_per_token"], 8],
  );
  const { dense, sparse } = kindsOf(c, L);

  const linearConfig = c.section("linear_attn_config");
  const all = Number(L.value);
  const listed = linearConfig.wholes("full_attn_layers");
  const full = listed ? listed.length : countTypes(c, L, "full_attention", (i) => i > 0 && i % 4 === 0);
  const La = c.derive("L_a", "layers with latent attention, from linear_attn_config", full);
  const Ll = c.derive("L_l", "layers with linear attention, from linear_attn_config", all - full);
  const inSection = c.has("linear_attn_config");
  const own = (letter: string, name: string, top: string, otherwise: number): Size =>
    inSection && linearConfig.has(name) ? linearConfig.size(letter, name, otherwise) : c.size(letter, top, otherwise);
  const Hl = own("H_l", "num_heads", "linear_num_heads", 32);
  const Kl = own("K_l", "head_dim", "linear_head_dim", 128);
  const W = own("W", "short_conv_kernel_size", "linear_conv_kernel_dim", 4);
  const heads = Hl.times(Kl);
  const delta = group(
    "self_attn",
    ...["q_proj", "k_proj", "v_proj"].map((name) => linear(name, "attention", heads, D)),
    weight("conv1d.weight", "attention", heads.times(3), W),
    group(
      "forget_gate",
      linear("f_a_proj", "attention", Kl, D),
      linear("f_b_proj", "attention", heads, Kl),
      weight("dt_bias", "attention", heads),
      weight("A_log", "attention", Hl),
    ),
    linear("b_proj", "attention", Hl, D),
    linear("g_a_proj", "attention", Kl, D),
    linear("g_b_proj", "attention", heads, Kl),
    rmsNorm("o_norm", Kl, "attention"),
    linear("o_proj", "attention", D, heads),
  );
  return decoder(c, {
    V,
    D,
    layers: [
      ...layers("layers", L, rmsNorm("input_layernorm", D), rmsNorm("post_attention_layernorm", D)),
      ...layers("attention layers", La, latentAttention(sizes, c.flag("attention_bias", false))),
      ...layers("linear attention layers", Ll, delta),
      ...layers("dense layers", dense, group("mlp", swiglu(D, F))),
      ...layers(
        "expert layers",
        sparse,
        mixture(experts, {
          router: [...router(experts.E, D), buffer("e_score_correction_bias", "router", experts.E)],
          expert: swiglu(D, Fe, false, "expert"),
          shared: sharedExperts(S, D, Fe),
        }),
      ),
    ],
    norm: rmsNorm("norm", D),
    // transformers' class names no tied tensors, so the head is its own whatever the config says.
    tied: false,
    depth: L,
    moe: { layers: sparse, experts, shared: Number(S.value) },
    caches: [
      latentCache(sizes, La),
      {
        form: "state",
        layers: Ll,
        numbers: heads.times(Kl).plus(heads.times(3).times(W)),
        window: null,
        products: deltaProducts(heads.times(Kl)),
      },
    ],
  });
};

function kindsOf(c: Fields, L: Size): { dense: Size; sparse: Size } {
  const all = Number(L.value);
  const types = c.words("mlp_layer_types");
  const sparse = types
    ? types.filter((type) => type === "sparse").length
    : all - Math.min(c.number("first_k_dense_replace", 1), all);
  return layerKinds(c, L, "first_k_dense_replace", sparse);
}
