/** One step of Adam or AdamW over a whole parameter: see kernels/src/rows/adam.rs. */

import type { RowKernels } from "../rows/types.js";
import { floats } from "./views.js";

export const adam: RowKernels["adam"] = (n, p, g, m, v, numbers) => {
  const { betas, stepSize, invSqrtBiasCorrection2, eps, weightDecayFactor, decay } = numbers;
  const [b1, b2] = betas;
  const [P, G, M, V] = [p, g, m, v].map((span) => floats(span, n));
  for (let i = 0; i < n; i++) {
    const pi = P[i] * weightDecayFactor;
    const gi = G[i] + decay * pi;
    const mi = b1 * M[i] + (1 - b1) * gi;
    const vi = b2 * V[i] + (1 - b2) * gi * gi;
    M[i] = mi;
    V[i] = vi;
    P[i] = pi - (stepSize * mi) / (Math.sqrt(vi) * invSqrtBiasCorrection2 + eps);
  }
};
