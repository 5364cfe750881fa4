/** What a query sees beside the causal order: a window, and nothing at all. */

import { fromArray, full, zeros } from "../../tensor/create.js";
import { scaledDotProductAttention } from "../../tensor/ops/attention.js";
import { mul } from "../../tensor/ops/elementwise.js";
import { concat } from "../../tensor/ops/join.js";
import { reshape } from "../../tensor/ops/shape.js";
import type { Tensor } from "../../tensor/tensor.js";

/** The mask, and none but the last `window` positions up to each query; the queries are the last of the keys' positions. Null where
 *  that hides nothing but what lies ahead. */
export function within(window: number, queries: number, keys: number, mask: Tensor | null): Tensor | null {
  if (keys <= window) return mask;
  const near = Int32Array.from({ length: queries * keys }, (_, i) =>
    Number(keys - queries + Math.floor(i / keys) - (i % keys) < window),
  );
  const hides = fromArray(near, [queries, keys], mask?.dtype ?? "int32");
  return mask ? mul(hides as Tensor, mask) : hides;
}

/** Attention in which each head has one more score, its sink: softmax over scores and sink, whose value is 0.
 *  It is one more key of zeros in front of the others, whose score is the sink alone.
 *  Source: Xiao et al. 2023, §3.3, https://arxiv.org/abs/2309.17453; learned ones: OpenAI's gpt-oss, gpt_oss/torch/model.py */
export function attentionWithSinks(
  q: Tensor,
  k: Tensor,
  v: Tensor,
  sinks: Tensor,
  { isCausal, mask }: { isCausal: boolean; mask: Tensor | null },
): Tensor {
  const inFront = (x: Tensor, first: number): Tensor =>
    concat([full([...x.shape.slice(0, -1), 1], first, { dtype: x.dtype }) as Tensor, x], -1);
  const zeroFirst = (x: Tensor): Tensor => concat([zeros([x.shape[0], x.shape[1], 1, x.shape[3]]) as Tensor, x], 2);
  const score = reshape(sinks, [1, -1, 1, 1]);
  const bias: Tensor = concat([score, zeros([1, sinks.size, 1, k.shape[2]]) as Tensor], 3);
  return scaledDotProductAttention(q, zeroFirst(k), zeroFirst(v), {
    isCausal,
    bias,
    mask: mask && inFront(mask, 1),
  });
}
