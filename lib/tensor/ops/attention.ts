/** Scaled dot-product attention, one fused op: softmax(q kᵀ · scale + mask) v. */

import {
  checkFloat,
  checkMask,
  checkNumber,
  checkOptions,
  checkTensor,
  sameShape,
  ShapeError,
  show,
} from "../check.js";
import type { Attention } from "../rules/attention.js";
import type { Arg, Out, Shape } from "../shape.js";
import type { Tensor } from "../tensor.js";
import { canFuse, fusedAttention } from "./attention/fused.js";
import { attentionByScores } from "./attention/scores.js";

export interface AttentionOptions {
  /** A query sees its own position and earlier ones only. Default false. With a KV cache (more keys than queries)
   *  the queries are the last positions. */
  isCausal?: boolean;
  /** Default 1 / √K. */
  scale?: number;
  /** Hides the keys where it is 0 (beside what `isCausal` hides); a NaN hides nothing. Broadcasts to [B, H, Tq, Tk]. */
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
  checkOptions(OP, options);
  const { isCausal = false, scale = 1 / Math.sqrt(q.shape[3]), mask = null, bias = null } = options;
  checkNumber(OP, "scale", scale);
  if (mask !== null) checkMask(OP, mask, [...q.shape.slice(0, 3), k.shape[2]]);
  if (bias !== null) checkTensor(OP, "bias", bias, "a tensor or null");
  const ahead = isCausal ? k.shape[2] - q.shape[2] : k.shape[2];
  // The one place that chooses: masks and biases of their own shape, and what the kernel cannot do, go step by step.
  return mask || bias || !canFuse(k, scale)
    ? attentionByScores(q, k, v, scale, ahead, mask, bias)
    : fusedAttention(q, k, v, scale, ahead);
}

const OP = "scaledDotProductAttention";

function checkAttention(q: Tensor, k: Tensor, v: Tensor): void {
  checkTensor(OP, "q", q);
  checkTensor(OP, "k", k);
  checkTensor(OP, "v", v);
  checkFloat(OP, q, k, v);
  const [b, h, , size] = q.shape;
  const [, g, tk] = k.shape;
  const fits =
    q.rank === 4 && v.rank === 4 && sameShape(k.shape, [b, g, tk, size]) && sameShape(v.shape.slice(0, 3), [b, g, tk]);
  if (!fits) {
    throw new ShapeError(
      `${OP}: q ${show(q.shape)}, k ${show(k.shape)} and v ${show(v.shape)} must be [B, H, T, K] with equal B and K, and k and v with equal H and T`,
    );
  }
  if (h !== g && !(g > 0 && h % g === 0))
    throw new ShapeError(
      `${OP}: the ${h} heads of q ${show(q.shape)} cannot share the ${g} heads of k ${show(k.shape)}: ${h} is no multiple of ${g}`,
    );
}
