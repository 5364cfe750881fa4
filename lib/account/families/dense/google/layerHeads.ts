/** Gemma 4's heads: layers that look at all tokens have others than layers with a window. */

import type { Fields } from "../../../config/fields.js";
import type { GroupedSizes } from "../../../pieces/attention.js";
import type { LayerPlan } from "./perLayer.js";

interface Heads {
  head_dim?: number;
  num_key_value_heads?: number;
}

/** By `global_head_dim` (default 512) and, with `attention_k_eq_v`, `num_global_key_value_heads`; or by `per_layer_config`, which
 *  transformers 5 writes and which then decides alone.
 *  @param sliding what the config says for all layers */
export function layerHeads(
  c: Fields,
  sliding: GroupedSizes,
  plan: readonly LayerPlan[],
): { sliding: GroupedSizes; full: GroupedSizes } {
  if (c.has("per_layer_config"))
    return {
      sliding: overridden(c, sliding, plan, true),
      full: overridden(c, sliding, plan, false),
    };
  const K = c.isNull("global_head_dim") ? sliding.K : c.size("K_g", "global_head_dim", 512);
  const own = c.flag("attention_k_eq_v", false);
  const Hkv = own ? c.sizeOr("H_g", "num_global_key_value_heads", () => sliding.Hkv) : sliding.Hkv;
  return { sliding, full: { ...sliding, K, Hkv } };
}

/** What `per_layer_config` says of the layers of one kind: the same of all. */
function overridden(c: Fields, sizes: GroupedSizes, plan: readonly LayerPlan[], sliding: boolean): GroupedSizes {
  const section = c.section("per_layer_config");
  // Its keys are numbers of layers, written with as many digits as the last: "05".
  const byLayer = new Map(Object.keys(section.values).map((key) => [Number(key), section.section(key)]));
  const all = plan.flatMap((layer, i) => (layer.sliding === sliding ? [byLayer.get(i)] : []));
  const heads = all.map((layer): Heads => (layer ? read(layer) : {}));
  if (new Set(heads.map((each) => JSON.stringify(each))).size > 1)
    c.fail("per_layer_config", `must give all layers ${sliding ? "with" : "without"} a window the same heads`);
  const [{ head_dim: K, num_key_value_heads: Hkv } = {}] = heads;
  const at = sliding ? "s" : "g";
  return {
    ...sizes,
    ...(K === undefined ? {} : { K: c.derive(`K_${at}`, "head_dim of per_layer_config", K) }),
    ...(Hkv === undefined ? {} : { Hkv: c.derive(`H_${at}`, "num_key_value_heads of per_layer_config", Hkv) }),
  };
}

function read(layer: Fields): Heads {
  const heads: Heads = {};
  for (const key of Object.keys(layer.values)) {
    if (key !== "head_dim" && key !== "num_key_value_heads")
      layer.fail(key, "is not read for one layer alone: head_dim and num_key_value_heads are");
    heads[key] = layer.number(key, 0, { least: 1 });
  }
  return heads;
}
