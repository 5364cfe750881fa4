import type { Cache, Family } from "../../architecture.js";
import { groupedCache } from "../../pieces/attention.js";
import { attentionSizes, countTypes, decoder, expertCounts, layers, slidingWindow } from "../../pieces/decoder.js";
import { mixture, swiglu } from "../../pieces/feedForward.js";
import { buffer, group, linear, type Part, rmsNorm, weight } from "../../part.js";
import { ONE, Size, ZERO } from "../../size.js";

/** ZAYA: attention in a compressed width, with convolutions over queries and keys and half of each value from the token before; a
 *  router that is a small network and may also skip the experts; learned factors and offsets on the residual stream.
 *  Source: Zyphra 2025, https://arxiv.org/abs/2511.17127; transformers' ZayaForCausalLM. */
export const zaya: Family = (c) => {
  const sizes = attentionSizes(c, { vocab: 262272, hidden: 2048, layers: 40, heads: 8, kvHeads: 2, headDim: 128 });
  const { V, D, L, H, Hkv, K } = sizes;
  const [T0, T1] = [c.size("T_0", "cca_time0", 2), c.size("T_1", "cca_time1", 2)];
  const Fe = c.size("F_e", "moe_intermediate_size", 2048);
  const R = c.size("R", "router_hidden_size", 256);
  const experts = expertCounts(c, ["num_experts", 16], ["num_experts_per_tok", 1]);
  const bias = c.flag("attention_bias", false);
  const half = c.derive("K_h", "half of num_key_value_heads * head_dim", Math.floor(Number(Hkv.value * K.value) / 2));
  const mixed = H.plus(Hkv).times(K);
  const choices = experts.E.plus(ONE);
  const rescale = (name: string): Part =>
    group(
      name,
      ...["hidden_states_scale", "hidden_states_bias", "residual_scale", "residual_bias"].map((one) =>
        weight(one, "other", D),
      ),
    );
  const all = Number(L.value);
  const window = slidingWindow(c, null);
  const windowed = window === null ? 0 : countTypes(c, L, "hybrid_sliding", () => false);
  const state: Cache = {
    form: "state",
    layers: L,
    numbers: mixed.times(c.derive("T", "cca_time0 + cca_time1 - 2", Number(T0.value + T1.value) - 2)).plus(half),
    window: null,
    products: ZERO, // the convolutions' own weights
  };
  return decoder(c, {
    V,
    D,
    more: [weight("input_hidden_states_scale", "other", D), weight("input_hidden_states_bias", "other", D)],
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        group(
          "self_attn",
          linear("o_proj", "attention", D, H.times(K), bias),
          group(
            "qkv_proj",
            linear("q_proj", "attention", H.times(K), D, bias),
            linear("k_proj", "attention", Hkv.times(K), D, bias),
            linear("v_proj_current", "attention", half, D, bias),
            linear("v_proj_delayed", "attention", half, D, bias),
            weight("conv_qk_depthwise.weight", "attention", mixed, T0),
            weight("conv_qk_depthwise.bias", "attention", mixed),
            weight("conv_qk_grouped.weight", "attention", mixed, K, T1),
            weight("conv_qk_grouped.bias", "attention", mixed),
          ),
          weight("qk_norm.temp", "attention", Hkv),
        ),
        rescale("post_attention_residual_scale"),
        rmsNorm("post_attention_layernorm", D),
        mixture(experts, {
          router: [
            group(
              "gate",
              linear("down_proj", "router", R, D, true),
              rmsNorm("router_mlp.norm", R, "router"),
              linear("router_mlp.fc1", "router", R, R, true),
              linear("router_mlp.fc2", "router", R, R, true),
              linear("router_mlp.out_proj", "router", choices, R),
              buffer("balancing_biases", "router", choices),
            ),
          ],
          expert: swiglu(D, Fe, false, "expert"),
        }),
        rescale("post_mlp_residual_scale"),
      ),
      ...layers("layers after the first", Size.of(all - 1), weight("gate.router_states_scale", "router", R)),
    ],
    norm: rmsNorm("norm", D),
    tied: c.flag("tie_word_embeddings", true),
    headBias: c.flag("lm_head_bias", false),
    depth: L,
    moe: { layers: L, experts, shared: 0 },
    caches: [groupedCache(sizes, Size.of(all - windowed)), groupedCache(sizes, Size.of(windowed), window), state],
  });
};
