/**
 * Ops of two tensors, element by element, broadcasting as NumPy does. A plain number stands for a scalar tensor.
 * Of int32 operands alone the result is int32, as in PyTorch (and what does not fit is an error); div makes float32.
 */

import { rowKernels } from "../../kernels/index.js";
import { record } from "../autograd.js";
import { checkBroadcast, checkMask, checkTensor, isTensor, sameShape, ShapeError, show, sizeOf } from "../check.js";
import { element, fitsInt32, int32 } from "../numbers.js";
import type { Mask } from "../rules/indexing.js";
import type { Equal } from "../rules/joining.js";
import type { Arg, Broadcast, Out, Shape, Show } from "../shape.js";
import { contiguous, type DType, empty, read, type Tensor, write } from "../tensor.js";
import { sumTo } from "./reduce.js";
import { expandTo } from "./shape.js";

type Numbers = Float32Array | Int32Array;
type Binary = (a: number, b: number) => number;
type Ternary = (a: number, b: number, c: number) => number;
/** What the right side of an elementwise op may be. */
export type Operand<A extends Shape, B extends Shape> = Arg<Broadcast<A, B>, Tensor<B> | number>;
export type Elementwise<A extends Shape, B extends Shape> = Tensor<Out<Broadcast<A, B>>>;

/** Both operands as tensors. A plain number is a float32 scalar; beside an int32 tensor an integer is an int32 one. */
function operands(op: string, a: Tensor | number, b: Tensor | number): [Tensor, Tensor] {
  return [asTensor(op, "a", a, b), asTensor(op, "b", b, a)];
}

function asTensor(op: string, what: string, x: Tensor | number, other: unknown): Tensor {
  if (typeof x !== "number") {
    checkTensor(op, what, x, "a tensor or a number");
    return x;
  }
  const isInteger = isTensor(other) && other.dtype === "int32" && fitsInt32(x);
  const scalar = empty([], isInteger ? "int32" : "float32");
  write(scalar)[0] = x;
  return scalar;
}

/** Leading 1s say nothing about how an operand repeats. */
const withoutLeadingOnes = (shape: Shape): Shape => {
  const first = shape.findIndex((d) => d !== 1);
  return first < 0 ? [] : shape.slice(first);
};

/** `x`, to be read with a period: all of `shape`, or a tail of it that repeats (a bias, a scalar). */
function operand(x: Tensor, shape: Shape): Tensor {
  const tail = withoutLeadingOnes(x.shape);
  const repeats = tail.every((d, i) => d === shape[shape.length - tail.length + i]);
  return repeats ? x : expandTo(x.detach(), shape);
}

/** y = f(a, b), each operand repeating with its own period. float32; of two int32 operands int32, if `keepsIntegers`. */
function combine(op: string, a: Tensor, b: Tensor, f: Binary, keepsIntegers = false): Tensor {
  const shape = checkBroadcast(op, a.shape, b.shape);
  const dtype = keepsIntegers && a.dtype === "int32" && b.dtype === "int32" ? "int32" : "float32";
  const y = empty(shape, dtype);
  if (sizeOf(shape) === 0) return y;
  const [left, right] = [operand(a, shape), operand(b, shape)];
  const kernel = kernels.get(f);
  if (kernel && left.dtype === "float32" && right.dtype === "float32") {
    rowKernels()[kernel](y.size, contiguous(left), left.size, contiguous(right), right.size, y);
    return y;
  }
  const [A, B, Y]: Numbers[] = [read(left), read(right), write(y)];
  const period = Math.min(A.length, B.length);
  for (let at = 0; at < Y.length; at += period) {
    const [fromA, fromB] = [at % A.length, at % B.length];
    for (let i = 0; i < period; i++) {
      const value = f(A[fromA + i], B[fromB + i]);
      Y[at + i] = dtype === "int32" ? int32(op, value) : value;
    }
  }
  return y;
}

/** Runs f over three tensors that broadcast to `shape`, in float64. */
function combineThree(
  shape: Shape,
  inputs: readonly [Tensor, Tensor, Tensor],
  f: Ternary,
  dtype: DType = "float32",
): Tensor {
  const y = empty(shape, dtype);
  const [A, B, C]: Numbers[] = inputs.map((x) => read(expandTo(x.detach(), shape)));
  const Y = write(y);
  for (let i = 0; i < Y.length; i++) Y[i] = f(A[i], B[i], C[i]);
  return y;
}

