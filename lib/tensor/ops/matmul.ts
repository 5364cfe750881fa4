/** Products of matrices, the one operation that a transformer spends its time in; the work is done in `lib/kernels`. */

import { matmul as product, type Matrix } from "../../kernels/index.js";
import { record } from "../autograd.js";
import { checkFloat, checkLast, checkMatmul, checkRank, checkTensor, ShapeError, show, sizeOf } from "../check.js";
import type { Arg, MapLast, Matmul, Out, Shape } from "../shape.js";
import { repeat } from "../spans.js";
import { contiguous, empty, type Tensor, write } from "../tensor.js";
import { sumTo } from "./reduce.js";
import { flatRows, reshape, transpose } from "./shape.js";

/** Rows, calls and FLOPs that matmuls have run so far, counted by the kernels themselves. */
export { counter as matmulCounter } from "../../kernels/index.js";

/** The last two axes of `x` as the kernel wants them: any strides, so that a transposed view costs nothing. */
function matrix(x: Tensor, offset: number, batchStride: number): Matrix {
  const [rowStride, colStride] = x.strides.slice(-2) as [number, number];
  return { storage: x.storage, offset, rowStride, colStride, batchStride };
}

/** Stride of each batch axis of `x` when its batch is stretched to `batch`: 0 where it repeats. */
function batchStrides(x: Tensor, batch: Shape): number[] {
  const own = x.rank - 2;
  return batch.map((d, i) => {
    const axis = i - (batch.length - own);
    return axis < 0 || x.shape[axis] !== d ? 0 : x.strides[axis];
  });
}

/** C = A B without a graph. */
function multiply(a: Tensor, b: Tensor): Tensor {
  checkFloat("matmul", a, b);
  const { batch, m, k, n } = checkMatmul(a.shape, b.shape);
  const c = empty([...batch, m, n]);
  // One weight for every row: all batches are one tall matrix.
  if (b.rank === 2 && a.rank > 2 && a.isContiguous) {
    product(
      sizeOf(batch) * m,
      k,
      n,
      1,
      matrix(flatRows(a), a.offset, 0),
      matrix(b, b.offset, 0),
      matrix(flatRows(c), 0, 0),
    );
    return c;
  }
  // The last batch axis goes to the kernel, the others are counted here.
  const inner = batch.length ? batch[batch.length - 1] : 1;
  const outer = batch.slice(0, -1);
  const [as, bs, cs] = [a, b, c].map((x) => batchStrides(x, batch));
  const last = batch.length - 1;
  const at = (strides: readonly number[], index: readonly number[]): number =>
    index.reduce((sum, i, axis) => sum + i * strides[axis], 0);
  for (const index of indices(outer)) {
    product(
      m,
      k,
      n,
      inner,
      matrix(a, a.offset + at(as, index), as[last] ?? 0),
      matrix(b, b.offset + at(bs, index), bs[last] ?? 0),
      matrix(c, at(cs, index), cs[last] ?? 0),
    );
  }
  return c;
}

/** Every index into `shape`, in row-major order. */
function* indices(shape: Shape): Generator<readonly number[]> {
  const count = sizeOf(shape);
  const index = new Array<number>(shape.length).fill(0);
  for (let i = 0; i < count; i++) {
    yield index;
    for (let axis = shape.length - 1; axis >= 0 && ++index[axis] === shape[axis]; axis--) index[axis] = 0;
  }
}

/** Matrix product: yᵢⱼ = Σₖ aᵢₖ bₖⱼ. [..., M, K] @ [..., K, N] -> [..., M, N]; leading (batch) dimensions broadcast.
 *  Transposed operands cost no copy. As IEEE 754 says, 0 · ∞ is NaN.
 *  @example
 *  matmul(tensor([[1, 2], [3, 4]]), tensor([[10], [1]])) // => [[12], [34]] */
export function matmul<A extends Shape, B extends Shape>(
  a: Tensor<A>,
  b: Arg<Matmul<A, B>, Tensor<B>>,
): Tensor<Out<Matmul<A, B>>>;
export function matmul(a: Tensor, b: Tensor): Tensor {
  checkTensor("matmul", "a", a);
  checkTensor("matmul", "b", b);
  return record("matmul", [a, b], multiply(a, b), (dy) => [
    () => sumTo(multiply(dy, transpose(b, -1, -2)), a.shape),
    () =>
      b.rank === 2 && a.rank > 2
        ? multiply(transpose(flatRows(contiguous(a)), 0, 1), flatRows(contiguous(dy)))
        : sumTo(multiply(transpose(a, -1, -2), dy), b.shape),
  ]);
}

/** y = x Wᵀ + b, as in PyTorch. x [..., In], weight [Out, In], bias [Out] -> [..., Out].
 *  The bias is written first and the product added to it, in one pass over y.
 *  @example
 *  linear(tensor([1, 2]), tensor([[3, 4], [5, 6], [0, 1]]), tensor([0, 0, 10])) // => [11, 17, 12] */
export function linear<S extends Shape, I extends number, O extends number>(
  x: Arg<MapLast<S, I, O>, Tensor<S>>,
  weight: Tensor<readonly [O, I]>,
  bias?: Tensor<readonly [O]> | null,
): Tensor<Out<MapLast<S, I, O>>>;
export function linear(x: Tensor, weight: Tensor, bias: Tensor | null = null): Tensor {
  checkTensor("linear", "x", x);
  checkTensor("linear", "weight", weight);
  if (bias !== null) checkTensor("linear", "bias", bias, "a tensor or null");
  checkRank("linear", "weight", weight.shape, "Out, In");
  checkFloat("linear", x, weight, ...(bias ? [bias] : []));
  const [out, inner] = weight.shape;
  checkLast("linear", x.shape, inner);
  if (bias && (bias.rank !== 1 || bias.shape[0] !== out)) {
    throw new ShapeError(
      `linear: the bias must be [${out}] for a weight ${show(weight.shape)}, got ${show(bias.shape)}`,
    );
  }
  const y = empty([...x.shape.slice(0, -1), out]);
  const rows = flatRows(contiguous(x));
  const n = rows.shape[0];
  if (bias) fillRows(y, bias);
  const w = matrix(weight, weight.offset, 0);
  const wT = { ...w, rowStride: w.colStride, colStride: w.rowStride };
  product(n, inner, out, 1, matrix(rows, rows.offset, 0), wT, matrix(flatRows(y), 0, 0), bias !== null);
  return record("linear", bias ? [x, weight, bias] : [x, weight], y, (dy) => {
    const dyRows = flatRows(contiguous(dy));
    return [
      () => reshape(multiply(dyRows, weight), x.shape as number[]),
      () => multiply(transpose(dyRows, 0, 1), rows),
      () => sumTo(dyRows, [out]),
    ];
  });
}

function fillRows(y: Tensor, bias: Tensor): void {
  const row = contiguous(bias);
  repeat(write(row), write(y));
}
