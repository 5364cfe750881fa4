/** How the library spells each op of `ops.json`. Inputs and attributes are in the files' words. */

import * as t from "../../lib/tensor/index.js";
import type { Tensor } from "../../lib/tensor/index.js";
import type { Axes } from "../../lib/tensor/ops/reduce.js";
import { moeSwiglu } from "./moeSwiglu.js";
import { attention, crossEntropy, layerNorm, matmul, oneHot, rmsNorm, topk, where } from "./opLayers.js";
import type { Options } from "./options.js";

/** Inputs by name; asking for one that the case lacks throws, or gives null with `maybe`. */
export interface Inputs {
  need(name: string): Tensor;
  maybe(name: string): Tensor | null;
  /** An output as the file has it; null where it has none. */
  expected(name: string): Tensor | null;
  /** Every input, by rising name: for ops that take any number of them. */
  all(): Tensor[];
}
export type Op = (inputs: Inputs, options: Options) => Record<string, Tensor>;

/** The static types check shapes that are written down; here shapes come from files. */
type AnyShape = Tensor;
const need = (inputs: Inputs, name: string): AnyShape => inputs.need(name);

const unary =
  (f: (x: AnyShape) => Tensor): Op =>
  (inputs) => ({ y: f(need(inputs, "x")) });

const binary =
  (f: (a: AnyShape, b: AnyShape) => Tensor, left = "a", right = "b"): Op =>
  (inputs) => ({ y: f(need(inputs, left), need(inputs, right)) });

const alongAxis =
  (f: (x: AnyShape, axis: number) => Tensor): Op =>
  (inputs, options) => ({ y: f(need(inputs, "x"), options.number("dim")) });

/** The types follow one axis or a list of axes, but not a union of both. */
type Reducer = (x: Tensor, axis: Axes, options: { keepdim: boolean; correction?: number }) => Tensor;
/** In PyTorch an empty list of axes means all of them, as null does. */
function axes(options: Options): Axes {
  const dim = (options.get("dim") ?? null) as Axes;
  return Array.isArray(dim) && dim.length === 0 ? null : dim;
}

const reducer =
  (f: Reducer): Op =>
  (inputs, options) => ({ y: f(inputs.need("x"), axes(options), { keepdim: options.flag("keepdim") }) });

const rotary =
  (layout: "half" | "interleaved"): Op =>
  (inputs, options) => ({
    y: t.rotary(need(inputs, "x"), inputs.need("positions"), { layout, theta: options.number("theta", 10_000) }),
  });

