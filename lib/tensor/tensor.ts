/** A tensor: numbers in row-major order, a shape, and perhaps the operation that made it.
 *  This file is about reading and showing one; `ops/` computes, `autograd.ts` differentiates. */

import { Storage } from "../kernels/memory.js";
import {
  brand,
  checkGradient,
  checkShape,
  checkTensor,
  describe,
  isTensor,
  rowMajor,
  ShapeError,
  show,
  sizeOf,
} from "./check.js";
import { type Node, record } from "./autograd.js";
import { backward, type BackwardOptions } from "./gradients/backward.js";
import { format } from "./format.js";
import { checkElements } from "./numbers.js";
import type { Shape } from "./shape.js";
import { copyStrided } from "./strided.js";

export const DTYPES = ["float32", "int32"] as const;
export type DType = (typeof DTYPES)[number];
/** Nested arrays of numbers, as deep as the shape is long. */
export type Nested = number | readonly Nested[];

/** The shape of what a tensor of shape S holds along its first axis. */
export type Row<S extends Shape> = S extends readonly [number, ...infer R extends Shape] ? R : number[];

/** An n-dimensional array of float32 numbers or int32 indices. `S` is its shape, as far as the compiler knows it.
 *  Operations are functions (`add(a, b)`); what is here reads, shows and differentiates one tensor. */
export class Tensor<S extends Shape = Shape> {
  static {
    brand(this.prototype, "tensor");
  }

  #requiresGrad = false;
  #grad: Tensor<S> | null = null;
  /** The operation that made this tensor, while gradients can flow through it. */
  node: Node | null = null;

  /** @internal Use `tensor`, `zeros` and the like. */
  constructor(
    readonly storage: Storage,
    readonly shape: S,
    readonly dtype: DType = "float32",
    readonly offset = 0,
    readonly strides: readonly number[] = rowMajor(shape),
  ) {}

  /** d loss / d this, after `backward`; on tensors that were given `requiresGrad`, or asked by `retainGrad()`. What is assigned
   *  must be a float32 tensor of this shape, or null. */
  get grad(): Tensor<S> | null {
    return this.#grad;
  }
  set grad(grad: Tensor<S> | null) {
    checkGradient(this, grad);
    this.#grad = grad;
  }

  /** Set on parameters: `backward` then fills `grad`. Set to false, it forgets the `grad`, for no optimizer shall apply it. */
  get requiresGrad(): boolean {
    return this.#requiresGrad;
  }
  set requiresGrad(on: boolean) {
    if (on && this.dtype !== "float32")
      throw new ShapeError(`requiresGrad: ${show(this.shape)} is ${this.dtype}; only float32 tensors have gradients`);
    this.#requiresGrad = on;
    if (!on) this.#grad = null;
  }

  /** Number of axes. */
  get rank(): number {
    return this.shape.length;
  }

  /** Number of elements. */
  get size(): number {
    return sizeOf(this.shape);
  }

  /** True when the elements lie one after the other, in row-major order. */
  get isContiguous(): boolean {
    let step = 1;
    for (let axis = this.shape.length - 1; axis >= 0; axis--) {
      if (this.shape[axis] !== 1 && this.strides[axis] !== step) return false;
      step *= this.shape[axis];
    }
    return true;
  }

  /** The one number of a tensor with one element.
   *  @example
   *  sum(tensor([1, 2, 3])).item() // => 6 */
  item(): number {
    if (this.size !== 1) throw new ShapeError(`item() needs exactly one element, ${show(this.shape)} has ${this.size}`);
    return read(this)[0];
  }

  /** A copy of the numbers in row-major order.
   *  @example
   *  Array.from(transpose(tensor([[1, 2], [3, 4]]), 0, 1).toTypedArray()) // => [1, 3, 2, 4] */
  toTypedArray(): Float32Array | Int32Array {
    return read(this).slice();
  }

  /** A copy as nested arrays (a plain number for a scalar).
   *  @example
   *  arange(4).toArray() // => [0, 1, 2, 3] */
  toArray(): Nested {
    const data = read(this);
    let next = 0;
    const nest = (axis: number): Nested =>
      axis === this.rank ? data[next++] : Array.from({ length: this.shape[axis] }, () => nest(axis + 1));
    return nest(0);
  }

