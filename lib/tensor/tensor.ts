/**
 * A tensor: numbers in row-major order, a shape, and perhaps the operation that made it.
 * This file is about reading and showing one; `ops/` computes, `autograd.ts` differentiates.
 */

import { Storage } from "../kernels/memory.js";
import { checkShape, ShapeError, show, sizeOf } from "./check.js";
import { backward, type BackwardOptions, type Node } from "./autograd.js";
import { format } from "./format.js";
import type { Shape } from "./shape.js";

export type DType = "float32" | "int32";
/** Nested arrays of numbers, as deep as the shape is long. */
export type Nested = number | readonly Nested[];

/** Elements to skip for one step along each axis of a row-major array. */
export function rowMajor(shape: Shape): number[] {
  const strides = new Array<number>(shape.length);
  for (let axis = shape.length - 1, step = 1; axis >= 0; axis--) {
    strides[axis] = step;
    step *= shape[axis];
  }
  return strides;
}

/** An n-dimensional array of float32 numbers or int32 indices. `S` is its shape, as far as the compiler knows it. */
export class Tensor<S extends Shape = Shape> {
  /** Set on parameters: `backward` then fills `grad`. */
  requiresGrad = false;
  /** d loss / d this, after `backward`; on tensors that were given `requiresGrad`. */
  grad: Tensor<S> | null = null;
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

  /** The one number of a tensor with one element. */
  item(): number {
    if (this.size !== 1) throw new ShapeError(`item() needs exactly one element, ${show(this.shape)} has ${this.size}`);
    return read(this)[0];
  }

  /** A copy of the numbers in row-major order. */
  toTypedArray(): Float32Array | Int32Array {
    return read(this).slice();
  }

  /** A copy as nested arrays (a plain number for a scalar). */
  toArray(): Nested {
    const data = read(this);
    let next = 0;
    const nest = (axis: number): Nested =>
      axis === this.rank ? data[next++] : Array.from({ length: this.shape[axis] }, () => nest(axis + 1));
    return nest(0);
  }

  /** The same numbers, outside the graph: gradients stop here. */
  detach(): Tensor<S> {
    return new Tensor(this.storage, this.shape, this.dtype, this.offset, this.strides);
  }

  /** Fills `grad` of every tensor with `requiresGrad` that this one was computed from.
   *  @param options.gradient d loss / d this; may be left out for a single number, where it is 1 */
  backward(options: BackwardOptions = {}): void {
    backward(this, options);
  }

  toString(): string {
    return format(read(this), this.shape, this.dtype);
  }

  /** What Node's console shows. */
  [Symbol.for("nodejs.util.inspect.custom")](): string {
    return this.toString();
  }
}

/** The numbers of `x` in row-major order: a view where they lie so, else a copy. Good until the next allocation. */
export function read(x: Tensor): Float32Array | Int32Array {
  const all = x.dtype === "int32" ? x.storage.i32() : x.storage.f32();
  if (x.isContiguous) return all.subarray(x.offset, x.offset + x.size);
  const out = x.dtype === "int32" ? new Int32Array(x.size) : new Float32Array(x.size);
  copyStrided(all, x, out);
  return out;
}

/** Copies a strided tensor into a row-major array, one run of the last axis at a time. */
export function copyStrided(all: Float32Array | Int32Array, x: Tensor, out: Float32Array | Int32Array): void {
  if (x.rank === 0) {
    out[0] = all[x.offset];
    return;
  }
  const last = x.rank - 1;
  const [run, stride] = [x.shape[last], x.strides[last]];
  const index = new Array<number>(last).fill(0);
  let from = x.offset;
  for (let to = 0; to < out.length; to += run) {
    if (stride === 1) out.set(all.subarray(from, from + run), to);
    else for (let i = 0; i < run; i++) out[to + i] = all[from + i * stride];
    // Count up the leading axes like an odometer.
    for (let axis = last - 1; axis >= 0; axis--) {
      from += x.strides[axis];
      if (++index[axis] < x.shape[axis]) break;
      from -= x.strides[axis] * x.shape[axis];
      index[axis] = 0;
    }
  }
}

/** A new tensor with undefined contents, for an op to write to. Allocate it before taking any view. */
export function empty<S extends Shape>(shape: S, dtype: DType = "float32"): Tensor<S> {
  checkShape("tensor", shape);
  return new Tensor(new Storage(sizeOf(shape)), [...shape] as Shape as S, dtype); // the caller may change its array
}

/** The numbers of a contiguous tensor, to be written. */
export function write(x: Tensor): Float32Array | Int32Array {
  return (x.dtype === "int32" ? x.storage.i32() : x.storage.f32()).subarray(x.offset, x.offset + x.size);
}

/** `x` itself when it is row-major, else a row-major copy of it (outside the graph: for use inside ops). */
export function contiguous<S extends Shape>(x: Tensor<S>): Tensor<S> {
  if (x.isContiguous) return x;
  const out = empty(x.shape, x.dtype);
  copyStrided(x.dtype === "int32" ? x.storage.i32() : x.storage.f32(), x, write(out));
  return out;
}
