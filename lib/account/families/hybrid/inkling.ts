import type { Cache, Family } from "../../architecture.js";
import { groupedCache, type GroupedSizes } from "../../pieces/attention.js";
import { attentionSizes, countTypes, decoder, expertCounts, layers } from "../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { expertLayers, routingBias } from "../../pieces/smallExperts.js";
import { group, linear, type Part, repeat, rmsNorm, used, weight } from "../../part.js";
import { ONE, type Size, ZERO } from "../../size.js";

/** Inkling: short convolutions over keys, values and what each part adds; learned scores for distances; windows in five layers of
 *  six, with heads of their own; small experts, and shared ones that the router weighs. The class ties nothing.
 *  Source: transformers' InklingForCausalLM of 5.24; 5.18 counts the experts of a file with dense_intermediate_size by
 *  moe_intermediate_size, against the checkpoints. */
export const inkling: Family = (c) => {
  const sizes = attentionSizes(c, { vocab: 201024, hidden: 6144, layers: 66, heads: 64, kvHeads: 8, headDim: 128 });
  const { V, D, L } = sizes;
  const sliding: GroupedSizes = {
    D,
    H: c.size("H_w", "swa_num_attention_heads", 64),
    Hkv: c.size("H_kvw", "swa_num_key_value_heads", 16),
    K: c.size("K_w", "swa_head_dim", 128),
  };
  const window = c.size("T_w", ["sliding_window_size", "sliding_window"], 512);
  const W = c.size("W", ["conv_kernel_size", "sconv_kernel_size"], 4);
  const R = c.size("R", "d_rel", 16);
  const local = c.has("local_layer_ids") ? new Set(c.wholes("local_layer_ids")) : null;
  const count = countTypes(c, L, "hybrid_sliding", (i) => (local ? local.has(i) : (i + 1) % 6 !== 0));
  const Lw = c.derive("L_w", "layers with a window, from layer_types", count);
  const La = c.derive("L_a", "layers without a window, from layer_types", Number(L.value) - count);

  // Where a file has dense_intermediate_size, intermediate_size is that of the experts.
  const old = c.has("dense_intermediate_size");
  const F = c.size("F", ["dense_intermediate_size", "intermediate_size"], 24576);
  const Fe = old ? c.size("F_e", "intermediate_size", 24576) : c.size("F_e", "moe_intermediate_size", 3072);
  const S = c.count("S", "n_shared_experts", 2);
  const experts = expertCounts(c, [["n_routed_experts", "num_local_experts"], 256], ["num_experts_per_tok", 6]);
  const kinds = expertLayers(c, L, c.number("dense_mlp_idx", 0), "dense_mlp_idx");
  const convolution = (name: string, width: Size): Part => weight(`${name}.conv1d.weight`, "attention", width, W);
  const attention = ({ H, Hkv, K }: GroupedSizes, reach: Size): Part =>
    group(
      "self_attn",
      linear("q_proj", "attention", H.times(K), D),
      linear("k_proj", "attention", Hkv.times(K), D),
      linear("v_proj", "attention", Hkv.times(K), D),
      linear("r_proj", "attention", H.times(R), D),
      linear("o_proj", "attention", D, H.times(K)),
      convolution("k_sconv", Hkv.times(K)),
      convolution("v_sconv", Hkv.times(K)),
      rmsNorm("q_norm", K, "attention"),
      rmsNorm("k_norm", K, "attention"),
      used(weight("rel_logits_proj.proj", "attention", R, reach), H),
    );
  // The last inputs of the four convolutions.
  const state = (layersOf: Size, { Hkv, K }: GroupedSizes): Cache => ({
    form: "state",
    layers: layersOf,
    numbers: Hkv.times(K).plus(D).times(2).times(W),
    window: null,
    products: ZERO, // the convolutions' own weights
  });
  return decoder(c, {
    V,
    D,
    more: rmsNorm("embed_tokens.embed_norm", D),
    layers: [
      ...layers(
        "layers",
        L,
        rmsNorm("input_layernorm", D),
        rmsNorm("post_attention_layernorm", D),
        convolution("attn_sconv", D),
        convolution("mlp_sconv", D),
      ),
      ...layers("full layers", La, attention(sizes, c.size("T_r", "rel_extent", 1024))),
      ...layers("window layers", Lw, attention(sliding, window)),
      ...layers("dense layers", kinds.dense, group("mlp", swiglu(D, F), weight("global_scale", "feed-forward", ONE))),
      ...layers(
        "expert layers",
        kinds.sparse,
        mixture(experts, {
          router: [
            ...router(experts.E.plus(S), D),
            weight("gate.global_scale", "router", ONE),
            ...routingBias(experts.E),
          ],
          expert: swiglu(D, Fe, false, "expert"),
          shared: [repeat(group("shared_experts", swiglu(D, Fe, false, "shared expert")), S)],
        }),
      ),
    ],
    norm: rmsNorm("norm", D),
    tied: false,
    depth: L,
    moe: { layers: kinds.sparse, experts, shared: Number(S.value) },
    caches: [
      groupedCache(sizes, La),
      groupedCache(sliding, Lw, Number(window.value)),
      state(La, sizes),
      state(Lw, sliding),
    ],
  });
};
