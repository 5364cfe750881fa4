/** IBM's Granite: what its mixtures and hybrids share. */

import type { Fields } from "../config/fields.js";
import { fused, group, linear, type Part } from "../part.js";
import type { Size } from "../size.js";
import { type Experts, mixture, router, swiglu } from "./feedForward.js";

export const graniteExperts = (experts: Experts, D: Size, F: Size): Part =>
  mixture(experts, {
    name: "block_sparse_moe",
    router: router(experts.E, D, "router"),
    expert: swiglu(D, F, false, "expert"),
  });

/** A gated layer beside the experts that every token passes; where there are no experts, it is the feed-forward layer. */
export function graniteShared(
  c: Fields,
  D: Size,
  otherwise: number,
  besideExperts = true,
): { width: number; parts: Part[] } {
  const width = c.number("shared_intermediate_size", otherwise);
  if (width === 0) return { width, parts: [] };
  const F = c.size("F_s", "shared_intermediate_size", otherwise);
  const kind = besideExperts ? "shared expert" : "feed-forward";
  const gated = fused("input_linear", kind, { gate_proj: F, up_proj: F }, D);
  return { width, parts: [group("shared_mlp", gated, linear("output_linear", kind, D, F))] };
}
