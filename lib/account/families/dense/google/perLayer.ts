/** What Gemma 3n and Gemma 4 share: a second, small embedding for each layer, and last layers that reuse keys and values. */

import type { Cache } from "../../../architecture.js";
import type { Fields } from "../../../config/fields.js";
import { groupedCache, type GroupedSizes } from "../../../pieces/attention.js";
import { group, linear, type Part, rmsNorm, weight } from "../../../part.js";
import { Size } from "../../../size.js";

/** Embedding [V_p, L·P], read once for all layers, and what mixes it with the first layer's input. P numbers a layer. */
export const perLayerInputs = (c: Fields, D: Size, L: Size, P: Size): Part[] => [
  weight("embed_tokens_per_layer.weight", "embedding", c.size("V_p", "vocab_size_per_layer_input", 262144), L.times(P)),
  ...linear("per_layer_model_projection", "other", L.times(P), D),
  ...rmsNorm("per_layer_projection_norm", P),
];

/** In each layer: how its P numbers come into the residual. */
export const perLayerGate = (D: Size, P: Size): Part[] => [
  ...linear("per_layer_input_gate", "other", P, D),
  ...linear("per_layer_projection", "other", D, P),
  ...rmsNorm("post_per_layer_input_norm", D),
];

/** Which layers look at a window, and which reuse an earlier layer's keys and values. */
export interface LayerPlan {
  sliding: boolean;
  reuses: boolean;
}

/** @param every every how manyth layer looks at all tokens, where `layer_types` is left out
 *  @param shared default of `num_kv_shared_layers`: how many layers at the end reuse */
export function layerPlan(c: Fields, L: Size, every: number, shared: number): LayerPlan[] {
  const all = Number(L.value);
  const types = c.words("layer_types");
  if (types && types.length !== all) c.fail("layer_types", `must name each of the ${all} layers, got ${types.length}`);
  const reused = c.number("num_kv_shared_layers", shared);
  if (reused > all) c.fail("num_kv_shared_layers", `must be at most the number of layers ${all}, got ${reused}`);
  return Array.from({ length: all }, (_, i) => ({
    sliding: types ? types[i] === "sliding_attention" : (i + 1) % every !== 0,
    reuses: i >= all - reused,
  }));
}

/** Queries for H heads; keys and values only where the layer does not reuse those of an earlier one. */
export function sharingAttention(
  { D, H, Hkv, K }: GroupedSizes,
  { bias, reuses, values = true }: { bias: boolean; reuses: boolean; values?: boolean },
): Part {
  const own = [
    ...linear("k_proj", "attention", Hkv.times(K), D, bias),
    ...(values ? linear("v_proj", "attention", Hkv.times(K), D, bias) : []),
    ...rmsNorm("k_norm", K, "attention"),
  ];
  return group(
    "self_attn",
    linear("q_proj", "attention", H.times(K), D, bias),
    rmsNorm("q_norm", K, "attention"),
    reuses ? [] : own,
    linear("o_proj", "attention", D, H.times(K), bias),
  );
}

/** Keys and values of the layers that make their own. @param sizes of layers with a window, and of those without */
export function sharingCaches(
  plan: readonly LayerPlan[],
  sizes: { sliding: GroupedSizes; full: GroupedSizes },
  window: number | null,
): Cache[] {
  return [false, true].flatMap((sliding) => {
    const readers = plan.filter((layer) => layer.sliding === sliding);
    const own = readers.filter(({ reuses }) => !reuses).length;
    if (readers.length === 0) return [];
    const cache = groupedCache(sliding ? sizes.sliding : sizes.full, Size.of(own), sliding ? window : null);
    return [{ ...cache, readers: Size.of(readers.length) }];
  });
}
