/** Every differentiable op with inputs to check its gradients on: ordinary, broadcast, of size 1 and empty. */

import * as t from "../../../lib/index.js";
import { unaryKernels } from "../../../lib/kernels/rows/unary.js";
import type { Tensor } from "../../../lib/tensor/index.js";
import { int32, positive, spaced, type X } from "../layouts.js";

export interface Differentiable {
  name: string;
  f: (...inputs: X[]) => Tensor;
  inputs: X[];
}

const shapesOf = (...shapes: number[][]): number[][] => shapes;
const ORDINARY = shapesOf([4], [2, 3], [2, 1, 3], [1, 1], [0, 3], []);
const show = (inputs: readonly X[]): string => inputs.map((x) => `[${x.shape.join(", ")}]`).join(", ");

/** One op on each list of inputs. */
function op(name: string, f: Differentiable["f"], ...lists: X[][]): Differentiable[] {
  return lists.map((inputs) => ({ name: `${name} of ${show(inputs)}`, f, inputs }));
}

const unary = (name: string, f: (x: X) => Tensor, fill = spaced): Differentiable[] =>
  op(name, f, ...ORDINARY.map((shape) => [fill(shape)]));

const PAIRS: [number[], number[]][] = [
  [
    [2, 3],
    [2, 3],
  ],
  [[2, 3], [3]],
  [[2, 3], []],
  [[], [2, 2]],
  [
    [2, 1, 3],
    [4, 1],
  ],
  [
    [3, 1],
    [1, 2],
  ],
  [
    [1, 1],
    [2, 1, 2],
  ],
  [
    [2, 3, 1, 2],
    [3, 1, 1],
  ],
  [
    [0, 2],
    [1, 2],
  ],
  [
    [2, 1],
    [2, 0],
  ],
];
const binary = (name: string, f: (a: X, b: X) => Tensor, fillB = spaced): Differentiable[] =>
  op(name, f, ...PAIRS.map(([a, b]) => [spaced(a, 0), fillB(b, 1)]));

const AXES: [number[], number][] = [
  [[4], 0],
  [[2, 3], 0],
  [[2, 3], -1],
  [[2, 3, 2], 1],
  [[2, 1, 3], 1],
  [[0, 3], 1],
];
const alongAxis = (name: string, f: (x: X, axis: number) => Tensor): Differentiable[] =>
  AXES.flatMap(([shape, axis]) => op(`${name} along ${axis}`, (x) => f(x, axis), [spaced(shape)]));

const FOLDS: [number[], number | number[] | null][] = [
  [[2, 3], null],
  [[2, 3, 2], 1],
  [
    [2, 3, 2],
    [0, -1],
  ],
  [[2, 3], []],
  [[1, 3], 0],
  [[], null],
];
/** The types follow one axis or a list of axes, but not a union of both. */
type Fold = (x: Tensor, axis: number | number[] | null, options: { keepdim: boolean; correction?: number }) => Tensor;
const folding = (name: string, f: Fold): Differentiable[] =>
  FOLDS.flatMap(([shape, axis]) =>
    [false, true].flatMap((keepdim) =>
      op(`${name} over ${JSON.stringify(axis)}${keepdim ? ", keepdim" : ""}`, (x) => f(x, axis, { keepdim }), [
        spaced(shape),
      ]),
    ),
  );

const indices = int32([1, 0, 1, 2], [2, 2]);
const qkv = (heads: number, kv: number, tq: number, tk: number): X[] => [
  spaced([2, heads, tq, 2]),
  spaced([2, kv, tk, 2], 1),
  spaced([2, kv, tk, 3], 2),
];
const attention = (options: t.AttentionOptions) => (q: X, k: X, v: X) => t.scaledDotProductAttention(q, k, v, options);

