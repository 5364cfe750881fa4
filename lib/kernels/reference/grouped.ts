import { matmulReference } from "./matmul.js";
import type { Grouped } from "../matrix.js";
import type { Span } from "../rows/types.js";

/** The twins of the grouped kernels: one product after the other. See kernels/src/matmul/grouped.rs. */
export const groupedReference: Grouped = {
  rows(starts, k, n, a, b, c, accumulate) {
    for (let e = 0; e + 1 < starts.length; e++) {
      const [first, size] = [starts[e], starts[e + 1] - starts[e]];
      const matrix = { ...b, offset: b.offset + e * b.batchStride };
      matmulReference(size, k, n, 1, rowsOf(a, first, k), matrix, rowsOf(c, first, n), accumulate);
    }
  },
  outer(starts, m, n, a, b, c) {
    for (let e = 0; e + 1 < starts.length; e++) {
      const [first, size] = [starts[e], starts[e + 1] - starts[e]];
      const columns = { ...rowsOf(a, first, m), rowStride: 1, colStride: m };
      matmulReference(m, size, n, 1, columns, rowsOf(b, first, n), rowsOf(c, e * m, n), false);
    }
  },
};

const rowsOf = ({ storage, offset }: Span, first: number, width: number) => ({
  storage,
  offset: offset + first * width,
  rowStride: width,
  colStride: 1,
  batchStride: 0,
});
