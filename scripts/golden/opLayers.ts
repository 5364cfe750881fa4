/** Ops whose form in PyTorch is wider than in the library: other ranks, axes and defaults, brought into the library's by views. */

import * as t from "../../lib/tensor/index.js";
import type { Tensor } from "../../lib/tensor/index.js";
import type { Op } from "./opTable.js";

/** The static types check shapes that are written down; here shapes come from files. */
type AnyShape = Tensor;

/** PyTorch multiplies vectors too: a list on the left is one row, on the right one column. */
export function matmul(a: AnyShape, b: AnyShape): Tensor {
  const [left, right] = [a.rank === 1 ? t.unsqueeze(a, 0) : a, b.rank === 1 ? t.unsqueeze(b, 1) : b] as AnyShape[];
  let y: AnyShape = t.matmul(left, right);
  if (b.rank === 1) y = t.squeeze(y, -1);
  return a.rank === 1 ? t.squeeze(y, b.rank === 1 ? -1 : -2) : y;
}

/** PyTorch has the classes on axis 1 where logits have more than two axes; the library has them last. */
function classesLast(logits: AnyShape, target: Tensor): AnyShape {
  const inFront = [...logits.shape.slice(0, 1), ...logits.shape.slice(2)];
  if (logits.rank <= 2 || String(inFront) !== String(target.shape)) return logits;
  const axes = logits.shape.map((_, i) => i);
  return t.permute(logits, [...axes.filter((i) => i !== 1), 1]);
}

export const crossEntropy: Op = (inputs, options) => {
  const target = inputs.need("target");
  return {
    y: t.crossEntropy(classesLast(inputs.need("logits"), target), target, {
      ignoreIndex: options.number("ignore_index", -100),
      labelSmoothing: options.number("label_smoothing", 0),
      reduction: options.word("reduction", ["mean", "sum", "none"], "mean"),
    }),
  };
};

/** The last `count` axes as one. */
function asRows(x: AnyShape, count: number): AnyShape {
  return t.reshape(x, [...x.shape.slice(0, x.rank - count), x.shape.slice(x.rank - count).reduce((p, d) => p * d, 1)]);
}

export const layerNorm: Op = (inputs, options) => {
  const count = options.list("normalized_shape").length;
  const x = inputs.need("x");
  const [w, b] = [inputs.maybe("weight"), inputs.maybe("bias")].map((p) => p && asRows(p, count));
  const y = t.layerNorm(asRows(x, count), w as never, b as never, options.number("eps", 1e-5));
  return { y: t.reshape(y, [...x.shape]) };
};

/** What PyTorch takes where eps is null: the step from 1 to the next float32. */
const EPSILON = 2 ** -23;

export const rmsNorm: Op = (inputs, options) => {
  const [x, weight] = [inputs.need("x"), inputs.maybe("weight")];
  const count = weight?.rank ?? 1;
  const y = t.rmsNorm(asRows(x, count), (weight && asRows(weight, count)) as never, options.number("eps", EPSILON));
  return { y: t.reshape(y, [...x.shape]) };
};

/** [..., H, T, K] as [B, H, T, K]. */
function fourAxes(x: AnyShape): AnyShape {
  return x.rank === 4 ? x : t.reshape(x, [-1, x.rank > 2 ? x.shape[x.rank - 3] : 1, ...x.shape.slice(-2)]);
}

export const attention: Op = (inputs, options) => {
  const given = ["q", "k", "v"].map((name) => inputs.need(name));
  const [q, k, v] = given.map(fourAxes);
  const isCausal = options.flag("is_causal");
  const grouped = options.flag("enable_gqa");
  if (!grouped && q.shape[1] !== k.shape[1]) throw new Error("sdpa: heads differ, but enable_gqa is false");
  const scale = options.number("scale", 1 / Math.sqrt(q.shape[3]));
  const [tq, tk] = [q.shape[2], k.shape[2]];
  const scores = [...given[0].shape.slice(0, -1), tk];
  const written = inputs.maybe("mask");
  const mask = written && given[0].rank !== 4 ? fourAxes(t.expand(written, scores)) : written;
  // PyTorch counts the first query as position 0; the library, as a KV cache needs it, the last one as the last key.
  const causal = isCausal && tq !== tk ? t.tril(t.ones([tq, tk])) : null;
  // A mask of floats is added to the scores, one of truth values hides.
  const [hides, bias] = mask?.dtype === "float32" ? [causal, mask] : [mask ?? causal, null];
  const y: AnyShape = t.scaledDotProductAttention(q, k, v, {
    isCausal: isCausal && !causal,
    scale,
    mask: hides,
    bias,
  });
  return { y: t.reshape(y, [...given[0].shape.slice(0, -1), v.shape[3]]) };
};

/** The library sorts always. Unsorted means that any order will do: then the expected one is taken, if it names the same elements. */
export const topk: Op = (inputs, options) => {
  const [x, axis] = [inputs.need("x"), options.number("dim", -1)];
  const { values, indices } = t.topk(x, options.number("k"), axis);
  const isSorted = options.get("sorted_descending") ?? true;
  const wanted = inputs.expected("indices");
  if (isSorted || !wanted || String(wanted.shape) !== String(indices.shape)) return { values, indices };
  const inOrder = (of: AnyShape): string => String(t.sort(of, axis).values.toTypedArray());
  if (inOrder(wanted) !== inOrder(indices)) return { values, indices };
  return { values: t.gather(x, axis, wanted), indices: wanted };
};

/** The condition is the input that holds no floats. */
export const where: Op = (inputs) => {
  const [a, b, c] = [inputs.need("a"), inputs.need("b"), inputs.need("c")];
  return { y: c.dtype === "int32" ? t.where(c, a, b) : t.where(a, b, c) };
};

/** −1 asks for as many classes as the ids need. */
export const oneHot: Op = (inputs, options) => {
  const ids = inputs.need("ids");
  const classes = options.number("num_classes", -1);
  return { y: t.oneHot(ids, classes === -1 ? Math.max(-1, ...ids.toTypedArray()) + 1 : classes) };
};
