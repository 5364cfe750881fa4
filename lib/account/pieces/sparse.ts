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
  const none = c.number(total[0], total[1]) === 0;
  const experts = none ? { E: ONE, k: ONE } : expertCounts(c, total, topK);
  return { ...sparseLayers(c, L, total[0], total[1]), experts };
}

/** @param only the layers without experts, where mlp_only_layers does not say */
export function sparseLayers(
  c: Fields,
  L: Size,
  total: string | readonly string[],
  otherwise: number,
  only: readonly number[] = [],
): { dense: Size; sparse: Size } {
  const step = c.number("decoder_sparse_step", 1, { least: 1 });
  const dense = new Set(c.wholes("mlp_only_layers") ?? only);
  const none = c.number(total, otherwise) === 0;
  const layers = Array.from({ length: Number(L.value) }, (_, i) => i);
  const sparse = none ? 0 : layers.filter((i) => (i + 1) % step === 0 && !dense.has(i)).length;
  return layerKinds(c, L, "decoder_sparse_step and mlp_only_layers", sparse);
}