export const differentiable: readonly Differentiable[] = [
  ...unary("neg", t.neg),
  ...unary("abs", t.abs),
  ...unary("exp", t.exp),
  ...unary("sin", t.sin),
  ...unary("normalCdf", t.normalCdf),
  ...unary("cos", t.cos),
  ...unary("log", t.log, positive),
  ...unary("sqrt", t.sqrt, positive),
  ...unary("rsqrt", t.rsqrt, positive),
  ...unary("reciprocal", t.reciprocal, positive),
  ...unary("pow 3", (x) => t.pow(x, 3)),
  ...unary("pow -0.5", (x) => t.pow(x, -0.5), positive),
  ...unary("clamp", (x) => t.clamp(x, { min: -0.5, max: 0.3 })),
  ...unary("relu", t.relu),
  ...unary("softplus", t.softplus),
  ...unary("sqrtSoftplus", t.sqrtSoftplus),
  ...unaryKernels.flatMap((name) => unary(name, t[name])),
  ...unary("dropout", (x) => t.dropout(x, 0.4, new t.Generator(1))),
  ...unary("reshape", (x) => t.reshape(x, [-1, 1])),
  ...unary("unsqueeze", (x) => t.unsqueeze(x, -1)),
  ...binary("add", (a, b) => t.add(a, b)),
  ...binary("sub", (a, b) => t.sub(a, b)),
  ...binary("mul", (a, b) => t.mul(a, b)),
  ...binary("div", (a, b) => t.div(a, b), positive),
  ...binary("maximum", (a, b) => t.maximum(a, b)),
  ...op(
    "where",
    (a, b) => t.where(int32([1, 0], [2, 1]), a, b),
    [spaced([2, 3]), spaced([3], 1)],
    [spaced([]), spaced([3, 2, 2], 1)],
    [spaced([2, 0]), spaced([1], 1)],
  ),
  ...op("swiglu", (a, b) => t.swiglu(a, b), [spaced([2, 3]), spaced([2, 3], 1)], [spaced([0]), spaced([0])]),
  ...alongAxis("softmax", (x, axis) => t.softmax(x, axis)),
  ...alongAxis("logSoftmax", (x, axis) => t.logSoftmax(x, axis)),
  ...alongAxis("logsumexp", (x, axis) => t.logsumexp(x, axis)),
  ...alongAxis("cumsum", (x, axis) => t.cumsum(x, axis)),
  ...alongAxis("sort", (x, axis) => t.sort(x, axis).values),
  ...alongAxis("topk", (x, axis) => t.topk(x, Math.min(2, x.shape.at(axis)!), axis).values),
  ...alongAxis("topkMaskedSoftmax", (x, axis) => t.topkMaskedSoftmax(x, Math.min(2, x.shape.at(axis)!), axis)),
  ...op("maskedSoftmax", (x) => t.maskedSoftmax(x, int32([1, 0, 1]), -1), [spaced([2, 3])], [spaced([2, 2, 3])]),
  ...folding("sum", t.sum as Fold),
  ...folding("mean", t.mean as Fold),
  ...folding("max", t.max as Fold),
  ...folding("min", t.min as Fold),
  ...folding("variance", (x, axis, options) => (t.variance as Fold)(x, axis, { ...options, correction: 0 })),
  ...op("sum of nothing", (x) => t.sum(x, 0), [spaced([0, 2])]),
  ...op(
    "matmul",
    (a, b) => t.matmul(a, b),
    [spaced([2, 3]), spaced([3, 2], 1)],
    [spaced([2, 2, 3]), spaced([3, 2], 1)],
    [spaced([2, 3]), spaced([2, 3, 2], 1)],
    [spaced([2, 1, 2, 3]), spaced([3, 3, 1], 1)],
    [spaced([1, 2, 2]), spaced([2, 2, 2], 1)],
    [spaced([2, 0]), spaced([0, 2], 1)],
    [spaced([0, 2]), spaced([2, 2], 1)],
    [spaced([2, 0, 3]), spaced([3, 2], 1)],
  ),
  ...op(
    "linear",
    (x, w, b) => t.linear(x, w as never, b as never),
    [spaced([2, 3]), spaced([4, 3], 1), spaced([4], 2)],
    [spaced([2, 2, 3]), spaced([1, 3], 1), spaced([1], 2)],
    [spaced([3]), spaced([2, 3], 1), spaced([2], 2)],
    [spaced([0, 3]), spaced([2, 3], 1), spaced([2], 2)],
  ),
  ...op("linear without bias", (x, w) => t.linear(x, w as never), [spaced([2, 3]), spaced([4, 3], 1)]),
  ...op(
    "layerNorm",
    (x, w, b) => t.layerNorm(x, w as never, b as never),
    [spaced([2, 4]), spaced([4], 1), spaced([4], 2)],
    [spaced([2, 1, 3]), spaced([3], 1), spaced([3], 2)],
    [spaced([0, 3]), spaced([3], 1), spaced([3], 2)],
  ),
  ...op("layerNorm without weight", (x, b) => t.layerNorm(x, null, b as never), [spaced([2, 4]), spaced([4], 1)]),
  ...op("rmsNorm without weight", (x) => t.rmsNorm(x, null), [spaced([2, 1, 4])]),
  ...op("rmsNorm", (x, w) => t.rmsNorm(x, w as never), [spaced([2, 4]), spaced([4], 1)], [spaced([3]), spaced([3], 1)]),
  ...op("crossEntropy", (x) => t.crossEntropy(x, int32([1, -100, 0])), [spaced([3, 4])]),
  ...op(
    "crossEntropy, smoothed, each",
    (x) => t.crossEntropy(x, int32([1, -100, 0, 2], [2, 2]), { labelSmoothing: 0.1, reduction: "none" }),
    [spaced([2, 2, 3])],
  ),
  ...op("embedding", (w) => t.embedding(w as never, indices), [spaced([3, 2])], [spaced([4, 1])]),
  ...op("gather", (x) => t.gather(x, 1, indices), [spaced([2, 3])], [spaced([4, 3])]),
  ...op(
    "scatter",
    (x, src) => t.scatter(x, 1, int32([1, 0, 2, 1], [2, 2]), src),
    [spaced([2, 3]), spaced([2, 2], 1)],
    [spaced([3, 3]), spaced([2, 3], 1)],
  ),
  ...op("scatterAdd", (x, src) => t.scatterAdd(x, 1, int32([1, 1, 2, 0], [2, 2]), src), [
    spaced([2, 3]),
    spaced([2, 2], 1),
  ]),
  ...op("indexSelect", (x) => t.indexSelect(x, 1, int32([2, 0, 2])), [spaced([2, 3])], [spaced([2, 3, 2])]),
  ...op("indexAdd", (x, src) => t.indexAdd(x, 0, int32([1, 1, 0]), src, 0.5), [spaced([2, 3]), spaced([3, 3], 1)]),
  ...op("permute", (x) => t.permute(x, [2, 0, 1]), [spaced([2, 3, 2])]),
  ...op("transpose", (x) => t.transpose(x, 0, -1), [spaced([2, 3])], [spaced([2, 1, 3])]),
  ...op("squeeze", (x) => t.squeeze(x, 1), [spaced([2, 1, 3])]),
  ...op("expand", (x) => t.expand(x, [2, 3, 2]), [spaced([3, 1])], [spaced([2, 1, 2])], [spaced([])]),
  ...op(
    "concat",
    (a, b) => t.concat([a, b, a], 1),
    [spaced([2, 1]), spaced([2, 2], 1)],
    [spaced([2, 0]), spaced([2, 2], 1)],
  ),
  ...op("stack", (a, b) => t.stack([a, b], -1), [spaced([2, 3]), spaced([2, 3], 1)]),
  ...op("slice", (x) => t.slice(x, 1, 1, -1), [spaced([2, 4])], [spaced([2, 3, 2])]),
  ...op("split", (x) => t.mul(t.split(x, [1, 2, 0], 0)[1], 2), [spaced([3, 2])]),
  ...op("tril", (x) => t.tril(x), [spaced([3, 3])], [spaced([2, 2, 4])]),
  ...op("pad", (x) => t.pad(x, 1, [2, 1], 5), [spaced([2, 3])], [spaced([2, 0, 2])]),
  ...op("select", (x) => t.select(x, 1, -1), [spaced([2, 3])], [spaced([2, 2, 3])]),
  ...op("iteration", (x) => [...x].reduce((a, b) => t.mul(a, b)), [spaced([3, 2])], [spaced([1, 2, 2])]),
  ...op("flip", (x) => t.flip(x, [0, -1]), [spaced([2, 3])], [spaced([2, 3, 2])], [spaced([0, 2])]),
  ...op("repeat", (x) => t.repeat(x, [2, 1, 3]), [spaced([2, 2])], [spaced([1, 2, 1])]),
  ...op("view", (x) => t.view(t.exp(x), [-1]), [spaced([2, 3])]),
  ...op("maskedFill", (x) => t.maskedFill(x, int32([1, 0, 1]), -2), [spaced([2, 3])], [spaced([2, 2, 3])]),
  ...op("where a number", (x) => t.where(int32([1, 0, 1]), x, 7), [spaced([2, 3])], [spaced([1])]),
  ...op("einsum ij,jk->ki", (a, b) => t.einsum("ij,jk->ki", a, b), [spaced([2, 3]), spaced([3, 2], 1)]),
  ...op("einsum, batched", (a, b) => t.einsum("bij,kjb->bik", a, b), [spaced([2, 2, 3]), spaced([2, 3, 2], 1)]),
  ...op("einsum, summed away", (a, b) => t.einsum("ij,ik->i", a, b), [spaced([2, 3]), spaced([2, 2], 1)]),
  ...op("einsum of three", (a, b, c) => t.einsum("i,ij,j->", a, b, c), [
    spaced([2]),
    spaced([2, 3], 1),
    spaced([3], 2),
  ]),
  ...op("rotary, each its own", (x) => t.rotary(x, int32([0, 3, 1, 9, 2, 5], [2, 3])), [spaced([2, 2, 3, 4])]),
  ...op("rotary", (x) => t.rotary(x, int32([0, 3, 1])), [spaced([2, 3, 4])]),
  ...op("rotary, interleaved", (x) => t.rotary(x, int32([5, 2]), { layout: "interleaved", theta: 100 }), [
    spaced([1, 2, 4]),
  ]),
  ...op("rotary, unwoven and scaled", (x) => t.rotary(x, int32([5, 2]), { layout: "unwoven", scale: 1.5 }), [
    spaced([1, 2, 4]),
  ]),
  ...op("rotary, by frequencies", (x) => t.rotary(x, int32([5, 2]), { frequencies: [0.3, 0.1] }), [spaced([1, 2, 4])]),
  ...op("attention", attention({}), qkv(2, 2, 2, 3), qkv(1, 1, 1, 1)),
  ...op("attention of nothing", attention({}), qkv(0, 1, 2, 2), qkv(0, 0, 2, 2), qkv(2, 1, 0, 2), qkv(2, 1, 2, 0)),
  ...op(
    "attention of nothing, masked",
    attention({ mask: int32([1]) }),
    qkv(0, 1, 2, 2),
    qkv(2, 1, 0, 2),
    qkv(2, 1, 2, 0),
  ),
  ...op("attention, causal", attention({ isCausal: true }), qkv(2, 2, 3, 3), qkv(2, 2, 2, 4)),
  ...op("attention, grouped", attention({ isCausal: true, scale: 0.4 }), qkv(4, 2, 3, 3), qkv(3, 1, 2, 2)),
  ...op("attention, masked", attention({ mask: int32([1, 0, 1, 0, 1, 1], [2, 3]) }), qkv(2, 1, 2, 3)),
  ...op("attention, biased", (q, k, v, bias) => t.scaledDotProductAttention(q, k, v, { bias }), [
    ...qkv(2, 1, 2, 3),
    spaced([2, 1, 3], 3),
  ]),
];
