/** Layer norm and RMS norm, and the gradient of their input: see kernels/src/rows/norm.rs. */

import type { RowKernels } from "../rows/types.js";
import { floats } from "./views.js";

export const norm: RowKernels["norm"] = (rows, d, x, weight, bias, eps, centered, hat, rstd, y) => {
  const [X, H, Y] = [x, hat, y].map((span) => floats(span, rows * d));
  const [W, B, R] = [weight && floats(weight, d), bias && floats(bias, d), floats(rstd, rows)];
  for (let r = 0, first = 0; r < rows; r++, first += d) {
    let mean = 0;
    if (centered) {
      for (let i = first; i < first + d; i++) mean += X[i];
      mean /= d;
    }
    let squares = 0;
    for (let i = first; i < first + d; i++) squares += (X[i] - mean) * (X[i] - mean);
    R[r] = 1 / Math.sqrt(squares / d + eps);
    for (let i = 0; i < d; i++) {
      H[first + i] = (X[first + i] - mean) * R[r];
      Y[first + i] = H[first + i] * (W ? W[i] : 1) + (B ? B[i] : 0);
    }
  }
};

export const normBackward: RowKernels["normBackward"] = (rows, d, dy, weight, hat, rstd, centered, dx) => {
  const [DY, H, DX] = [dy, hat, dx].map((span) => floats(span, rows * d));
  const [W, R] = [weight && floats(weight, d), floats(rstd, rows)];
  for (let r = 0, first = 0; r < rows; r++, first += d) {
    let [mean, along] = [0, 0];
    for (let i = 0; i < d; i++) {
      const g = DY[first + i] * (W ? W[i] : 1);
      mean += g;
      along += g * H[first + i];
    }
    mean = centered ? mean / d : 0;
    along /= d;
    for (let i = 0; i < d; i++) DX[first + i] = (DY[first + i] * (W ? W[i] : 1) - mean - H[first + i] * along) * R[r];
  }
};
