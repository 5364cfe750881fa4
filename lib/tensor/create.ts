/** Making tensors from numbers. */

import {
  checkInteger,
  checkOptions,
  checkShape,
  checkWord,
  describe,
  MAX_RANK,
  ShapeError,
  show,
  sizeOf,
} from "./check.js";
import { element, put } from "./numbers.js";
import type { Dim, Shape } from "./shape.js";
import { type DType, DTYPES, empty, type Nested, type Tensor, write } from "./tensor.js";

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

/** How the functions that make tensors are told what kind to make. A dtype alone stands for `{ dtype }`. */
export interface TensorOptions {
  /** Default "float32". For int32 every number must be an integer of 32 bits. */
  dtype?: DType;
  /** Make it a parameter: `backward` fills its `grad`. Only for float32. Default false. */
  requiresGrad?: boolean;
}

function optionsOf(op: string, given: DType | TensorOptions = {}): Required<TensorOptions> {
  if (typeof given !== "string") checkOptions(op, given);
  const { dtype = "float32", requiresGrad = false } = typeof given === "string" ? { dtype: given } : given;
  checkWord(op, "dtype", dtype, DTYPES);
  return { dtype, requiresGrad };
}

/** A new tensor with the options of `op`, whose numbers `fill` writes. */
function made(op: string, shape: Shape, given: DType | TensorOptions | undefined, fill: (Y: Numbers) => void): Tensor {
  const { dtype, requiresGrad } = optionsOf(op, given);
  checkShape(op, shape);
  const y = empty(shape, dtype);
  fill(write(y));
  if (requiresGrad) y.requiresGrad = true;
  return y;
}
type Numbers = Float32Array | Int32Array;

/** A size that is only known at run time, under a name that the compiler can follow: `dim("T", text.length)`.
 *  @example
 *  zeros([dim("T", 2), 3]).shape // => [2, 3] */
export function dim<Name extends string>(name: Name, size: number): Dim<Name> {
  if (typeof name !== "string") throw new ShapeError(`dim: the name must be a string, got ${describe(name)}`);
  checkInteger("dim", name, size, 0);
  return size as Dim<Name>;
}

/** The shape of nested arrays as far as the compiler can see: how deep they are. */
type Rank<A> = Nested extends A ? number[] : A extends readonly (infer B)[] ? [number, ...Rank<B>] : [];

type List = readonly unknown[] | TypedArray;
const isList = (x: unknown): x is List => Array.isArray(x) || (ArrayBuffer.isView(x) && !(x instanceof DataView));

/** The sizes of nested arrays, read from the first element at each depth. */
function shapeOf(values: unknown): number[] {
  const shape: number[] = [];
  for (let level = values; isList(level); level = level[0]) {
    shape.push(level.length);
    if (shape.length > MAX_RANK)
      throw new ShapeError(
        `tensor: the arrays are nested more than ${MAX_RANK} deep, the highest rank that is supported`,
      );
    if (level.length === 0) break;
  }
  return shape;
}

/** Nested arrays, one number, or a typed array as a tensor; the numbers are copied. float32, or int32 for an Int32Array, unless
 *  `dtype` says otherwise. Rows must be equally long, and nothing but numbers is accepted.
 *  @example
 *  tensor([[1, 2], [3, 4]]).shape // => [2, 2]
 *  @example
 *  tensor(Int32Array.of(7, 8)).dtype // => "int32"
 *  @example
 *  const w = tensor([3], { requiresGrad: true });
 *  sum(mul(w, w)).backward();
 *  w.grad // => [6] */
