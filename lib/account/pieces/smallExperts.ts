/** Feed-forward layers of a model with small experts: dense in some layers, in the others a router, experts and shared ones. */

import type { Fields } from "../config/fields.js";
import { buffer, group, type Part, weight } from "../part.js";
import { ONE, type Size, ZERO } from "../size.js";
import { type DecoderParts, expertCounts, layerKinds, layers } from "./decoder.js";
import { mixture, router, swiglu } from "./feedForward.js";

/** Names of a field, and transformers' default. */
type Counted = readonly [string | readonly string[], number | null];

export interface SmallExperts {
  /** How many layers are dense and how many have experts. */
  kinds: { dense: Size; sparse: Size };
  total: Counted;
  topK: Counted;
  /** Inner width of an expert. Default by moe_intermediate_size; a size where another field says it. */
  inner: number | Size;
  /** Shared experts, each as wide as another one: they lie side by side in one gated layer. Null: none. */
  shared: Counted | null;
  /** Biases of the dense layers and the shared experts. Default none. */
  bias?: boolean;
  name?: string;
  routerName?: string;
  /** A correction of the scores that balances the load. Default a buffer, as a rule sets it, not the gradient. */
  balance?: (E: Size) => Part[];
  /** In place of the shared experts. */
  besides?: readonly Part[];
}

/** DeepSeek-V3's: a number added to each expert's score, saved but not trained. */
export const routingBias = (E: Size, name = "e_score_correction_bias"): Part[] => [buffer(name, "router", E)];
export const unbalanced = (): Part[] => [];

/** No shared experts leave no matrix, but, as in transformers, the bias that would be added to their output. */
export function sharedExperts(S: Size, D: Size, F: Size, bias = false): Part[] {
  if (S.value > 0n) return [group("shared_experts", swiglu(D, S.times(F), bias, "shared expert"))];
  return bias ? [group("shared_experts", weight("down_proj.bias", "shared expert", D))] : [];
}

/** Layers with a gated feed-forward of width F, and layers with experts. Source: Dai et al. 2024,
 *  https://arxiv.org/abs/2401.06066 */
export function smallExperts(
  c: Fields,
  { D, F }: { D: Size; F: Size | null },
  { kinds, bias = false, name = "mlp", routerName = "gate", balance = routingBias, ...given }: SmallExperts,
): { layers: Part[]; moe: NonNullable<DecoderParts["moe"]> } {
  const Fe = typeof given.inner === "number" ? c.size("F_e", "moe_intermediate_size", given.inner) : given.inner;
  const S = given.shared ? c.count("S", ...given.shared) : ZERO;
  const experts = kinds.sparse.value === 0n ? { E: ONE, k: ONE } : expertCounts(c, given.total, given.topK);
  return {
    layers: [
      ...(F ? layers("dense layers", kinds.dense, group(name, swiglu(D, F, bias))) : []),
      ...layers(
        "expert layers",
        kinds.sparse,
        mixture(experts, {
          name,
          router: [...router(experts.E, D, routerName), ...balance(experts.E)],
          expert: swiglu(D, Fe, false, "expert"),
          shared: given.besides ?? sharedExperts(S, D, Fe, bias),
        }),
      ),
    ],
    moe: { layers: kinds.sparse, experts, shared: Number(S.value) },
  };
}

/** Which layers have experts: `mlp_layer_types` names each, else all but the first `dense`. */
export function expertLayers(c: Fields, L: Size, dense: number, how = "mlp_layer_types"): SmallExperts["kinds"] {
  const all = Number(L.value);
  const types = c.words("mlp_layer_types");
  if (types && types.length !== all)
    c.fail("mlp_layer_types", `must name each of the ${all} layers, got ${types.length}`);
  const sparse = types ? types.filter((type) => type !== "dense").length : Math.max(0, all - dense);
  return layerKinds(c, L, types ? "mlp_layer_types" : how, sparse);
}
