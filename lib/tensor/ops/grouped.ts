/** What an MoE does with rows that lie sorted by expert: a linear layer for each expert, applied to its own rows (nothing
 *  computes all experts and masks), and the sum of each token's rows. */

import { matmulGrouped, matmulGroupedOuter, rowKernels, type Matrix } from "../../kernels/index.js";
import { record } from "../autograd.js";
import { ShapeError, show } from "../check.js";
import { fromArray, zeros } from "../create.js";
import { floats, part, repeat } from "../spans.js";
import { contiguous, empty, read, type Tensor, write } from "../tensor.js";

/** The matrices of all experts, [E, Out, In], as the kernel wants them; or their transposes. */
function matrices(w: Tensor, transposed: boolean): Matrix {
  const [, out, inner] = w.shape;
  const [rowStride, colStride] = transposed ? [1, inner] : [inner, 1];
  return { storage: w.storage, offset: w.offset, rowStride, colStride, batchStride: out * inner };
}

/** y[m] = x[m] Wₑᵀ + bₑ for the rows starts[e] ≤ m < starts[e + 1] of expert e.
 *  x [M, In] sorted by expert, weight [E, Out, In], bias [E, Out] or null -> y [M, Out], and the rows that the kernel multiplied. */
export function groupedLinear(
  x: Tensor,
  weight: Tensor,
  bias: Tensor | null,
  starts: Int32Array,
): { y: Tensor; rowsExecuted: number } {
  const [nExpert, out, inner] = weight.shape;
  const [m, width] = x.shape;
  if (width !== inner || starts.length !== nExpert + 1 || starts[nExpert] !== m) {
    throw new ShapeError(
      `groupedLinear: rows ${show(x.shape)} in ${starts.length - 1} groups do not fit weights ${show(weight.shape)}`,
    );
  }
  const [rows, weights] = [contiguous(x), contiguous(weight)];
  const y = empty([m, out]);
  if (bias) {
    const [B, Y] = [read(bias), write(y)];
    for (let e = 0; e < nExpert; e++)
      repeat(B.subarray(e * out, (e + 1) * out), Y.subarray(starts[e] * out, starts[e + 1] * out));
  }
  const rowsExecuted = matmulGrouped(starts, inner, out, rows, matrices(weights, true), y, bias !== null);
  const recorded = record("groupedLinear", bias ? [x, weight, bias] : [x, weight], y, (given) => {
    const dy = contiguous(given);
    return [
      () => {
        const dx = empty([m, inner]);
        matmulGrouped(starts, out, inner, dy, matrices(weights, false), dx);
        return dx;
      },
      () => {
        const dw = empty(weight.shape);
        matmulGroupedOuter(starts, out, inner, dy, rows, dw);
        return dw;
      },
      () => {
        const db = empty([nExpert, out]);
        for (let e = 0; e < nExpert; e++) {
          const [first, size] = [starts[e], starts[e + 1] - starts[e]];
          rowKernels().columnSums(size, out, part(dy, first * out), part(db, e * out));
        }
        return db;
      },
    ];
  });
  return { y: recorded, rowsExecuted };
}

/** y[tokens[r]] = Σ weights[order[r]] · rows[r], 0 where no row belongs to a token. rows [R, D], weights of any shape -> [N, D]. */
export function combineRows(
  rows: Tensor,
  weights: Tensor,
  tokens: Int32Array,
  order: Int32Array,
  nToken: number,
): Tensor {
  const [m, d] = rows.shape;
  const [R, W] = [floats(rows), floats(weights)];
  const [T, O] = [tokens, order].map((index) => fromArray(index, [m], "int32"));
  const y = zeros([nToken, d]);
  rowKernels().combine(m, d, R, T, W, O, y);
  return record("combine", [rows, weights], y, (given) => {
    const dy = floats(given);
    return [
      () => {
        const dr = empty(rows.shape);
        rowKernels().combineBackward(m, d, dy, T, W, O, dr);
        return dr;
      },
      () => {
        const dw = zeros([...weights.shape]);
        rowKernels().combineWeightsBackward(m, d, R, dy, T, O, dw);
        return dw;
      },
    ];
  });
}
