/** Numbers that lie apart in memory. */

import type { Tensor } from "./tensor.js";

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
