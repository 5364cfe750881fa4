/** Attention in separate steps, with the matrix of all weights: for masks and biases of any shape. */

import { matmul as product, rowKernels, type Matrix } from "../../../kernels/index.js";
import { record } from "../../autograd.js";
import { broadcastsTo, ShapeError, show } from "../../check.js";
import type { Shape } from "../../shape.js";
import { empty, read, Tensor, write } from "../../tensor.js";
import { sumTo } from "../reduce.js";
import { expandTo } from "../shape.js";
import { headsApart } from "./heads.js";

type Numbers = Float32Array | Int32Array;

/** softmax(q kᵀ · scale + mask) v of checked operands. Query t sees the keys up to t + ahead. */
export function attentionByScores(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  scale: number,
  ahead: number,
  mask: Tensor | null,
  bias: Tensor | null,
): Tensor {
  const [b, h, tq, size] = q.shape;
  const [, g, tk] = k.shape;
  const p = empty([b, h, tq, tk]);
  const y = headsApart(b, h, tq, v.shape[3]);
  perHead(q, transposed(k), p);
  causalSoftmax(p, scale, ahead, mask && stretched("mask", mask, p.shape), bias && stretched("bias", bias, p.shape));
  perHead(p, v, y);
  return record("attention", bias ? [q, k, v, bias] : [q, k, v], y, (dy) => {
    // dP = dy vᵀ, then through the softmax: both dq and dk need it, so it is made once.
    let scores: Tensor | undefined;
    const ds = (): Tensor => (scores ??= scoreGradient(p, dy, v, scale));
    return [
      () => perHead(ds(), k, headsApart(b, h, tq, size)),
      () => perHead(transposed(ds()), q, headsApart(b, g, tk, size)),
      () => perHead(transposed(p), dy, headsApart(b, g, tk, v.shape[3])),
      () => sumTo(scoreGradient(p, dy, v, 1), bias!.shape),
    ];
  });
}

/** The numbers of a mask or bias, one for each score. */
function stretched(what: string, x: Tensor, shape: Shape): Numbers {
  if (!broadcastsTo(x.shape, shape))
    throw new ShapeError(`attention: the ${what} ${show(x.shape)} must broadcast to the scores ${show(shape)}`);
  return read(expandTo(x.detach(), shape));
}

/** The last two axes swapped, outside the graph. */
function transposed(x: Tensor): Tensor {
  const [b, h, t, k] = x.shape;
  const [sb, sh, st, sk] = x.strides;
  return new Tensor(x.storage, [b, h, k, t], x.dtype, x.offset, [sb, sh, sk, st]);
}

/** C = A B for every batch row and head; returns C. Where an operand has fewer heads, `group` heads in a row of the others
 *  share one of its; where C has fewer, their products add up. */
function perHead(a: Tensor, b: Tensor, c: Tensor): Tensor {
  const [batch, , m, n] = c.shape;
  const heads = [a, b, c].map((x) => x.shape[1]);
  const [most, fewest] = [Math.max(...heads), Math.min(...heads)];
  const group = fewest === 0 ? 0 : most / fewest;
  const matrix = (x: Tensor, row: number, member: number): Matrix => {
    const step = x.shape[1] === fewest ? 0 : x.strides[1];
    return {
      storage: x.storage,
      offset: x.offset + row * x.strides[0] + member * step,
      rowStride: x.strides[2],
      colStride: x.strides[3],
      batchStride: x.shape[1] === fewest ? x.strides[1] : step * group,
    };
  };
  for (let row = 0; row < batch; row++) {
    for (let i = 0; i < group; i++) {
      const adds = i > 0 && c.shape[1] === fewest;
      product(m, a.shape[3], n, fewest, matrix(a, row, i), matrix(b, row, i), matrix(c, row, i), adds);
    }
  }
  return c;
}

/** In place: each row of scores becomes probabilities; the row of query t sees the keys up to t + ahead. */
function causalSoftmax(p: Tensor, scale: number, ahead: number, mask: Numbers | null, bias: Numbers | null): void {
  const [, , tq, tk] = p.shape;
  const shaped = mask !== null || bias !== null;
  if (shaped) {
    const P = write(p);
    for (let i = 0; i < P.length; i++) P[i] = mask && !mask[i] ? -Infinity : P[i] * scale + (bias ? bias[i] : 0);
  }
  if (p.size > 0) rowKernels().softmax(p.size / tk, tk, p, p, shaped ? 1 : scale, tq, Math.min(ahead, tk));
}

/** Gradient of the scores before scaling: p (dp − Σ dp p) · scale. Masked places have p = 0 and get 0. */
function scoreGradient(p: Tensor, dy: Tensor, v: Tensor, scale: number): Tensor {
  const ds = perHead(dy, transposed(v), empty(p.shape));
  const tk = p.shape[3];
  if (p.size > 0) rowKernels().softmaxBackward(p.size / tk, tk, p, ds, ds, scale);
  return ds;
}
