/** Row-major float32 operands for the kernels of rows, which ops and optimizers call. Outside the graph. */

import { rowKernels, type AdamNumbers, type Span } from "../kernels/index.js";
import { lasting } from "../kernels/memory.js";
import type { Shape } from "./shape.js";
import { contiguous, empty, overwrite, read, type Tensor, write } from "./tensor.js";

/** `x` itself where it is row-major float32, else a copy that is. */
export function floats<T extends Tensor>(x: T): T {
  if (x.dtype === "float32") return contiguous(x) as T;
  const y = empty(x.shape);
  write(y).set(read(x));
  return y as T;
}

/** A contiguous tensor from one of its elements on. */
export const part = ({ storage, offset }: Tensor, first: number): Span => ({ storage, offset: offset + first });

type Numbers = Float32Array | Int32Array;

/** Every row of `rows` becomes `row`. Each copy doubles what is there: as many calls as the number of rows has digits. */
export function repeat(row: Numbers, rows: Numbers): void {
  rows.set(row.subarray(0, rows.length));
  for (let done = row.length; 0 < done && done < rows.length; done *= 2)
    rows.copyWithin(done, 0, Math.min(done, rows.length - done));
}

/** a + b, of equal shapes. */
export function plus(a: Tensor, b: Tensor): Tensor {
  const y = empty(a.shape);
  rowKernels().add(y.size, floats(a), y.size, floats(b), y.size, y);
  return y;
}

/** Σ x². */
export const sumSquares = (x: Tensor): number => rowKernels().sumSquares(x.size, floats(x));

/** x ← s · x, in place. */
export const scaleBy = (x: Tensor, s: number, by: string): void => {
  overwrite(x, by);
  rowKernels().scale(x.size, x, s);
};

/** Zeros that outlive every scope: running means, made when a parameter has its first gradient. */
export function lastingZeros(shape: Shape): Tensor {
  const x = lasting(() => empty(shape));
  write(x).fill(0);
  return x;
}

/** One step of Adam on `p`, in place, with the running means `m` and `v`; the caller has asked `overwrite`. */
export const adamStep = (p: Tensor, grad: Tensor, m: Tensor, v: Tensor, numbers: AdamNumbers): void => {
  rowKernels().adam(p.size, p, floats(grad), m, v, numbers);
};
