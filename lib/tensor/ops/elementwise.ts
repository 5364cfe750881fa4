/** Ops of two tensors, element by element, broadcasting as NumPy does. A plain number stands for a scalar tensor. */

import { record } from "../autograd.js";
import { checkBroadcast, sizeOf } from "../check.js";
import type { Arg, Broadcast, Out, Shape } from "../shape.js";
import { empty, read, Tensor, write } from "../tensor.js";
import { sumTo } from "./reduce.js";
import { expandTo } from "./shape.js";

type Numbers = Float32Array | Int32Array;
/** What the right side of an elementwise op may be. */
export type Operand<A extends Shape, B extends Shape> = Arg<Broadcast<A, B>, Tensor<B> | number>;
export type Elementwise<A extends Shape, B extends Shape> = Tensor<Out<Broadcast<A, B>>>;

const asTensor = (x: Tensor | number): Tensor => {
  if (x instanceof Tensor) return x;
  const scalar = empty([]);
  write(scalar)[0] = x;
  return scalar;
};

/** Leading 1s say nothing about how an operand repeats. */
const withoutLeadingOnes = (shape: Shape): Shape => {
  const first = shape.findIndex((d) => d !== 1);
  return first < 0 ? [] : shape.slice(first);
};

/** The numbers of `x`, to be read with a period: all of `shape`, or a tail of it that repeats (a bias, a scalar). */
function operand(x: Tensor, shape: Shape): Numbers {
  const tail = withoutLeadingOnes(x.shape);
  const repeats = tail.every((d, i) => d === shape[shape.length - tail.length + i]);
  return repeats ? read(x) : read(expandTo(x.detach(), shape));
}

/** y = f(a, b), each operand repeating with its own period. */
function combine(a: Tensor, b: Tensor, f: (a: number, b: number) => number): Tensor {
  const shape = checkBroadcast(a.shape, b.shape);
  const y = empty(shape);
  if (sizeOf(shape) === 0) return y;
  const [A, B, Y] = [operand(a, shape), operand(b, shape), write(y)];
  const period = Math.min(A.length, B.length);
  for (let at = 0; at < Y.length; at += period) {
    const [fromA, fromB] = [at % A.length, at % B.length];
    for (let i = 0; i < period; i++) Y[at + i] = f(A[fromA + i], B[fromB + i]);
  }
  return y;
}

/** a + b. */
export function add<A extends Shape, B extends Shape = readonly []>(a: Tensor<A>, b: Operand<A, B>): Elementwise<A, B>;
export function add(a: Tensor, b: Tensor | number): Tensor {
  const right = asTensor(b);
  return record("add", [a, right], combine(a, right, plus), (dy) => [
    () => sumTo(dy, a.shape),
    () => sumTo(dy, right.shape),
  ]);
}
const plus = (a: number, b: number): number => a + b;

/** a − b. */
export function sub<A extends Shape, B extends Shape = readonly []>(a: Tensor<A>, b: Operand<A, B>): Elementwise<A, B>;
export function sub(a: Tensor, b: Tensor | number): Tensor {
  const right = asTensor(b);
  return record("sub", [a, right], combine(a, right, minus), (dy) => [
    () => sumTo(dy, a.shape),
    () => sumTo(combine(dy, asTensor(-1), times), right.shape),
  ]);
}
const minus = (a: number, b: number): number => a - b;

/** a · b, element by element. */
export function mul<A extends Shape, B extends Shape = readonly []>(a: Tensor<A>, b: Operand<A, B>): Elementwise<A, B>;
export function mul(a: Tensor, b: Tensor | number): Tensor {
  const right = asTensor(b);
  return record("mul", [a, right], combine(a, right, times), (dy) => [
    () => sumTo(combine(dy, right, times), a.shape),
    () => sumTo(combine(dy, a, times), right.shape),
  ]);
}
const times = (a: number, b: number): number => a * b;

/** a / b. */
export function div<A extends Shape, B extends Shape = readonly []>(a: Tensor<A>, b: Operand<A, B>): Elementwise<A, B>;
export function div(a: Tensor, b: Tensor | number): Tensor {
  const right = asTensor(b);
  return record("div", [a, right], combine(a, right, over), (dy) => [
    () => sumTo(combine(dy, right, over), a.shape),
    () =>
      sumTo(
        combine(combine(dy, a, times), right, (p, d) => -p / (d * d)),
        right.shape,
      ),
  ]);
}
const over = (a: number, b: number): number => a / b;

/** The larger of a and b; equal elements share the gradient half and half, as in PyTorch. */
export function maximum<A extends Shape, B extends Shape = readonly []>(
  a: Tensor<A>,
  b: Operand<A, B>,
): Elementwise<A, B>;
export function maximum(a: Tensor, b: Tensor | number): Tensor {
  const right = asTensor(b);
  const share = (x: number, y: number): number => (x > y ? 1 : x === y ? 0.5 : 0);
  return record("maximum", [a, right], combine(a, right, Math.max), (dy) => [
    () => sumTo(combine(dy, combine(a, right, share), times), a.shape),
    () => sumTo(combine(dy, combine(right, a, share), times), right.shape),
  ]);
}

/** `a` where `condition` is not 0, else `b`. */
export function where(condition: Tensor, a: Tensor, b: Tensor): Tensor {
  const shape = checkBroadcast(condition.shape, checkBroadcast(a.shape, b.shape));
  const y = empty(shape);
  const [C, A, B, Y] = [
    read(expandTo(condition, shape)),
    read(expandTo(a.detach(), shape)),
    read(expandTo(b.detach(), shape)),
    write(y),
  ];
  for (let i = 0; i < Y.length; i++) Y[i] = C[i] ? A[i] : B[i];
  return record("where", [a, b], y, (dy) => [
    () =>
      sumTo(
        combine(dy, condition, (g, c) => (c ? g : 0)),
        a.shape,
      ),
    () =>
      sumTo(
        combine(dy, condition, (g, c) => (c ? 0 : g)),
        b.shape,
      ),
  ]);
}