export function tensor<A extends Nested>(values: A, options?: DType | TensorOptions): Tensor<Rank<A>>;
export function tensor(values: TypedArray, options?: DType | TensorOptions): Tensor<[number]>;
export function tensor(values: Nested | TypedArray, options: DType | TensorOptions = {}): Tensor {
  const kind = typeof options === "object" && values instanceof Int32Array ? { dtype: "int32", ...options } : options;
  const { dtype } = optionsOf("tensor", kind as TensorOptions);
  const shape = shapeOf(values);
  return made("tensor", shape, kind as TensorOptions, (Y) => {
    let next = 0;
    const fill = (level: unknown, axis: number): void => {
      const isRow = isList(level);
      if (isRow ? level.length !== shape[axis] : typeof level === "number" && axis !== shape.length) {
        const what = isRow ? `${level.length} elements` : "a number";
        throw new ShapeError(
          `tensor: rows must be equally long; at depth ${axis} there is ${what} where ${show(shape)} was begun`,
        );
      }
      if (!isRow) Y[next++] = element("tensor", level, dtype);
      else if (axis === shape.length - 1)
        put("tensor", level as ArrayLike<number>, Y.subarray(next, (next += level.length)));
      else for (const inner of level) fill(inner, axis + 1);
    };
    fill(values, 0);
  });
}

/** Flat numbers with a shape: `fromArray([1, 2, 3, 4], [2, 2])`. They are copied.
 *  @example
 *  fromArray([1, 2, 3, 4], [2, 2]) // => [[1, 2], [3, 4]] */
export function fromArray<D extends number, const S extends readonly D[] | []>(
  values: ArrayLike<number>,
  shape: S,
  options?: DType | TensorOptions,
): Tensor<S>;
export function fromArray(values: ArrayLike<number>, shape: Shape, options?: DType | TensorOptions): Tensor {
  if (typeof values !== "object" || values === null || !Number.isInteger(values.length))
    throw new ShapeError(`fromArray: the values must be an array of numbers, got ${describe(values)}`);
  checkShape("fromArray", shape);
  if (values.length !== sizeOf(shape))
    throw new ShapeError(`fromArray: ${values.length} numbers do not fill ${show(shape)}, which has ${sizeOf(shape)}`);
  return made("fromArray", shape, options, (Y) => put("fromArray", values, Y));
}

/** Every element `value`.
 *  @example
 *  full([2], 7) // => [7, 7] */
export function full<D extends number, const S extends readonly D[] | []>(
  shape: S,
  value: number,
  options?: DType | TensorOptions,
): Tensor<S>;
export function full(shape: Shape, value: number, options?: DType | TensorOptions): Tensor {
  return filled("full", shape, value, options);
}

function filled(op: string, shape: Shape, value: number, options?: DType | TensorOptions): Tensor {
  const { dtype } = optionsOf(op, options);
  return made(op, shape, options, (Y) => Y.fill(element(op, value, dtype)));
}

/** Every element 0.
 *  @example
 *  zeros([2, 2]) // => [[0, 0], [0, 0]] */
export function zeros<D extends number, const S extends readonly D[] | []>(
  shape: S,
  options?: DType | TensorOptions,
): Tensor<S>;
export function zeros(shape: Shape, options?: DType | TensorOptions): Tensor {
  return filled("zeros", shape, 0, options);
}

/** Every element 1.
 *  @example
 *  ones([3]) // => [1, 1, 1] */
export function ones<D extends number, const S extends readonly D[] | []>(
  shape: S,
  options?: DType | TensorOptions,
): Tensor<S>;
export function ones(shape: Shape, options?: DType | TensorOptions): Tensor {
  return filled("ones", shape, 1, options);
}

/** 0, 1, ... n − 1 as int32.
 *  @example
 *  arange(3) // => [0, 1, 2] */
export function arange<N extends number>(n: N): Tensor<[N]>;
export function arange(n: number): Tensor {
  checkInteger("arange", "n", n, 0);
  return made("arange", [n], "int32", (Y) => Y.forEach((_, i) => (Y[i] = i)));
}

/** The identity matrix [N, N].
 *  @example
 *  eye(2) // => [[1, 0], [0, 1]] */
export function eye<N extends number>(n: N): Tensor<[N, N]>;
export function eye(n: number): Tensor {
  checkInteger("eye", "n", n, 0);
  return made("eye", [n, n], {}, (Y) => Y.forEach((_, i) => (Y[i] = i % (n + 1) === 0 ? 1 : 0)));
}
