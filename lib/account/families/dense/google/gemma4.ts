import type { Family } from "../../../architecture.js";
import type { Fields } from "../../../config/fields.js";
import type { GroupedSizes } from "../../../pieces/attention.js";
import { decoder, expertCounts, headSize, kvHeads, layers, slidingWindow } from "../../../pieces/decoder.js";
import { type Experts, mixture, swiglu } from "../../../pieces/feedForward.js";
import { buffer, fused, group, linear, type Part, rmsNorm, weight } from "../../../part.js";
import { Size } from "../../../size.js";
import { layerHeads } from "./layerHeads.js";
import { layerPlan, perLayerGate, perLayerInputs, sharingAttention, sharingCaches } from "./perLayer.js";

/** @param perLayer default size of the embedding for each layer; null: the class has none, and no experts
 *  @param window default of `sliding_window` */
const gemma4Of =
  (perLayer: number | null, window: number): Family =>
  (c) => {
    const V = c.size("V", "vocab_size", 262144);
    const D = c.size("D", "hidden_size", 2304);
    const F = c.size("F", "intermediate_size", 9216);
    const L = c.depth("L", "num_hidden_layers", 30);
    const H = c.size("H", "num_attention_heads", 8);
    const sliding = { D, H, Hkv: kvHeads(c, H, 4), K: headSize(c, D, H, 256) };
    const plan = layerPlan(c, L, 6, 0);
    // Whatever the config says, the class makes the last layer one that looks at all tokens.
    plan[plan.length - 1].sliding = false;
    const sizes = layerHeads(c, sliding, plan);
    const P = perLayer === null ? null : c.count("P", "hidden_size_per_layer_input", perLayer);
    const inputs = P && P.value > 0n ? P : null;
    const experts = perLayer !== null && c.flag("enable_moe_block", false) ? expertsOf(c) : null;
    return decoder(c, {
      V,
      D,
      more: inputs ? perLayerInputs(c, D, L, inputs) : [],
      layers: [
        ...layers(
          "layers",
          L,
          ...["input", "post_attention", "pre_feedforward", "post_feedforward"].map((at) =>
            rmsNorm(`${at}_layernorm`, D),
          ),
          buffer("layer_scalar", "other", Size.of(1)),
          inputs ? perLayerGate(D, inputs) : [],
          experts ? expertParts(c, experts, D) : [],
        ),
        ...attentions(c, plan, sizes),
        ...feedForwards(c, plan, D, F),
      ],
      norm: rmsNorm("norm", D),
      tied: c.flag("tie_word_embeddings", true),
      depth: L,
      caches: sharingCaches(plan, sizes, slidingWindow(c, window)),
      ...(experts ? { moe: { layers: L, experts, shared: 0 } } : {}),
    });
  };

/** Gemma 4: Gemma 3 with larger heads in the layers that look at all tokens, an embedding for each layer, last layers that reuse
 *  keys and values, and, with `enable_moe_block` (26B-A4B), experts beside the dense feed-forward.
 *  Source: transformers' Gemma4ForCausalLM. */
export const gemma4 = gemma4Of(256, 512);

/** Gemma 4 without an embedding for each layer and without experts. Source: transformers' Gemma4UnifiedForCausalLM. */
export const gemma4Unified = gemma4Of(null, 1024);

type Plan = ReturnType<typeof layerPlan>;

/** The four kinds of attention layers, those that there are. */
function attentions(c: Fields, plan: Plan, sizes: { sliding: GroupedSizes; full: GroupedSizes }): Part[] {
  const bias = c.flag("attention_bias", false);
  const keysAreValues = c.flag("attention_k_eq_v", false);
  return [true, false].flatMap((sliding) =>
    [false, true].flatMap((reuses) => {
      const times = plan.filter((layer) => layer.sliding === sliding && layer.reuses === reuses).length;
      const name = `${sliding ? "window" : "full"} attention layers${reuses ? " that reuse keys" : ""}`;
      const values = sliding || !keysAreValues;
      const own = sliding ? sizes.sliding : sizes.full;
      return layers(name, Size.of(times), sharingAttention(own, { bias, reuses, values }));
    }),
  );
}

/** SwiGLU; with `use_double_wide_mlp` twice as wide where keys and values are reused. */
function feedForwards(c: Fields, plan: Plan, D: Size, F: Size): Part[] {
  const wide = c.flag("use_double_wide_mlp", false) ? plan.filter(({ reuses }) => reuses).length : 0;
  return [
    ...layers("feed-forward layers", Size.of(plan.length - wide), group("mlp", swiglu(D, F))),
    ...layers("wide feed-forward layers", Size.of(wide), group("mlp", swiglu(D, F.times(2)))),
  ];
}

const expertsOf = (c: Fields): Experts => expertCounts(c, ["num_experts", null], ["top_k_experts", null]);

/** Experts beside the dense feed-forward, with norms of their own and a factor for each. */
function expertParts(c: Fields, experts: Experts, D: Size): Part[] {
  const F = c.size("F_e", "moe_intermediate_size", null);
  return [
    mixture(experts, {
      name: "mixture",
      router: [
        group(
          "router",
          linear("proj", "router", experts.E, D),
          weight("scale", "router", D),
          weight("per_expert_scale", "router", experts.E),
        ),
      ],
      expert: [
        ...fused("gate_up_proj", "expert", { gate_proj: F, up_proj: F }, D),
        ...linear("down_proj", "expert", D, F),
      ],
    }),
    ...["post_feedforward_layernorm_1", "post_feedforward_layernorm_2", "pre_feedforward_layernorm_2"].flatMap((name) =>
      rmsNorm(name, D),
    ),
  ];
}
