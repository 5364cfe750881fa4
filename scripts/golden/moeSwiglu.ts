/** A mixture of SwiGLU experts, put together from the tensor ops by its formula: y = Σⱼ wⱼ · w2[e](silu(w1[e] x) · (w3[e] x)). */

import {
  div,
  gather,
  indexAdd,
  indexSelect,
  linear,
  mul,
  reshape,
  slice,
  softmax,
  sum,
  swiglu,
  tensor,
  Tensor,
  topk,
  zeros,
} from "../../lib/tensor/index.js";

type AnyShape = Tensor;

/** Matrices of all experts, one after the other: w1 and w3 [E, F, D], w2 [E, D, F]. */
export interface ExpertWeights {
  w1: AnyShape;
  w2: AnyShape;
  w3: AnyShape;
}

/** x [N, D], router [E, D] -> y [N, D] with probs [N, E], weights and indices [N, topK]. */
export function moeSwiglu(
  x: AnyShape,
  router: AnyShape,
  experts: ExpertWeights,
  topK: number,
  normalize: boolean,
): Record<string, Tensor> {
  const probs = softmax(linear(x, router as never), -1);
  const { values, indices } = topk(probs, topK);
  const weights = normalize ? div(values, sum(values, -1, { keepdim: true })) : values;
  const chosen = indices.toTypedArray();
  const flatWeights = reshape(weights, [-1, 1]);
  let y: Tensor = zeros(x.shape);
  for (let e = 0; e < router.shape[0]; e++) {
    // Assignments to this expert, and the token that each belongs to.
    const assigned = [...chosen.keys()].filter((i) => chosen[i] === e);
    if (assigned.length === 0) continue;
    const tokens = tensor(
      assigned.map((i) => Math.floor(i / topK)),
      { dtype: "int32" },
    );
    const rows = indexSelect(x, 0, tokens);
    const [w1, w2, w3] = [experts.w1, experts.w2, experts.w3].map((w) =>
      reshape(slice(w, 0, e, e + 1), w.shape.slice(1)),
    );
    const hidden = swiglu(linear(rows, w1 as never), linear(rows, w3 as never));
    const weight = gather(
      flatWeights,
      0,
      tensor(
        assigned.map((i) => [i]),
        { dtype: "int32" },
      ),
    );
    y = indexAdd(y, 0, tokens, mul(linear(hidden, w2 as never), weight));
  }
  return { y, probs, weights, indices };
}
