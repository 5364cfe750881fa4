/** Typed tensors with gradients. */
export type { Broadcast, Dim, Matmul, Reshape, Shape, Show } from "./shape.js";
export { ShapeError } from "./check.js";
export { type DType, markChanged, type Nested, Tensor } from "./tensor.js";
export {
  arange,
  dim,
  eye,
  fromArray,
  full,
  ones,
  tensor,
  type TensorOptions,
  type TypedArray,
  zeros,
} from "./create.js";
export { Generator, type GeneratorState, type NormalOptions, randn, uniform } from "./random.js";
export { noGrad } from "./autograd.js";
export type { BackwardOptions } from "./gradients/backward.js";
export { type Backward, defineOp, type Forward } from "./gradients/defineOp.js";
export { gradcheck, type GradcheckOptions } from "./gradients/gradcheck.js";
export { nudged } from "./gradients/nudged.js";
export { graph, type GraphRow } from "./gradients/graph.js";
export { einsum } from "./einsum.js";
export { linear, matmul } from "./ops/matmul.js";
export { expand, flip, permute, reshape, squeeze, transpose, unsqueeze, view } from "./ops/shape.js";
export { add, div, maskedFill, maximum, mul, sub, swiglu, where } from "./ops/elementwise.js";
export { abs, cast, clamp, cos, exp, log, neg, normalCdf, pow, reciprocal, rsqrt, sin, sqrt } from "./ops/unary.js";
export { gelu, geluTanh, relu, sigmoid, silu, softplus, sqrtSoftplus, squaredRelu, tanh } from "./ops/unary.js";
export { argmax, type Axes, max, mean, min, type ReduceOptions, sum, variance } from "./ops/reduce.js";
export { logSoftmax, logsumexp, maskedSoftmax, softmax } from "./ops/softmax.js";
export { crossEntropy, type CrossEntropyOptions, type Reduction } from "./ops/loss.js";
export { layerNorm, rmsNorm } from "./ops/norm.js";
export { embedding, gather, indexAdd, indexSelect, oneHot, scatter, scatterAdd } from "./ops/indexing.js";
export { type Chosen, cumsum, sort, topk, topkMaskedSoftmax } from "./ops/sort.js";
export { concat, repeat, stack } from "./ops/join.js";
export { pad, select, slice, split, tril } from "./ops/slice.js";
export { type AttentionOptions, scaledDotProductAttention } from "./ops/attention.js";
export { rotary, type RotaryOptions } from "./ops/rotary.js";
