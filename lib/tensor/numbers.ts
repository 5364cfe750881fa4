/** What may become an element of a tensor. Numbers that TypeScript did not see (from JSON or CSV) are refused here, in words. */

import { describe, ShapeError } from "./check.js";
import type { DType } from "./tensor.js";

type Numbers = Float32Array | Int32Array;

export const fitsInt32 = (value: number): boolean => value === (value | 0);

/** A number that an op computed for an int32 result, where it fits. */
export function int32(op: string, value: number): number {
  if (fitsInt32(value)) return value;
  throw new ShapeError(`${op}: ${value} does not fit int32; use cast(x, "float32") first`);
}

/** `value` itself, if a tensor of this dtype can hold it. */
export function element(op: string, value: unknown, dtype: DType): number {
  if (typeof value !== "number") throw new ShapeError(`${op}: ${describe(value)} is not a number`);
  if (dtype === "int32" && !fitsInt32(value))
    throw new ShapeError(
      `${op}: ${value} is not an integer from -2147483648 to 2147483647, which int32 needs; for fractions use float32`,
    );
  return value;
}

/** Copies `values` into `to`, of the same length, if each can be an element of it; else nothing is written. */
export function put(op: string, values: ArrayLike<number>, to: Numbers): void {
  checkElements(op, values, to instanceof Int32Array ? "int32" : "float32");
  to.set(values);
}

/** Throws where one of the values cannot be an element of the dtype. */
export function checkElements(op: string, values: ArrayLike<number>, dtype: DType): void {
  const isSure = values instanceof Int32Array || (values instanceof Float32Array && dtype === "float32");
  if (!isSure) for (let i = 0; i < values.length; i++) element(op, values[i], dtype);
}