/** a + b.
 *  @example
 *  add(tensor([[1, 2], [3, 4]]), tensor([10, 20])) // => [[11, 22], [13, 24]] */
export function add<A extends Shape, B extends Shape = readonly []>(a: Tensor<A>, b: Operand<A, B>): Elementwise<A, B>;
export function add(a: Tensor, b: Tensor | number): Tensor {
  const [left, right] = operands("add", a, b);
  return record("add", [left, right], combine("add", left, right, plus, true), (dy) => [
    () => sumTo(dy, left.shape),
    () => sumTo(dy, right.shape),
  ]);
}
const plus = (a: number, b: number): number => a + b;

/** a − b.
 *  @example
 *  sub(tensor([5, 7]), 1) // => [4, 6] */
export function sub<A extends Shape, B extends Shape = readonly []>(a: Tensor<A>, b: Operand<A, B>): Elementwise<A, B>;
export function sub(a: Tensor, b: Tensor | number): Tensor {
  const [left, right] = operands("sub", a, b);
  return record("sub", [left, right], combine("sub", left, right, minus, true), (dy) => [
    () => sumTo(dy, left.shape),
    () => sumTo(combine("sub", dy, asTensor("sub", "b", -1, dy), times), right.shape),
  ]);
}
const minus = (a: number, b: number): number => a - b;

/** a · b, element by element.
 *  @example
 *  mul(tensor([[1], [2]]), tensor([3, 4])) // => [[3, 4], [6, 8]] */
export function mul<A extends Shape, B extends Shape = readonly []>(a: Tensor<A>, b: Operand<A, B>): Elementwise<A, B>;
export function mul(a: Tensor, b: Tensor | number): Tensor {
  const [left, right] = operands("mul", a, b);
  return record("mul", [left, right], combine("mul", left, right, times, true), (dy) => [
    () => sumTo(combine("mul", dy, right, times), left.shape),
    () => sumTo(combine("mul", dy, left, times), right.shape),
  ]);
}
const times = (a: number, b: number): number => a * b;

/** a / b, float32. As IEEE 754 says, 1 / 0 is Infinity and 0 / 0 is NaN.
 *  @example
 *  div(tensor([1, -1]), tensor([4, 0])) // => [0.25, -Infinity] */
export function div<A extends Shape, B extends Shape = readonly []>(a: Tensor<A>, b: Operand<A, B>): Elementwise<A, B>;
export function div(a: Tensor, b: Tensor | number): Tensor {
  const [left, right] = operands("div", a, b);
  return record("div", [left, right], combine("div", left, right, over), (dy) => [
    () => sumTo(combine("div", dy, right, over), left.shape),
    () =>
      sumTo(
        combineThree(dy.shape, [dy, left, right], (g, n, d) => -g * (n / d / d)),
        right.shape,
      ),
  ]);
}
const over = (a: number, b: number): number => a / b;
/** The functions that have a kernel. */
const kernels = new Map([
  [plus, "add"],
  [minus, "sub"],
  [times, "mul"],
  [over, "div"],
] as const);

/** The larger of a and b; equal elements share the gradient half and half. NaN wins, and where one is NaN both get the
 *  gradient. Both as in PyTorch.
 *  @example
 *  maximum(tensor([1, 5]), tensor([3, 2])) // => [3, 5] */
export function maximum<A extends Shape, B extends Shape = readonly []>(
  a: Tensor<A>,
  b: Operand<A, B>,
): Elementwise<A, B>;
export function maximum(a: Tensor, b: Tensor | number): Tensor {
  const [left, right] = operands("maximum", a, b);
  /** Of the gradient g, what x gets where its rival is y. */
  const share = (g: number, x: number, y: number): number => (x < y ? 0 : x === y ? g / 2 : g);
  return record("maximum", [left, right], combine("maximum", left, right, Math.max, true), (dy) => [
    () => sumTo(combineThree(dy.shape, [dy, left, right], share), left.shape),
    () => sumTo(combineThree(dy.shape, [dy, right, left], share), right.shape),
  ]);
}

/** The shape of `where`: all three broadcast. */
export type Where<C extends Shape, A extends Shape, B extends Shape> =
  Broadcast<A, B> extends infer R ? (R extends Shape ? Broadcast<C, R> : R) : never;

