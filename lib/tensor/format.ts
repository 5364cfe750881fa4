/** How a tensor prints: `tensor float32 [2, 3]` and its rows, long axes shortened in the middle. */

import { show } from "./check.js";
import type { Shape } from "./shape.js";

/** Rows or columns shown at each end of an axis that is longer than twice this. */
const EDGE = 4;

const number = (value: number, digits: number): string =>
  Number.isInteger(value) || !Number.isFinite(value) ? String(value) : value.toFixed(digits);

/** Digits after the point so that the largest number shows about five significant ones. */
function digitsFor(values: readonly number[]): number {
  const largest = Math.max(0, ...values.filter(Number.isFinite).map(Math.abs));
  return largest === 0 ? 4 : Math.max(0, Math.min(8, 4 - Math.floor(Math.log10(largest))));
}

export function format(data: Float32Array | Int32Array, shape: Shape, dtype: string): string {
  const head = `tensor ${dtype} ${show(shape)}`;
  if (data.length === 0) return `${head} (empty)`;
  const sample = Array.from(data.subarray(0, 1000));
  const digits = digitsFor(sample);
  const width = Math.max(...sample.map((v) => number(v, digits).length));
  const line = (axis: number, at: number): string => {
    if (axis === shape.length) return number(data[at], digits).padStart(shape.length ? width : 0);
    const count = shape[axis];
    const step = shape.slice(axis + 1).reduce((product, d) => product * d, 1);
    const all = Array.from({ length: count }, (_, i) => i);
    const picked = count > 2 * EDGE ? [...all.slice(0, EDGE), -1, ...all.slice(-EDGE)] : all;
    const parts = picked.map((i) => (i < 0 ? "..." : line(axis + 1, at + i * step)));
    const gap = axis === shape.length - 1 ? ", " : `,\n${" ".repeat(axis + 1)}`;
    return `[${parts.join(gap)}]`;
  };
  return `${head}\n${line(0, 0)}`;
}