export const opTable: Readonly<Record<string, Op>> = {
  // Products
  matmul: binary(matmul),
  transpose_matmul: binary((a, b) => t.matmul(t.transpose(a, -1, -2), b)),
  linear: (inputs) => ({ y: t.linear(need(inputs, "x"), need(inputs, "w") as never, inputs.maybe("b") as never) }),
  // Element by element
  add: binary((a, b) => t.add(a, b)),
  sub: binary((a, b) => t.sub(a, b)),
  mul: binary((a, b) => t.mul(a, b)),
  div: binary((a, b) => t.div(a, b)),
  maximum: binary((a, b) => t.maximum(a, b)),
  where,
  neg: unary(t.neg),
  abs: unary(t.abs),
  exp: unary(t.exp),
  log: unary(t.log),
  sqrt: unary(t.sqrt),
  rsqrt: unary(t.rsqrt),
  reciprocal: unary(t.reciprocal),
  sin: unary(t.sin),
  cos: unary(t.cos),
  tanh: unary(t.tanh),
  pow: (inputs, options) => ({ y: t.pow(inputs.need("x"), options.number("exponent")) }),
  clamp: (inputs, options) => ({
    y: t.clamp(inputs.need("x"), { min: options.number("min", -Infinity), max: options.number("max", Infinity) }),
  }),
  relu: unary(t.relu),
  sigmoid: unary(t.sigmoid),
  silu: unary(t.silu),
  softplus: unary(t.softplus),
  gelu_erf: unary(t.gelu),
  gelu_tanh: unary(t.geluTanh),
  swiglu: binary(t.swiglu, "gate", "up"),
  // Along axes
  sum: reducer(t.sum as Reducer),
  mean: reducer(t.mean as Reducer),
  max: reducer(t.max as Reducer),
  min: reducer(t.min as Reducer),
  var: (inputs, options) => ({
    y: (t.variance as Reducer)(inputs.need("x"), axes(options), {
      keepdim: options.flag("keepdim"),
      correction: options.number("correction", 1),
    }),
  }),
  argmax: (inputs, options) => ({
    y: t.argmax(need(inputs, "x"), axes(options) as number | null, { keepdim: options.flag("keepdim") }),
  }),
  cumsum: alongAxis(t.cumsum),
  softmax: alongAxis((x, axis) => t.softmax(x, axis)),
  log_softmax: alongAxis((x, axis) => t.logSoftmax(x, axis)),
  logsumexp: (inputs, options) => ({
    y: t.logsumexp(need(inputs, "x"), options.number("dim"), { keepdim: options.flag("keepdim") }),
  }),
  masked_softmax: (inputs, options) => ({
    y: t.maskedSoftmax(inputs.need("x"), inputs.need("mask"), options.number("dim")),
  }),
  topk_masked_softmax: (inputs, options) => ({
    y: t.topkMaskedSoftmax(inputs.need("x"), options.number("k"), options.number("dim", -1)),
  }),
  topk,
  // Shapes
  permute: (inputs, options) => ({ y: t.permute(need(inputs, "x"), options.list("dims")) }),
  reshape: (inputs, options) => ({ y: t.reshape(need(inputs, "x"), options.list("shape")) }),
  expand: (inputs, options) => ({ y: t.expand(need(inputs, "x"), options.list("shape")) }),
  concat: (inputs, options) => ({ y: t.concat(inputs.all(), options.number("dim")) }),
  stack: (inputs, options) => ({ y: t.stack(inputs.all(), options.number("dim")) }),
  slice: (inputs, options) => {
    const [x, axis] = [inputs.need("x"), options.number("dim")];
    const size = x.shape[axis < 0 ? axis + x.rank : axis];
    return { y: t.slice(x, axis, options.number("start", 0), options.number("end", size)) };
  },
  split: (inputs, options) => {
    const pieces = t.split(inputs.need("x"), options.list("sizes"), options.number("dim"));
    return Object.fromEntries(pieces.map((piece, i) => [String.fromCharCode("a".charCodeAt(0) + i), piece]));
  },
  tril: unary((x) => t.tril(x)),
  // Indices
  embedding: (inputs) => ({ y: t.embedding(inputs.need("weight") as never, inputs.need("ids")) }),
  one_hot: oneHot,
  gather: (inputs, options) => ({ y: t.gather(inputs.need("x"), options.number("dim"), inputs.need("index")) }),
  scatter: (inputs, options) => ({
    y: t.scatter(inputs.need("x"), options.number("dim"), inputs.need("index"), inputs.need("src")),
  }),
  scatter_add: (inputs, options) => ({
    y: t.scatterAdd(inputs.need("x"), options.number("dim"), inputs.need("index"), inputs.need("src")),
  }),
  index_select: (inputs, options) => ({
    y: t.indexSelect(inputs.need("x"), options.number("dim"), inputs.need("index")),
  }),
  index_add: (inputs, options) => {
    const [x, index, src] = [inputs.need("x"), inputs.need("index"), inputs.need("src")];
    return { y: t.indexAdd(x, options.number("dim"), index, src, options.number("alpha", 1)) };
  },
  // Layers
  cross_entropy: crossEntropy,
  layer_norm: layerNorm,
  rms_norm: rmsNorm,
  rope_half: rotary("half"),
  rope_interleaved: rotary("interleaved"),
  sdpa: attention,
  moe_swiglu: (inputs, options) => {
    const [x, router, w1, w2, w3] = ["x", "router", "w1", "w2", "w3"].map((name) => need(inputs, name));
    return moeSwiglu(x, router, { w1, w2, w3 }, options.number("top_k"), options.flag("norm_topk_prob"));
  },
};
