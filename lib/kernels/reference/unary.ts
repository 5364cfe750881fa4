/** The nonlinear functions between two linear layers, and their slopes: see kernels/src/rows/unary.rs. */

import { unaryRows, type UnaryKernel } from "../rows/unary.js";
import { floats } from "./views.js";

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

const SQRT_2_OVER_PI = Math.sqrt(2 / Math.PI);
const CUBIC = 0.044715;

/** Each function and its derivative. */
const definitions: Record<UnaryKernel, { f: (x: number) => number; slope: (x: number) => number }> = {
  gelu: {
    f: (x) => x * below(x, Math.exp(-0.5 * x * x)),
    slope: (x) => {
      const bell = Math.exp(-0.5 * x * x);
      return below(x, bell) + x * BELL * bell;
    },
  },
  geluTanh: {
    f: (x) => 0.5 * x * (1 + Math.tanh(SQRT_2_OVER_PI * (x + CUBIC * x * x * x))),
    slope: (x) => {
      const t = Math.tanh(SQRT_2_OVER_PI * (x + CUBIC * x * x * x));
      return 0.5 * (1 + t) + 0.5 * x * (1 - t * t) * SQRT_2_OVER_PI * (1 + 3 * CUBIC * x * x);
    },
  },
  silu: {
    f: (x) => x * logistic(x),
    slope: (x) => {
      const s = logistic(x);
      return s * (1 + x * (1 - s));
    },
  },

  squaredRelu: { f: (x) => (x < 0 ? 0 : x * x), slope: (x) => (x < 0 ? 0 : 2 * x) },
  sigmoid: { f: logistic, slope: (x) => logistic(x) * (1 - logistic(x)) },
  tanh: { f: Math.tanh, slope: (x) => 1 - Math.tanh(x) ** 2 },
};

export const unary = unaryRows((name) => {
  const { f, slope } = definitions[name];
  return [
    (n, x, y) => {
      const [X, Y] = [floats(x, n), floats(y, n)];
      for (let i = 0; i < n; i++) Y[i] = f(X[i]);
    },
    (n, x, dy, dx) => {
      const [X, DY, DX] = [floats(x, n), floats(dy, n), floats(dx, n)];
      for (let i = 0; i < n; i++) DX[i] = DY[i] * slope(X[i]);
    },
  ];
});
