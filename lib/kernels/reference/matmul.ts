import type { Matmul } from "../matrix.js";

/**
 * The kernel's plain twin, for where there is no WebAssembly, and the oracle that the kernel is tested against:
 *   C[i, j] ← Σₚ A[i, p]·B[p, j]  (+ C[i, j] if `accumulate`)
 * summed in float64, rounded to float32 once.
 */
export const matmulReference: Matmul = (m, k, n, batch, a, b, c, accumulate) => {
  const aData = a.storage.f32();
  const bData = b.storage.f32();
  const cData = c.storage.f32();
  for (let t = 0; t < batch; t++) {
    for (let i = 0; i < m; i++) {
      const aRow = a.offset + t * a.batchStride + i * a.rowStride;
      const cRow = c.offset + t * c.batchStride + i * c.rowStride;
      for (let j = 0; j < n; j++) {
        let ai = aRow;
        let bi = b.offset + t * b.batchStride + j * b.colStride;
        let sum = 0;
        for (let p = 0; p < k; p++) {
          sum += aData[ai] * bData[bi];
          ai += a.colStride;
          bi += b.rowStride;
        }
        cData[cRow + j] = accumulate ? cData[cRow + j] + sum : sum;
      }
    }
  }
};
