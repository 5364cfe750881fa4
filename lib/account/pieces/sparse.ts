/** Qwen's rule for which layers have experts. */

import type { Fields } from "../config/fields.js";
import { ONE, type Size } from "../size.js";
import { expertCounts, layerKinds } from "./decoder.js";
import type { Experts } from "./feedForward.js";

type Counted = readonly [string | readonly string[], number];

/** Every `decoder_sparse_step`-th layer has experts, except those that `mlp_only_layers` lists; none has where there are none. */
export function sparseSteps(
  c: Fields,
  L: Size,
  total: Counted,
  topK: Counted,
): { dense: Size; sparse: Size; experts: Experts } {
  const step = c.number("decoder_sparse_step", 1, { least: 1 });
  const only = new Set(c.wholes("mlp_only_layers") ?? []);
  const none = c.number(total[0], total[1]) === 0;
  const layers = Array.from({ length: Number(L.value) }, (_, i) => i);
  const sparse = none ? 0 : layers.filter((i) => (i + 1) % step === 0 && !only.has(i)).length;
  const experts = none ? { E: ONE, k: ONE } : expertCounts(c, total, topK);
  return { ...layerKinds(c, L, "decoder_sparse_step and mlp_only_layers", sparse), experts };
}
