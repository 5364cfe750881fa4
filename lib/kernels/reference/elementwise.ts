/** Sums, differences, products and quotients, where a shorter operand repeats: see kernels/src/rows/elementwise.rs. */

import type { Elementwise, Span } from "../rows/types.js";
import { floats } from "./views.js";

const elementwise =
  (f: (a: number, b: number) => number): Elementwise =>
  (n, a, aPeriod, b, bPeriod, y) => {
    const [A, B, Y] = [floats(a, aPeriod), floats(b, bPeriod), floats(y, n)];
    const run = Math.min(aPeriod, bPeriod);
    for (let at = 0; at < n; at += run) {
      const [fromA, fromB] = [at % aPeriod, at % bPeriod];
      for (let i = 0; i < run; i++) Y[at + i] = f(A[fromA + i], B[fromB + i]);
    }
  };

export const add = elementwise((a, b) => a + b);
export const sub = elementwise((a, b) => a - b);
export const mul = elementwise((a, b) => a * b);
export const div = elementwise((a, b) => a / b);

export function scale(n: number, x: Span, s: number): void {
  const X = floats(x, n);
  for (let i = 0; i < n; i++) X[i] *= s;
}
