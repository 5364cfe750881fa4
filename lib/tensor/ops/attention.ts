/** Scaled dot-product attention, one fused op: softmax(q kᵀ · scale + mask) v. */

import { matmul as product, rowKernels, type Matrix } from "../../kernels/index.js";
import { record } from "../autograd.js";
import { broadcastsTo, checkFloat, ShapeError, show } from "../check.js";
import type { Attention } from "../rules/attention.js";
import type { Arg, Out, Shape } from "../shape.js";
import { empty, read, Tensor, write } from "../tensor.js";
import { sumTo } from "./reduce.js";
import { expandTo } from "./shape.js";

type Numbers = Float32Array | Int32Array;

export interface AttentionOptions {
  /** A query sees its own position and earlier ones only. Default false. With a KV cache (more keys than queries)
   *  the queries are the last positions. */
  isCausal?: boolean;
  /** Default 1 / √K. */
  scale?: number;
  /** Hides the keys where it is 0 (beside what `isCausal` hides). Broadcasts to [B, H, Tq, Tk]. */
  mask?: Tensor | null;
  /** Added to the scores after scaling. Broadcasts to [B, H, Tq, Tk]. */
  bias?: Tensor | null;
}

/** y = softmax(q kᵀ · scale) v for each batch row and head; a query that may see no key gives zeros.
 *  q [B, H, Tq, K], k [B, G, Tk, K], v [B, G, Tk, K] -> [B, H, Tq, K]. With G < H heads of keys and values, H / G query
 *  heads in a row share one (Ainslie et al. 2023, https://arxiv.org/abs/2305.13245). Strided views cost no copy, and the
 *  result lies in memory as [B, Tq, H, K], so that merging the heads is a view too.
 *  Source: Vaswani et al. 2017, §3.2.1, https://arxiv.org/abs/1706.03762
 *  @example
 *  const [q, k, v] = [zeros([1, 1, 2, 4]), zeros([1, 1, 2, 4]), reshape(tensor([[2, 0], [4, 8]]), [1, 1, 2, 2])];
 *  scaledDotProductAttention(q, k, v, { isCausal: true }) // => [[[[2, 0], [3, 4]]]] */
export function scaledDotProductAttention<Q extends Shape, K extends Shape, V extends Shape>(
  q: Tensor<Q>,
  k: Tensor<K>,
  v: Arg<Attention<Q, K, V>, Tensor<V>>,
  options?: AttentionOptions,
): Tensor<Out<Attention<Q, K, V>>>;
export function scaledDotProductAttention(q: Tensor, k: Tensor, v: Tensor, options: AttentionOptions = {}): Tensor {
  checkAttention(q, k, v);
  const [b, h, tq, size] = q.shape;
  const [, g, tk] = k.shape;
  const { isCausal = false, scale = 1 / Math.sqrt(size), mask = null, bias = null } = options;
  const p = empty([b, h, tq, tk]);
  const y = headsApart(b, h, tq, v.shape[3]);
  perHead(q, transposed(k), p);
  const ahead = isCausal ? tk - tq : Infinity;
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

function checkAttention(q: Tensor, k: Tensor, v: Tensor): void {
  checkFloat("attention", q, k, v);
  const [b, h, , size] = q.shape;
  const [, g, tk] = k.shape;
  const fits =
    q.rank === 4 &&
    v.rank === 4 &&
    show(k.shape) === show([b, g, tk, size]) &&
    show(v.shape.slice(0, 3)) === show([b, g, tk]);
  if (!fits) {
    throw new ShapeError(
      `attention: q ${show(q.shape)}, k ${show(k.shape)} and v ${show(v.shape)} must be [B, H, T, K] with equal B and K, and k and v with equal H and T`,
    );
  }
  if (h !== g && !(g > 0 && h % g === 0))
    throw new ShapeError(
      `attention: the ${h} heads of q ${show(q.shape)} cannot share the ${g} heads of k ${show(k.shape)}: ${h} is no multiple of ${g}`,
    );
}

/** The numbers of a mask or bias, one for each score. */
function stretched(what: string, x: Tensor, shape: Shape): Numbers {
  if (!broadcastsTo(x.shape, shape))
    throw new ShapeError(`attention: the ${what} ${show(x.shape)} must broadcast to the scores ${show(shape)}`);
  return read(expandTo(x.detach(), shape));
}

/** [B, H, T, K] that lies in memory as [B, T, H, K]. */
function headsApart(b: number, h: number, t: number, k: number): Tensor {
  const { storage } = empty([b, t, h, k]);
  return new Tensor(storage, [b, h, t, k], "float32", 0, [t * h * k, k, h * k, 1]);
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
