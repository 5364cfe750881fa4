/** Hyper-connections: m residual streams in place of one, mixed before and after each part. */

import { group, type Part, weight } from "../part.js";
import { ONE, Size } from "../size.js";

/** From all streams at once (m·D numbers) `outputs` weights: what of each stream goes in, comes out, and from stream to stream.
 *  @param scales learned factors, one for each use of the weights
 *  Source: Zhu et al. 2024, https://arxiv.org/abs/2409.19606 */
export const hyperConnection = (name: string, D: Size, m: Size, outputs: Size, scales: number): Part =>
  group(
    name,
    weight("fn", "other", outputs, m.times(D)),
    weight("base", "other", outputs),
    weight("scale", "other", Size.of(scales)),
  );

/** The streams become one again before the last norm. */
export const hyperHead = (D: Size, m: Size): Part =>
  group(
    "hc_head",
    weight("hc_fn", "other", m, m.times(D)),
    weight("hc_base", "other", m),
    weight("hc_scale", "other", ONE),
  );
