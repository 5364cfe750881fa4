/** Mixtures of experts of the types that are described by facts. */

import type { Fields } from "../../config/fields.js";
import { type DecoderParts, expertCounts, layerKinds, layers } from "../../pieces/decoder.js";
import { mixture, router, swiglu } from "../../pieces/feedForward.js";
import { buffer, group, type Part, weight } from "../../part.js";
import { ONE, type Size } from "../../size.js";
import { type Flag, flag } from "./flag.js";
import type { ShapeSizes } from "./sizes.js";

/** Names of a field, and transformers' default; null: the config must have it. */
export type Counted = readonly [names: string | readonly string[], otherwise: number | null];

export interface MixtureFacts {
  experts: Counted;
  topK: Counted;
  /** Width of one expert; left out: that of a dense layer. */
  inner?: Counted;
  /** Shared experts, each as wide as a routed one; or the width of the one shared expert. */
  shared?: { count: Counted } | { inner: Counted };
  /** A gate for the shared expert's output, [1, D]. */
  sharedGate?: boolean;
  /** The first layers that are dense. A list `mlp_layer_types` goes before it. */
  dense?: Counted;
  /** Qwen's decoder_sparse_step and mlp_only_layers, and DeepSeek's moe_layer_freq, say which layers have experts besides. */
  steps?: boolean;
  /** Offsets of the shared experts. */
  sharedBias?: Flag;
  /** The routing bias: saved, or trained as transformers has it. */
  bias?: "buffer" | "weight";
  /** What the experts' layer has besides. */
  more?: (sizes: ShapeSizes) => Part[];
}

export interface Mixtures {
  dense: Size;
  sparse: Part[];
  moe: NonNullable<DecoderParts["moe"]>;
}

export function mixtureLayers(c: Fields, sizes: ShapeSizes, facts: MixtureFacts): Mixtures {
  const { D, L } = sizes;
  const Fe = facts.inner ? c.size("F_e", ...facts.inner) : sizes.F();
  const experts = expertCounts(c, facts.experts, facts.topK);
  const { dense, sparse } = split(c, L, facts);
  const { parts, count } = sharedExperts(c, D, Fe, facts);
  const bias = { buffer, weight }[facts.bias ?? "buffer"];
  return {
    dense,
    sparse: layers(
      "expert layers",
      sparse,
      mixture(experts, {
        router: [
          ...router(experts.E, D),
          ...(facts.bias ? [bias("e_score_correction_bias", "router", experts.E)] : []),
        ],
        expert: swiglu(D, Fe, false, "expert"),
        shared: parts,
      }),
      facts.more?.(sizes) ?? [],
    ),
    moe: { layers: sparse, experts, shared: count },
  };
}

function sharedExperts(
  c: Fields,
  D: Size,
  Fe: Size,
  { shared, sharedGate, sharedBias }: MixtureFacts,
): {
  parts: Part[];
  count: number;
} {
  if (!shared) return { parts: [], count: 0 };
  const [width, count] =
    "count" in shared ? times(c.count("S", ...shared.count), Fe) : one(c.count("F_s", ...shared.inner));
  if (width.value === 0n) return { parts: [], count: 0 };
  const gate = sharedGate ? [weight("shared_expert_gate.weight", "shared expert", ONE, D)] : [];
  return {
    parts: [group("shared_experts", swiglu(D, width, flag(c, sharedBias ?? false), "shared expert")), ...gate],
    count,
  };
}

const times = (S: Size, Fe: Size): [Size, number] => [S.times(Fe), Number(S.value)];
const one = (width: Size): [Size, number] => [width, 1];

/** Which layers are dense: a list of all layers says it, or how many the first are. */
function split(c: Fields, L: Size, { dense, steps = false }: MixtureFacts): { dense: Size; sparse: Size } {
  const all = Number(L.value);
  const kinds = c.words("mlp_layer_types");
  if (kinds) {
    if (kinds.length !== all) c.fail("mlp_layer_types", `must name each of the ${all} layers, got ${kinds.length}`);
    return layerKinds(c, L, "mlp_layer_types", kinds.filter((kind) => kind !== "dense").length);
  }
  const first = dense ? Math.min(c.number(dense[0], dense[1] ?? 0), all) : 0;
  if (!steps) return layerKinds(c, L, "the first layers being dense", all - first);
  const [step, only] = [c.number("decoder_sparse_step", 1, { least: 1 }), new Set(c.wholes("mlp_only_layers") ?? [])];
  const listed = Array.isArray(c.values.moe_layer_freq) ? c.wholes("moe_layer_freq") : undefined;
  const every = listed ? 1 : c.number("moe_layer_freq", 1, { least: 1 });
  const sparse = Array.from({ length: all }, (_, i) => i).filter(
    (i) => i >= first && (i + 1) % step === 0 && i % every === 0 && !only.has(i) && listed?.[i] !== 0,
  );
  return layerKinds(c, L, "the fields that say which layers have experts", sparse.length);
}
