/** The nonlinear functions between two linear layers, and their slopes: see kernels/src/rows/activations.rs. */

import type { Pointwise, PointwiseBackward } from "../rows.js";
import { floats } from "./views.js";

const forward =
  (f: (x: number) => number): Pointwise =>
  (n, x, y) => {
    const [X, Y] = [floats(x, n), floats(y, n)];
    for (let i = 0; i < n; i++) Y[i] = f(X[i]);
  };

const backward =
  (slope: (x: number) => number): PointwiseBackward =>
  (n, x, dy, dx) => {
    const [X, DY, DX] = [floats(x, n), floats(dy, n), floats(dx, n)];
    for (let i = 0; i < n; i++) DX[i] = DY[i] * slope(X[i]);
  };

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));

/** Height of the bell curve at 0: 1 / √(2π). */
const BELL = 0.3989422804014327;

/** Φ(x), the bell curve's integral up to x, given e^(−x²/2); at most 7.5e-8 off.
 *  Source: Abramowitz & Stegun 1964, 7.1.26, whose erf is 2 Φ(x √2) − 1. */
function below(x: number, bell: number): number {
  const t = 1 / (1 + 0.3275911 * Math.SQRT1_2 * Math.abs(x));
  const tail =
    0.5 * bell * t * (0.254829592 + t * (-0.284496736 + t * (1.421413741 + t * (-1.453152027 + t * 1.061405429))));
  return x >= 0 ? 1 - tail : tail;
}

export const gelu = forward((x) => x * below(x, Math.exp(-0.5 * x * x)));
export const geluBackward = backward((x) => {
  const bell = Math.exp(-0.5 * x * x);
  return below(x, bell) + x * BELL * bell;
});

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

export const geluTanh = forward((x) => 0.5 * x * (1 + Math.tanh(SQRT_2_OVER_PI * (x + CUBIC * x * x * x))));
export const geluTanhBackward = backward((x) => {
  const t = Math.tanh(SQRT_2_OVER_PI * (x + CUBIC * x * x * x));
  return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * SQRT_2_OVER_PI * (1 + 3 * CUBIC * x * x);
});

export const silu = forward((x) => x * logistic(x));
export const siluBackward = backward((x) => {
  const s = logistic(x);
  return s * (1 + x * (1 - s));
});

export const sigmoid = forward(logistic);
export const sigmoidBackward = backward((x) => logistic(x) * (1 - logistic(x)));

export const tanh = forward(Math.tanh);
export const tanhBackward = backward((x) => 1 - Math.tanh(x) ** 2);