  /** The slices along the first axis, one after the other, as views through which gradients flow: `for (const row of x)`.
   *  @example
   *  const x = tensor([[1, 2], [3, 4]]);
   *  [...x].map((row) => sum(row).item()) // => [3, 7] */
  *[Symbol.iterator](): Generator<Tensor<Row<S>>, void> {
    if (this.rank === 0) throw new ShapeError("a scalar [] has no axis to iterate over; item() gives its number");
    for (let i = 0; i < this.shape[0]; i++) yield row(this, i) as Tensor<Row<S>>;
  }

  /** The same numbers, outside the graph: gradients stop here.
   *  @example
   *  const x = tensor([2], { requiresGrad: true });
   *  sum(mul(x, x.detach())).backward();
   *  x.grad // => [2] */
  detach(): Tensor<S> {
    return new Tensor(this.storage, this.shape, this.dtype, this.offset, this.strides);
  }

  /** Fills `grad` of every tensor with `requiresGrad` that this one was computed from; adds to a `grad` that is there.
   *  @param options.gradient d loss / d this; may be left out for a single number, where it is 1
   *  @param options.retainGraph keep what the ops remembered, for another backward; default false
   *  @example
   *  const x = tensor([1, 2], { requiresGrad: true });
   *  sum(mul(x, x)).backward();
   *  x.grad // => [2, 4] */
  backward(options: BackwardOptions = {}): void {
    backward(this, options);
  }

  /** Asks `backward` to fill `grad` here too, in the middle of a graph. Returns this tensor.
   *  @example
   *  const x = tensor([1, 2], { requiresGrad: true });
   *  const h = mul(x, 3).retainGrad();
   *  sum(mul(h, h)).backward();
   *  h.grad // => [6, 12] */
  retainGrad(): this {
    if (this.node) this.node.retained = this;
    else if (!this.requiresGrad)
      throw new Error(`retainGrad: no gradient flows into this tensor ${show(this.shape)}: it is a constant`);
    return this;
  }

  /** Overwrites the numbers in place: with those of a tensor or list of the same size, or with one number. For parameters and
   *  constants; a backward pass that still needs the old numbers says so.
   *  @example
   *  zeros([2, 2]).set([1, 2, 3, 4]).toArray() // => [[1, 2], [3, 4]] */
  set(values: Tensor | ArrayLike<number> | number): this {
    if (typeof values !== "number" && !isTensor(values) && typeof values?.length !== "number")
      throw new ShapeError(`set: needs a tensor, an array of numbers or a number, got ${describe(values)}`);
    const from = isTensor(values) ? read(values).slice() : values;
    if (typeof from !== "number" && from.length !== this.size)
      throw new ShapeError(`set: ${from.length} numbers do not fill ${show(this.shape)}, which has ${this.size}`);
    checkElements("set", typeof from === "number" ? [from] : from, this.dtype);
    if (typeof from === "number") overwrite(this, "set").fill(from);
    else overwrite(this, "set").set(from);
    return this;
  }

  /** What `console.log` and template strings show: dtype, shape and the numbers, long axes shortened in the middle.
   *  @example
   *  String(tensor([1.5, -2])) // => "tensor float32 [2]\n[1.5000,     -2]" */
  toString(): string {
    return format(read(this), this.shape, this.dtype);
  }

  /** What JSON.stringify stores, a NaN or infinity as null; `fromArray(data, shape, { dtype })` brings it back.
   *  @example
   *  const { data, shape, dtype } = JSON.parse(JSON.stringify(tensor([[1, 2.5]])));
   *  fromArray(data, shape, { dtype }) // => [[1, 2.5]] */
  toJSON(): { dtype: DType; shape: number[]; data: number[] } {
    return { dtype: this.dtype, shape: [...this.shape], data: Array.from(read(this)) };
  }

  /** In `a < b` and `a + 1` a tensor of one element is its number, and a larger one is an error (JavaScript would compare texts).
   *  @example
   *  sum(tensor([4, 6])) > sum(tensor([9])) // => true */
  [Symbol.toPrimitive](hint: "default" | "string" | "number"): string | number {
    if (hint === "string") return this.toString();
    if (this.size === 1) return read(this)[0];
    throw new ShapeError(
      `a tensor ${show(this.shape)} is not one number: compare or add the numbers of toArray(), or use add, sub, mul and div`,
    );
  }

