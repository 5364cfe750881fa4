/** Attention in separate steps, with the matrix of all weights: for masks and biases of any shape. What a query does not see
 *  changes nothing and gets no gradient, were it a NaN. */

import { matmul as product, rowKernels, type Matrix } from "../../../kernels/index.js";
import { record } from "../../autograd.js";
import { broadcastsTo, ShapeError, show, sizeOf } from "../../check.js";
import type { Shape } from "../../shape.js";
import { empty, read, Tensor, write } from "../../tensor.js";
import { sumTo } from "../reduce.js";
import { expandTo } from "../shape.js";
import { headsApart } from "./heads.js";

type Numbers = Float32Array | Int32Array;

/** softmax(q kᵀ · scale + bias) v of checked operands. Query t sees the keys up to t + ahead whose mask is not 0. */
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
  const hidden = hiddenPlaces(p.shape, ahead, mask && stretched("mask", mask, p.shape));
  maskedSoftmax(p, scale, hidden, bias && stretched("bias", bias, p.shape));
  seenPerHead(p, v, y, hidden, false);
  return record("attention", bias ? [q, k, v, bias] : [q, k, v], y, (dy) => {
    // dP = dy vᵀ, then through the softmax: both dq and dk need it, so it is made once.
    let scores: Tensor | undefined;
    const ds = (): Tensor => (scores ??= scoreGradient(p, dy, v, scale, hidden));
    return [
      () => seenPerHead(ds(), k, headsApart(b, h, tq, size), hidden, false),
      () => seenPerHead(transposed(ds()), q, headsApart(b, g, tk, size), hidden, true),
      () => seenPerHead(transposed(p), dy, headsApart(b, g, tk, v.shape[3]), hidden, true),
      () => sumTo(scoreGradient(p, dy, v, 1, hidden), bias!.shape),
    ];
  });
}

/** The numbers of a mask or bias, one for each score. */
function stretched(what: string, x: Tensor, shape: Shape): Numbers {
  if (!broadcastsTo(x.shape, shape))
    throw new ShapeError(
      `scaledDotProductAttention: the ${what} ${show(x.shape)} must broadcast to the scores ${show(shape)}`,
    );
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
  if (group === 0) c.storage.f32().fill(0); // no products to add up
  for (let row = 0; row < batch; row++) {
    for (let i = 0; i < group; i++) {
      const adds = i > 0 && c.shape[1] === fewest;
      product(m, a.shape[3], n, fewest, matrix(a, row, i), matrix(b, row, i), matrix(c, row, i), adds);
    }
  }
  return c;
}

/** 1 for each score that does not count, of [B, H, Tq, Tk]: behind `ahead`, or where the mask is 0. */
function hiddenPlaces(shape: Shape, ahead: number, mask: Numbers | null): Uint8Array {
  const [tq, tk] = shape.slice(-2);
  const hidden = new Uint8Array(sizeOf(shape));
  for (let i = 0; i < hidden.length; i++) {
    const query = Math.floor(i / tk) % tq;
    hidden[i] = i % tk > query + ahead || (mask !== null && mask[i] === 0) ? 1 : 0;
  }
  return hidden;
}

/** In place: each row of scores becomes probabilities, 0 where it is hidden. */
function maskedSoftmax(p: Tensor, scale: number, hidden: Uint8Array, bias: Numbers | null): void {
  const [tq, tk] = p.shape.slice(-2);
  const P = write(p);
  for (let i = 0; i < P.length; i++) P[i] = hidden[i] ? -Infinity : P[i] * scale + (bias ? bias[i] : 0);
  if (p.size > 0) rowKernels().softmax(p.size / tk, tk, p, p, 1, tq, tk);
}

/** Gradient of the scores before scaling: p (dp − Σ dp p) · scale; 0 where they are hidden. */
function scoreGradient(p: Tensor, dy: Tensor, v: Tensor, scale: number, hidden: Uint8Array): Tensor {
  const ds = perHead(dy, transposed(v), empty(p.shape));
  const tk = p.shape[3];
  const hide = (): void => {
    const DS = write(ds);
    for (let i = 0; i < DS.length; i++) if (hidden[i]) DS[i] = 0;
  };
  hide(); // a hidden NaN would reach the sum, since 0 · NaN is NaN
  if (p.size > 0) rowKernels().softmaxBackward(p.size / tk, tk, p, ds, ds, scale);
  hide();
  return ds;
}

/** C = A B per head, where A [.., Tq, Tk], or [.., Tk, Tq] if `turned`, is 0 where it is hidden. Numbers of B that are not
 *  finite must not meet those zeros, so then the sums are made here. */
function seenPerHead(a: Tensor, b: Tensor, c: Tensor, hidden: Uint8Array, turned: boolean): Tensor {
  const B = read(b);
  if (B.every(Number.isFinite)) return perHead(a, b, c);
  const [batch, , m, n] = c.shape;
  const inner = a.shape[3];
  const heads = a.shape[1]; // A has all of them; in B or C several may share one
  const A = read(a);
  const sums = new Float64Array(sizeOf(c.shape));
  for (let head = 0; head < batch * heads; head++) {
    const [fromB, toC] = [b, c].map((x) => Math.floor((head * x.shape[1]) / heads) * x.shape[2] * x.shape[3]);
    for (let i = 0; i < m; i++) {
      for (let j = 0; j < inner; j++) {
        if (hidden[head * m * inner + (turned ? j * m + i : i * inner + j)]) continue;
        const weight = A[(head * m + i) * inner + j];
        for (let d = 0; d < n; d++) sums[toC + i * n + d] += weight * B[fromB + j * n + d];
      }
    }
  }
  // C may lie in memory in another order of axes.
  const C = c.storage.f32();
  const [sb, sh, st, sd] = c.strides;
  sums.forEach((value, at) => {
    const [d, t, h] = [at % n, Math.floor(at / n) % m, Math.floor(at / (n * m)) % c.shape[1]];
    C[c.offset + Math.floor(at / (n * m * c.shape[1])) * sb + h * sh + t * st + d * sd] = value;
  });
  return c;
}
