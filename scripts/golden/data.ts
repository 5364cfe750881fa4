/** Numbers in the files, and tensors of the library. */

import { readFileSync } from "node:fs";
import { fromArray, Tensor } from "../../lib/tensor/index.js";
import type { Numbers } from "./compare.js";

/** A number as JSON can hold it: infinities and NaN are words. */
type Written = number | boolean | "inf" | "-inf" | "nan";

/** A tensor in `ops.json`. */
export interface WrittenTensor {
  shape: number[];
  dtype: "float" | "int" | "bool";
  data: Written[];
}

export function toNumber(value: unknown): number {
  switch (value) {
    case "inf":
      return Infinity;
    case "-inf":
      return -Infinity;
    case "nan":
      return NaN;
    case true:
      return 1;
    case false:
      return 0;
    default:
      if (typeof value !== "number") throw new Error(`${JSON.stringify(value)} is no number`);
      return value;
  }
}

export const numbersOf = ({ shape, data }: WrittenTensor): Numbers => ({ shape, data: data.map(toNumber) });

export function tensorOf(written: WrittenTensor): Tensor {
  const { shape, data } = numbersOf(written);
  return fromArray(data, shape as number[], written.dtype === "float" ? "float32" : "int32");
}

export const numbersIn = (x: Tensor): Numbers => ({ shape: x.shape, data: x.toTypedArray() });

/** Nested arrays, as in the routing files. */
export function nested(values: unknown): Numbers {
  const shape: number[] = [];
  for (let level = values; Array.isArray(level); level = level[0] as unknown) shape.push(level.length);
  return { shape, data: (Array.isArray(values) ? values.flat(Infinity) : [values]).map(toNumber) };
}

/** Reads a JSON file; where it is broken, one sentence says so. */
export function readJson<T>(path: string): T {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as T;
  } catch (thrown) {
    throw new Error(
      `cannot read ${path}: ${thrown instanceof Error ? thrown.message.replace(/\s*\n\s*/g, " ") : String(thrown)}`,
    );
  }
}