  /** What Node's console shows. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** Slice i along the first axis: as `select(x, 0, i)`, here since no op can be imported by what all ops import. */
function row(x: Tensor, i: number): Tensor {
  const [step, ...strides] = x.strides;
  const y = new Tensor(x.storage, x.shape.slice(1), x.dtype, x.offset + i * step, strides);
  return record("select", [x], y, (dy) => [
    () => {
      const dx = empty(x.shape);
      write(dx)
        .fill(0)
        .set(read(dy), i * dy.size);
      return dx;
    },
  ]);
}

/** Tells the graph that the numbers of `x` were overwritten in place, so that a backward pass which needs the old ones says so.
 *  @example
 *  const x = tensor([1], { requiresGrad: true });
 *  const y = mul(x, x);
 *  markChanged(x, "my optimizer");
 *  let message = "";
 *  try { y.backward(); } catch (error) { message = (error as Error).message; }
 *  message.includes("my optimizer changed the tensor [1] in place") // => true */
export function markChanged(x: Tensor, by: string): void {
  checkTensor("markChanged", "x", x);
  if (typeof by !== "string") throw new ShapeError(`markChanged: who did it must be a string, got ${describe(by)}`);
  x.storage.markChanged(() => `${by} changed the tensor ${show(x.shape)} in place`);
}

/** The numbers of `x` in row-major order: a view where they lie so, else a copy. Good until the next allocation. */
export function read(x: Tensor): Float32Array | Int32Array {
  const all = x.dtype === "int32" ? x.storage.i32() : x.storage.f32();
  if (x.isContiguous) return all.subarray(x.offset, x.offset + x.size);
  const out = x.dtype === "int32" ? new Int32Array(x.size) : new Float32Array(x.size);
  copyStrided(all, x, out);
  return out;
}

/** A new tensor with undefined contents, for an op to write to. Allocate it before taking any view. */
export function empty<S extends Shape>(shape: S, dtype: DType = "float32"): Tensor<S> {
  checkShape("tensor", shape);
  return new Tensor(new Storage(sizeOf(shape)), [...shape] as Shape as S, dtype); // the caller may change its array
}

/** The numbers of a tensor that was just made, to be filled. To change one that exists already, see `overwrite`. */
export function write(x: Tensor): Float32Array | Int32Array {
  if (!x.isContiguous) throw new Error(`internal error: ${show(x.shape)} is written as if it lay in one piece`);
  return (x.dtype === "int32" ? x.storage.i32() : x.storage.f32()).subarray(x.offset, x.offset + x.size);
}

/** The numbers of an existing tensor, to be changed in place `by` a function: all that do so begin here, so that a backward pass which
 *  needs the old numbers says so. Throws for a strided view and for a tensor in the middle of a graph. */
export function overwrite(x: Tensor, by: string): Float32Array | Int32Array {
  if (x.node)
    throw new Error(
      `${by}: this tensor ${show(x.shape)} was computed by ${x.node.name} and carries a gradient; change what it was computed from, or a detach() of it`,
    );
  if (!x.isContiguous)
    throw new ShapeError(
      `${by}: ${show(x.shape)} is a view that does not lie in one piece; change the tensor it shows`,
    );
  markChanged(x, by);
  return write(x);
}

/** The numbers of `x` with row-major strides: `x` itself, a view or a copy (outside the graph: for use inside ops). */
export function contiguous<S extends Shape>(x: Tensor<S>): Tensor<S> {
  if (!x.isContiguous) return copyOf(x);
  // Axes of size 1 may have any stride, which a kernel would take at its word.
  const steps = rowMajor(x.shape);
  const isPlain = steps.every((step, axis) => step === x.strides[axis]);
  return isPlain ? x : new Tensor(x.storage, x.shape, x.dtype, x.offset, steps);
}

/** A row-major copy (outside the graph). */
export function copyOf<S extends Shape>(x: Tensor<S>): Tensor<S> {
  const out = empty(x.shape, x.dtype);
  copyStrided(x.dtype === "int32" ? x.storage.i32() : x.storage.f32(), x, write(out));
  return out;
}
