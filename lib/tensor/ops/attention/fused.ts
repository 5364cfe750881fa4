/** Attention in one kernel, which keeps two numbers of each row of scores and computes nothing behind a causal mask. */

import {
  attention,
  attentionBackward,
  attentionKeys,
  type AttentionSizes,
  type Heads,
} from "../../../kernels/index.js";
import { isRecording, record, wantsGrad } from "../../autograd.js";
import { contiguous, empty, type Tensor } from "../../tensor.js";
import { headsApart } from "./heads.js";

/** Whether the kernel can do it: rows of scores must fit its memory, and a scale may not turn their order round. */
export const canFuse = (k: Tensor, scale: number): boolean => k.shape[2] <= attentionKeys() && scale > 0;

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
  attention(sizes, Q, K, V, headsOf(y), stats);
  return record("attention", inputs, y, (dy) => {
    // One call makes all gradients that are wanted, since they share the weights.
    let made: (Tensor | null)[] | undefined;
    const gradients = (): (Tensor | null)[] => {
      const to = inputs.map(({ shape: [b, h, t, n] }, i) => (wanted[i] ? headsApart(b, h, t, n) : null));
      const [dq, dk, dv] = to.map((x) => x && headsOf(x));
      // Without queries, heads or keys the kernel has no row to write, and all gradients are 0.
      if ([batch, heads, groups, queries, keys, size, valueSize].includes(0))
        to.forEach((x) => x?.storage.f32().fill(0));
      attentionBackward(sizes, Q, K, V, headsOf(dy), stats!, dq, dk, dv);
      return to;
    };
    return inputs.map((_, i) => () => (made ??= gradients())[i]!);
  });
}

/** Where the kernel finds the heads of `x`: only along K must the numbers lie side by side. */
function headsOf(x: Tensor): Heads {
  const { storage, offset, strides } = x.strides[3] === 1 || x.shape[3] === 1 ? x : contiguous(x);
  return { storage, offset, batchStride: strides[0], headStride: strides[1], rowStride: strides[2] };
}