/** `a` where `condition` is not 0 (a NaN is not), else `b`; a plain number stands for a scalar. All three broadcast.
 *  What was not chosen gets a gradient of exactly 0, even where it is NaN or infinite.
 *  @example
 *  where(tensor([1, 0, 1]), tensor([1, 2, 3]), -1) // => [1, -1, 3] */
export function where<C extends Shape, A extends Shape = readonly [], B extends Shape = readonly []>(
  condition: Tensor<C>,
  a: Tensor<A> | number,
  b: Arg<Where<C, A, B>, Tensor<B> | number>,
): Tensor<Out<Where<C, A, B>>>;
export function where(condition: Tensor, a: Tensor | number, b: Tensor | number): Tensor {
  checkTensor("where", "condition", condition);
  const [left, right] = operands("where", a, b);
  const shape = checkBroadcast("where", condition.shape, checkBroadcast("where", left.shape, right.shape));
  const dtype = left.dtype === right.dtype ? left.dtype : "float32";
  const y = combineThree(shape, [condition, left, right], (c, x, z) => (c !== 0 ? x : z), dtype);
  return record("where", [left, right], y, (dy) => [
    () => sumTo(combine("where", dy, condition, kept), left.shape),
    () => sumTo(combine("where", dy, condition, dropped), right.shape),
  ]);
}
const kept = (g: number, condition: number): number => (condition !== 0 ? g : 0);
const dropped = (g: number, condition: number): number => (condition !== 0 ? 0 : g);

/** `value` where `mask` is not 0 (a NaN is not), else x. The mask broadcasts to x; filled places get a gradient of 0.
 *  @example
 *  maskedFill(tensor([[1, 2], [3, 4]]), tensor([0, 1]), -Infinity) // => [[1, -Infinity], [3, -Infinity]] */
export function maskedFill<S extends Shape, M extends Shape>(
  x: Tensor<S>,
  mask: Arg<Mask<"maskedFill", M, S>, Tensor<M>>,
  value: number,
): Tensor<S>;
export function maskedFill(x: Tensor, mask: Tensor, value: number): Tensor {
  checkTensor("maskedFill", "x", x);
  checkMask("maskedFill", mask, x.shape);
  const fill = element("maskedFill", value, x.dtype);
  const y = empty(x.shape, x.dtype);
  const [X, M, Y]: Numbers[] = [read(x), read(expandTo(mask.detach(), x.shape)), write(y)];
  for (let i = 0; i < Y.length; i++) Y[i] = M[i] !== 0 ? fill : X[i];
  return record("maskedFill", [x], y, (dy) => [() => combine("maskedFill", dy, mask, dropped)]);
}

/** The rule of swiglu. */
export type SameShape<S extends Shape, U extends Shape> =
  Equal<S, U> extends true ? S : `swiglu: gate ${Show<S>} and up ${Show<U>} must have the same shape`;

/** silu(gate) · up: the gated feed-forward of Llama and Mixtral. Source: Shazeer 2020, https://arxiv.org/abs/2002.05202
 *  @example
 *  swiglu(tensor([1, 0]), tensor([2, 5])) // => [1.46212, 0] */
export function swiglu<S extends Shape, U extends Shape>(
  gate: Tensor<S>,
  up: Arg<SameShape<S, U>, Tensor<U>>,
): Tensor<S>;
export function swiglu(gate: Tensor, up: Tensor): Tensor {
  checkTensor("swiglu", "gate", gate);
  checkTensor("swiglu", "up", up);
  if (!sameShape(gate.shape, up.shape))
    throw new ShapeError(`swiglu: gate ${show(gate.shape)} and up ${show(up.shape)} must have the same shape`);
  const y = empty(gate.shape);
  const [G, U, Y] = [read(gate), read(up), write(y)];
  for (let i = 0; i < Y.length; i++) Y[i] = G[i] * logistic(G[i]) * U[i];
  const slope = (dy: Tensor, f: (g: number, u: number) => number): Tensor => {
    const dx = empty(gate.shape);
    const [G, U, DY, DX] = [read(gate), read(up), read(dy), write(dx)];
    for (let i = 0; i < DX.length; i++) DX[i] = DY[i] * f(G[i], U[i]);
    return dx;
  };
  return record("swiglu", [gate, up], y, (dy) => [
    () => slope(dy, (g, u) => u * logistic(g) * (1 + g * (1 - logistic(g)))),
    () => slope(dy, (g) => g * logistic(g)),
  ]);
}

const logistic = (x: number): number => 1 / (1 + Math.exp(-x));
