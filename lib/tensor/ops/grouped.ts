/** One linear layer per expert, each applied to its own rows: the matmuls of an MoE. Nothing computes all experts and masks. */

import { matmul as product, type Matrix } from "../../kernels/index.js";
import { record } from "../autograd.js";
import { ShapeError, show } from "../check.js";
import { contiguous, empty, read, type Tensor, write } from "../tensor.js";

/** Rows `from` on of a contiguous [M, D] tensor. */
const rowsAt = (x: Tensor, from: number): Matrix => ({
  storage: x.storage,
  offset: x.offset + from * x.shape[1],
  rowStride: x.shape[1],
  colStride: 1,
  batchStride: 0,
});

/** Expert e's matrix of a contiguous [E, Out, In] tensor, or its transpose. */
function matrixOf(w: Tensor, e: number, transposed: boolean): Matrix {
  const [, out, inner] = w.shape;
  const [rowStride, colStride] = transposed ? [1, inner] : [inner, 1];
  return { storage: w.storage, offset: w.offset + e * out * inner, rowStride, colStride, batchStride: 0 };
}

const turned = (m: Matrix): Matrix => ({ ...m, rowStride: m.colStride, colStride: m.rowStride });

/** y[m] = x[m] Wₑᵀ + bₑ for the rows starts[e] ≤ m < starts[e + 1] of expert e.
 *  x [M, In] sorted by expert, weight [E, Out, In], bias [E, Out] or null -> [M, Out]. */
export function groupedLinear(x: Tensor, weight: Tensor, bias: Tensor | null, starts: Int32Array): Tensor {
  const [nExpert, out, inner] = weight.shape;
  const [m, width] = x.shape;
  if (width !== inner || starts.length !== nExpert + 1 || starts[nExpert] !== m) {
    throw new ShapeError(
      `groupedLinear: rows ${show(x.shape)} in ${starts.length - 1} groups do not fit weights ${show(weight.shape)}`,
    );
  }
  const rows = contiguous(x);
  const y = empty([m, out]);
  if (bias) {
    const [B, Y] = [read(bias), write(y)];
    for (let e = 0; e < nExpert; e++) {
      for (let r = starts[e]; r < starts[e + 1]; r++) Y.set(B.subarray(e * out, (e + 1) * out), r * out);
    }
  }
  const size = (e: number): number => starts[e + 1] - starts[e];
  for (let e = 0; e < nExpert; e++) {
    product(
      size(e),
      inner,
      out,
      1,
      rowsAt(rows, starts[e]),
      matrixOf(weight, e, true),
      rowsAt(y, starts[e]),
      bias !== null,
    );
  }
  return record("groupedLinear", bias ? [x, weight, bias] : [x, weight], y, (given) => {
    const dy = contiguous(given);
    return [
      () => {
        const dx = empty([m, inner]);
        for (let e = 0; e < nExpert; e++) {
          product(size(e), out, inner, 1, rowsAt(dy, starts[e]), matrixOf(weight, e, false), rowsAt(dx, starts[e]));
        }
        return dx;
      },
      () => {
        const dw = empty(weight.shape);
        for (let e = 0; e < nExpert; e++) {
          // An expert without rows gets zeros: a product over no rows.
          product(
            out,
            size(e),
            inner,
            1,
            turned(rowsAt(dy, starts[e])),
            rowsAt(rows, starts[e]),
            matrixOf(dw, e, false),
          );
        }
        return dw;
      },
      () => {
        const db = empty([nExpert, out]);
        const [DY, DB] = [read(dy), write(db).fill(0)];
        for (let e = 0; e < nExpert; e++) {
          for (let r = starts[e]; r < starts[e + 1]; r++)
            for (let i = 0; i < out; i++) DB[e * out + i] += DY[r * out + i];
        }
        return db;
      },
    ];
  });
}
