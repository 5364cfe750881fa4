/** How far a mean of a few runs can be trusted. */

import { checkNumberList } from "../../moe/check.js";

/** 97.5 % quantiles of Student's t by degrees of freedom, 1 to 30 (any table of it; beyond 30 the normal 1.96 is close). */
const T = [
  ...[12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228, 2.201, 2.179, 2.16, 2.145, 2.131],
  ...[2.12, 2.11, 2.101, 2.093, 2.086, 2.08, 2.074, 2.069, 2.064, 2.06, 2.056, 2.052, 2.048, 2.045, 2.042],
];

/** A mean of n values, and the range that contains the true mean in 95 % of such experiments. */
export interface ConfidenceInterval {
  mean: number;
  low: number;
  high: number;
  n: number;
}

/** mean ± t · s / √n, Student's interval. A single value has no interval: low and high are infinite. */
export function confidenceInterval(values: readonly number[]): ConfidenceInterval {
  checkNumberList("confidenceInterval", "numbers", values);
  const n = values.length;
  if (n === 0) throw new RangeError("confidenceInterval: there are no values");
  const mean = values.reduce((a, b) => a + b, 0) / n;
  if (n === 1) return { mean, low: -Infinity, high: Infinity, n };
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / (n - 1);
  const half = (T[n - 2] ?? 1.96) * Math.sqrt(variance / n);
  return { mean, low: mean - half, high: mean + half, n };
}
