/** Softmax of each row, its gradient, and that of cross entropy: see kernels/src/rows/softmax.rs and cross_entropy.rs. */

import type { RowKernels } from "../rows/types.js";
import { floats, ints } from "./views.js";

export const softmax: RowKernels["softmax"] = (rows, n, x, y, scale, block, ahead, stats) => {
  const [X, Y] = [floats(x, rows * n), floats(y, rows * n)];
  const S = stats && floats(stats, 2 * rows);
  for (let r = 0; r < rows; r++) {
    const seen = Math.max(0, Math.min(n, (r % block) + ahead + 1));
    const found = softmaxRow(X, Y, r * n, n, scale, seen);
    S?.set(found, 2 * r);
  }
};

/** yᵢ = exp(scale · xᵢ − m) / Σ for n numbers from X[first] on, to the same places of Y; those behind the first `seen` are 0. Gives m, the
 *  largest of the scaled ones, and the sum. */
export function softmaxRow(
  X: ArrayLike<number>,
  Y: Float32Array,
  first: number,
  n: number,
  scale = 1,
  seen = n,
): [number, number] {
  let top = -Infinity;
  for (let i = first; i < first + seen; i++) {
    const z = X[i] * scale;
    if (z > top || z !== z) top = z;
  }
  // Nothing to see: zeros.
  const end = top === -Infinity ? first : first + seen;
  let total = 0;
  for (let i = first; i < end; i++) total += Y[i] = Math.exp(X[i] * scale - top);
  for (let i = first; i < end; i++) Y[i] /= total;
  Y.fill(0, end, first + n);
  return [top, total];
}

export const softmaxBackward: RowKernels["softmaxBackward"] = (rows, n, y, dy, dx, scale) => {
  const [Y, DY, DX] = [y, dy, dx].map((span) => floats(span, rows * n));
  for (let first = 0; first < rows * n; first += n) {
    let dot = 0;
    for (let i = first; i < first + n; i++) dot += DY[i] * Y[i];
    for (let i = first; i < first + n; i++) DX[i] = Y[i] * (DY[i] - dot) * scale;
  }
};

export const crossEntropyBackward: RowKernels["crossEntropyBackward"] = (
  ...[rows, v, p, targets, ignored, smoothing, scale, weights, dx]
) => {
  const [P, T, DX] = [floats(p, rows * v), ints(targets, rows), floats(dx, rows * v)];
  const W = weights && floats(weights, rows);
  for (let r = 0; r < rows; r++) {
    if (T[r] === ignored) {
      DX.fill(0, r * v, (r + 1) * v);
      continue;
    }
    const weight = scale * (W ? W[r] : 1);
    for (let i = r * v; i < (r + 1) * v; i++) DX[i] = weight * (P[i] - smoothing / v);
    DX[r * v + T[r]] -= weight * (1 - smoothing);
  }
};
