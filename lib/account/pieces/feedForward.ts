/** Feed-forward layers: dense, and mixtures of experts. */

import { group, type Kind, linear, type Part, repeat } from "../part.js";
import type { Size } from "../size.js";

/** Two layers with a non-linearity between: up [F, D], down [D, F]. */
export const mlp = (
  names: readonly [string, string],
  D: Size,
  F: Size,
  bias: boolean,
  kind: Kind = "feed-forward",
): Part[] => [...linear(names[0], kind, F, D, bias), ...linear(names[1], kind, D, F, bias)];

/** SwiGLU, down(silu(gate x) · up x): gate and up [F, D], down [D, F].
 *  Source: Shazeer 2020, https://arxiv.org/abs/2002.05202 */
export const swiglu = (D: Size, F: Size, bias = false, kind: Kind = "feed-forward"): Part[] => [
  ...linear("gate_proj", kind, F, D, bias),
  ...linear("up_proj", kind, F, D, bias),
  ...linear("down_proj", kind, D, F, bias),
];

/** The same by Mixtral's names in its checkpoints: w1 is the gate, w3 up, w2 down. */
export const namedByNumber = (D: Size, F: Size, kind: Kind): Part[] => [
  ...linear("w1", kind, F, D),
  ...linear("w3", kind, F, D),
  ...linear("w2", kind, D, F),
];

export interface Experts {
  E: Size;
  k: Size;
}

export interface MixtureParts {
  name?: string;
  router: readonly Part[];
  /** One expert. */
  expert: readonly Part[];
  /** Projections into and out of the width in which the experts work, where it is not that of the model. */
  latent?: readonly Part[];
  /** What every token passes through besides. */
  shared?: readonly Part[];
}

/** A router that scores E experts and sends each token to the k best: E experts are stored, k work. */
export const mixture = (
  { E, k }: Experts,
  { name = "mlp", router, expert, latent = [], shared = [] }: MixtureParts,
): Part => group(name, router, latent, repeat(group("experts", expert), E, k), shared);

/** A score for each expert: [E, D]. */
export const router = (E: Size, D: Size, name = "gate", bias = false): Part[] => linear(name, "router", E, D, bias);
