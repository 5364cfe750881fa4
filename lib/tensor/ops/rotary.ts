/** Rotary positions: each pair of features turns by an angle that grows with the position. */

import { record } from "../autograd.js";
import { checkNumber, checkOptions, checkTensor, checkWord, ShapeError, show } from "../check.js";
import type { Shape } from "../shape.js";
import { empty, read, type Tensor, write } from "../tensor.js";

export interface RotaryOptions {
  /** Base of the angles: pair i of K/2 turns by position · theta^(−2i/K). Default 10,000. */
  theta?: number;
  /** Which features form a pair: i and i + K/2 ("half", Llama in Hugging Face's layout), or 2i and 2i + 1 ("interleaved", the paper);
   *  "unwoven" reads pairs 2i and 2i + 1 and writes them to i and i + K/2 (DeepSeek). Default "half". */
  layout?: "half" | "interleaved" | "unwoven";
  /** [K/2] angles of a step of one position, in radians, in place of those that theta gives: see `scaledFrequencies`. */
  frequencies?: ArrayLike<number>;
  /** Multiplies the turned features (YaRN's attention factor). Default 1. */
  scale?: number;
}

/** Rotates features by position. x [..., T, K]; positions [T], or [B, T] where each row of the first axis has its own
 *  (then x is [B, ..., T, K], and the axes between share them). Source: Su et al. 2021, §3.2, https://arxiv.org/abs/2104.09864
 *  @example
 *  rotary(tensor([[1, 0], [1, 0]]), tensor([0, Math.PI / 2])) // => [[1, 0], [0, 1]] */
export function rotary<S extends Shape>(x: Tensor<S>, positions: Tensor, options: RotaryOptions = {}): Tensor<S> {
  checkTensor("rotary", "x", x);
  checkTensor("rotary", "positions", positions);
  checkOptions("rotary", options);
  const { theta = 10_000, layout = "half", frequencies, scale = 1 } = options;
  checkNumber("rotary", "theta", theta, "a number above 0", (value) => value > 0);
  checkWord("rotary", "layout", layout, ["half", "interleaved", "unwoven"]);
  checkNumber("rotary", "scale", scale, "a number above 0", (value) => value > 0);
  const k = x.shape[x.rank - 1];
  const t = x.shape[x.rank - 2];
  if (x.rank < 2 || k % 2 !== 0)
    throw new ShapeError(`rotary: x must be [..., T, K] with an even K, got ${show(x.shape)}`);
  const sequences = positions.rank === 1 ? 1 : positions.shape[0];
  if (positions.rank < 1 || positions.rank > 2 || positions.size !== sequences * t)
    throw new ShapeError(
      `rotary: positions ${show(positions.shape)} must be [${t}] or [B, ${t}] for x ${show(x.shape)}`,
    );
  if (sequences !== 1 && (x.rank < 3 || sequences !== x.shape[0]))
    throw new ShapeError(`rotary: positions ${show(positions.shape)} have ${sequences} rows for x ${show(x.shape)}`);
  const half = k / 2;
  if (frequencies && frequencies.length !== half)
    throw new ShapeError(`rotary: x ${show(x.shape)} needs ${half} frequencies, got ${frequencies.length}`);
  const at = Float64Array.from(read(positions));
  const [cos, sin] = [new Float64Array(at.length * half), new Float64Array(at.length * half)];
  for (let p = 0; p < at.length; p++) {
    for (let i = 0; i < half; i++) {
      const angle = at[p] * (frequencies ? frequencies[i] : theta ** ((-2 * i) / k));
      cos[p * half + i] = scale * Math.cos(angle);
      sin[p * half + i] = scale * Math.sin(angle);
    }
  }
  /** Rows of x, one after the other, that share a row of positions. */
  const share = x.size / k / sequences;
  const turn = (from: Tensor, direction: 1 | -1): Tensor<S> => {
    const y = empty(x.shape);
    const [X, Y] = [read(from), write(y)];
    const places = (woven: boolean): readonly [number, number] => (woven ? [1, 2] : [half, 1]); // of a pair, and to the next
    const [source, target] = [places(layout !== "half"), places(layout === "interleaved")];
    const [[pairX, stepX], [pairY, stepY]] = direction === 1 ? [source, target] : [target, source];
    for (let first = 0, row = 0; first < X.length; first += k, row++) {
      const angles = (Math.floor(row / share) * t + (row % t)) * half;
      for (let i = 0; i < half; i++) {
        const [a, b] = [X[first + i * stepX], X[first + i * stepX + pairX]];
        const [c, s] = [cos[angles + i], direction * sin[angles + i]];
        Y[first + i * stepY] = a * c - b * s;
        Y[first + i * stepY + pairY] = b * c + a * s;
      }
    }
    return y;
  };
  return record("rotary", [x], turn(x, 1), (dy) => [() => turn(dy, -1)]);
}
