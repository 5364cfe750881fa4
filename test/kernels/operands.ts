import type { Matrix } from "../../lib/kernels/index.js";
import { Storage } from "../../lib/kernels/memory.js";

/** How a matrix lies in memory: row-major, transposed, every second element, a slice of wider rows, or one matrix for all products. */
export const layouts = ["rows", "columns", "gaps", "slice", "shared"] as const;
export type Layout = (typeof layouts)[number];

/** The tests' own small generator: uniform in [-1, 1), from a seed. */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
}

/** A batch of matrices in a block of its own, filled (gaps too) by `next`. */
export function operand(layout: Layout, rows: number, cols: number, batch: number, next: () => number): Matrix {
  const padding = layout === "slice" ? 5 : 0;
  const gap = layout === "gaps" ? 2 : 1;
  const offset = layout === "slice" ? 3 : 0;
  const rowStride = layout === "columns" ? 1 : cols * gap + padding;
  const colStride = layout === "columns" ? rows : gap;
  const size = layout === "columns" ? rows * cols : rows * rowStride;
  const batchStride = layout === "shared" ? 0 : size;
  const storage = new Storage(Math.max(1, offset + size * (layout === "shared" ? 1 : batch)));
  const values = storage.f32();
  for (let i = 0; i < values.length; i++) values[i] = next();
  return { storage, offset, rowStride, colStride, batchStride };
}

/** The oracle: the definition, in float64, with the sum of absolute terms that bounds the rounding error. */
export function naive(
  m: number,
  k: number,
  n: number,
  batch: number,
  a: Matrix,
  b: Matrix,
  c: Matrix,
  accumulate: boolean,
) {
  const at = (x: Matrix, t: number, i: number, j: number) =>
    x.offset + t * x.batchStride + i * x.rowStride + j * x.colStride;
  const [av, bv, cv] = [a.storage.f32(), b.storage.f32(), c.storage.f32()];
  const values: { index: number; value: number; magnitude: number }[] = [];
  for (let t = 0; t < batch; t++) {
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < n; j++) {
        const index = at(c, t, i, j);
        let value = accumulate ? cv[index] : 0;
        let magnitude = Math.abs(value);
        for (let p = 0; p < k; p++) {
          const term = av[at(a, t, i, p)] * bv[at(b, t, p, j)];
          value += term;
          magnitude += Math.abs(term);
        }
        values.push({ index, value, magnitude });
      }
    }
  }
  return values;
}
