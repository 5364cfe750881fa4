/** Making tensors from numbers. */

import { checkShape, ShapeError, show, sizeOf } from "./check.js";
import type { Dim, Shape } from "./shape.js";
import { type DType, empty, type Nested, type Tensor, write } from "./tensor.js";

/** The arrays of JavaScript that hold numbers of one kind. */
export type TypedArray =
  | Float32Array
  | Float64Array
  | Int32Array
  | Uint32Array
  | Int16Array
  | Uint16Array
  | Int8Array
  | Uint8Array
  | Uint8ClampedArray;

/** A size that is only known at run time, under a name that the compiler can follow: `dim("T", text.length)`.
 *  @example
 *  zeros([dim("T", 2), 3]).shape // => [2, 3] */
export function dim<Name extends string>(name: Name, size: number): Dim<Name> {
  if (!Number.isInteger(size) || size < 0)
    throw new ShapeError(`dimension ${name} must be a whole number from 0, got ${size}`);
  return size as Dim<Name>;
}

/** The shape of nested arrays as far as the compiler can see: how deep they are. */
type Rank<A> = Nested extends A ? number[] : A extends readonly (infer B)[] ? [number, ...Rank<B>] : [];

function shapeOf(values: Nested): number[] {
  const shape: number[] = [];
  for (let level = values; typeof level !== "number"; level = level[0] ?? 0) {
    shape.push(level.length);
    if (level.length === 0) break;
  }
  return shape;
}

/** Nested arrays, one number, or a typed array as a tensor; the numbers are copied. float32, or int32 for an Int32Array, unless
 *  `dtype` says otherwise. Rows must be equally long.
 *  @example
 *  tensor([[1, 2], [3, 4]]).shape // => [2, 2]
 *  @example
 *  tensor(Int32Array.of(7, 8)).dtype // => "int32" */
export function tensor<A extends Nested>(values: A, options?: { dtype?: DType }): Tensor<Rank<A>>;
export function tensor(values: TypedArray, options?: { dtype?: DType }): Tensor<[number]>;
export function tensor(
  values: Nested | TypedArray,
  { dtype = values instanceof Int32Array ? "int32" : "float32" }: { dtype?: DType } = {},
): Tensor {
  if (ArrayBuffer.isView(values)) return fromArray(values, [values.length], dtype);
  const shape = shapeOf(values);
  const y = empty(shape, dtype);
  const Y = write(y);
  let next = 0;
  const fill = (level: Nested, axis: number): void => {
    if (typeof level === "number" ? axis !== shape.length : level.length !== shape[axis]) {
      const what = typeof level === "number" ? "a number" : `${level.length} elements`;
      throw new ShapeError(
        `tensor: rows must be equally long; at depth ${axis} there is ${what} where ${show(shape)} was begun`,
      );
    }
    if (typeof level === "number") Y[next++] = level;
    else for (const inner of level) fill(inner, axis + 1);
  };
  fill(values, 0);
  return y;
}

/** Flat numbers with a shape: `fromArray([1, 2, 3, 4], [2, 2])`. They are copied.
 *  @example
 *  fromArray([1, 2, 3, 4], [2, 2]) // => [[1, 2], [3, 4]] */
export function fromArray<D extends number, const S extends readonly D[] | []>(
  values: ArrayLike<number>,
  shape: S,
  dtype?: DType,
): Tensor<S>;
export function fromArray(values: ArrayLike<number>, shape: Shape, dtype: DType = "float32"): Tensor {
  checkShape("fromArray", shape);
  if (values.length !== sizeOf(shape))
    throw new ShapeError(`fromArray: ${values.length} numbers do not fill ${show(shape)}, which has ${sizeOf(shape)}`);
  const y = empty(shape, dtype);
  write(y).set(values);
  return y;
}

/** Every element `value`.
 *  @example
 *  full([2], 7) // => [7, 7] */
export function full<D extends number, const S extends readonly D[] | []>(
  shape: S,
  value: number,
  dtype?: DType,
): Tensor<S>;
export function full(shape: Shape, value: number, dtype: DType = "float32"): Tensor {
  const y = empty(shape, dtype);
  write(y).fill(value);
  return y;
}

/** Every element 0.
 *  @example
 *  zeros([2, 2]) // => [[0, 0], [0, 0]] */
export function zeros<D extends number, const S extends readonly D[] | []>(shape: S): Tensor<S>;
export function zeros(shape: Shape): Tensor {
  return full(shape, 0);
}

/** Every element 1.
 *  @example
 *  ones([3]) // => [1, 1, 1] */
export function ones<D extends number, const S extends readonly D[] | []>(shape: S): Tensor<S>;
export function ones(shape: Shape): Tensor {
  return full(shape, 1);
}

/** 0, 1, ... n − 1 as int32.
 *  @example
 *  arange(3) // => [0, 1, 2] */
export function arange<N extends number>(n: N): Tensor<[N]> {
  const y = empty<[N]>([n], "int32");
  const Y = write(y);
  for (let i = 0; i < Y.length; i++) Y[i] = i;
  return y;
}

/** The identity matrix [N, N].
 *  @example
 *  eye(2) // => [[1, 0], [0, 1]] */
export function eye<N extends number>(n: N): Tensor<[N, N]> {
  const y = empty<[N, N]>([n, n]);
  const Y = write(y).fill(0);
  for (let i = 0; i < n; i++) Y[i * n + i] = 1;
  return y;
}
