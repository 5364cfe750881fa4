/** Rotary positions: each pair of features turns by an angle that grows with the position. */

import { record } from "../autograd.js";
import { ShapeError, show } from "../check.js";
import type { Shape } from "../shape.js";
import { empty, read, type Tensor, write } from "../tensor.js";

export interface RotaryOptions {
  /** Base of the angles: pair i of K/2 turns by position · theta^(−2i/K). Default 10,000. */
  theta?: number;
  /** Which features form a pair: i and i + K/2 ("half", Llama in Hugging Face's layout), or 2i and 2i + 1 ("interleaved", the paper). Default "half". */
  layout?: "half" | "interleaved";
}

/** Rotates features by position. x [..., T, K], positions [T] int32.
 *  Source: Su et al. 2021, §3.2, https://arxiv.org/abs/2104.09864 */
export function rotary<S extends Shape>(
  x: Tensor<S>,
  positions: Tensor,
  { theta = 10_000, layout = "half" }: RotaryOptions = {},
): Tensor<S> {
  const k = x.shape[x.rank - 1];
  const t = x.shape[x.rank - 2];
  if (x.rank < 2 || k % 2 !== 0)
    throw new ShapeError(`rotary: x must be [..., T, K] with an even K, got ${show(x.shape)}`);
  if (positions.size !== t)
    throw new ShapeError(`rotary: ${positions.size} positions for ${t} rows of ${show(x.shape)}`);
  const half = k / 2;
  const at = Float64Array.from(read(positions));
  const [cos, sin] = [new Float64Array(t * half), new Float64Array(t * half)];
  for (let p = 0; p < t; p++) {
    for (let i = 0; i < half; i++) {
      const angle = at[p] * theta ** ((-2 * i) / k);
      cos[p * half + i] = Math.cos(angle);
      sin[p * half + i] = Math.sin(angle);
    }
  }
  const turn = (from: Tensor, direction: 1 | -1): Tensor<S> => {
    const y = empty(x.shape);
    const [X, Y] = [read(from), write(y)];
    const [pair, step] = layout === "half" ? [half, 1] : [1, 2];
    for (let first = 0, row = 0; first < X.length; first += k, row++) {
      const angles = (row % t) * half;
      for (let i = 0; i < half; i++) {
        const [a, b] = [first + i * step, first + i * step + pair];
        const [c, s] = [cos[angles + i], direction * sin[angles + i]];
        Y[a] = X[a] * c - X[b] * s;
        Y[b] = X[b] * c + X[a] * s;
      }
    }
    return y;
  };
  return record("rotary", [x], turn(x, 1), (dy) => [() => turn(dy, -1)]);
}
