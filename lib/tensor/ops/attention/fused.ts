/** Attention in one kernel, which keeps two numbers of each row of scores and computes nothing behind a causal mask. */

import {
  attention,
  attentionBackward,
  attentionKeys,
  type AttentionSizes,
  type Heads,
} from "../../../kernels/index.js";
import { isRecording, record, type Thunk, wantsGrad } from "../../autograd.js";
import { contiguous, empty, type Tensor } from "../../tensor.js";
import { headsApart } from "./heads.js";

/** Whether the kernel takes so many keys. */
export const fits = (k: Tensor): boolean => k.shape[2] <= attentionKeys();

/** softmax(q kᵀ · scale) v of checked operands. Query t sees the keys up to t + ahead. */
export function fusedAttention(q: Tensor, k: Tensor, v: Tensor, scale: number, ahead: number): Tensor {
  const inputs = [q, k, v];
  const [batch, heads, queries, size] = q.shape;
  const [, groups, keys, valueSize] = v.shape;
  const sizes: AttentionSizes = { batch, heads, groups, queries, keys, size, valueSize, scale, ahead };
  const [Q, K, V] = inputs.map(headsOf);
  const wanted = inputs.map((x) => isRecording() && wantsGrad(x));
  const y = headsApart(batch, heads, queries, valueSize);
  const stats = wanted.includes(true) ? empty([batch, heads, queries, 2]) : null;
  if (y.size > 0) attention(sizes, Q, K, V, y, stats);
  return record("attention", inputs, y, (given) => {
    // One call makes all gradients that are wanted: they share the weights.
    let gradients: (Tensor | null)[] | undefined;
    const all = (): (Tensor | null)[] => {
      const dy = headsOf(given);
      const [dq, dk, dv] = inputs.map(({ shape: [b, h, t, n] }, i) => (wanted[i] ? headsApart(b, h, t, n) : null));
      attentionBackward(sizes, Q, K, V, dy, stats!, dq, dk, dv);
      return [dq, dk, dv];
    };
    return inputs.map(
      (_, i): Thunk =>
        () =>
          (gradients ??= all())[i]!,
    );
  });
}

/** Where the kernel finds the heads of `x`: only along K must the numbers lie side by side. */
function headsOf(x: Tensor): Heads {
  const { storage, offset, strides } = x.strides[3] === 1 || x.shape[3] === 1 ? x : contiguous(x);
  return { storage, offset, batchStride: strides[0], headStride: strides[1], rowStride: strides[2] };
}
