/** Three ways to tell a model where a token stands. Attention alone treats its input as a set. */

import { checkNumbers, checkIntegers } from "../config/options.js";
import { ShapeError, checkTensor } from "../tensor/check.js";
import { fromArray } from "../tensor/create.js";
import { add } from "../tensor/ops/elementwise.js";
import { embedding } from "../tensor/ops/indexing.js";
import { slice } from "../tensor/ops/slice.js";
import { rotary, type RotaryOptions } from "../tensor/ops/rotary.js";
import { type Generator, randn, streamOf } from "../tensor/random.js";
import type { Arg, Shape } from "../tensor/shape.js";
import { empty, type Tensor, write } from "../tensor/tensor.js";
import { Module, parameter } from "./module.js";
import { markLibraryForward } from "./recycling.js";
import { checkSequence, type MapSequence } from "./sequence.js";

/** Adds a learned vector for each position: y[b, t] = x[b, t] + weight[start + t]. x [B, T, D] -> [B, T, D];
 *  weight [L, D], L the longest context. Throws past the end of the table.
 *  Source: Radford et al. 2018 (GPT), §4.1
 *  @example
 *  const positions = new LearnedPositions(16, 8, { rng: new Generator(1) });
 *  positions.forward(zeros([2, 5, 8])).shape; // => [2, 5, 8] */
export class LearnedPositions<D extends number = number> extends Module {
  static {
    markLibraryForward(this);
  }

  readonly weight: Tensor<readonly [number, D]>;

  /** @param options.std standard deviation of the first weights, default 0.02 as GPT-2 */
  constructor(blockSize: number, size: D, { rng, std = 0.02 }: { rng: Generator; std?: number }) {
    super();
    const own = streamOf("LearnedPositions", rng);
    this.weight = parameter(randn<number, readonly [number, D]>([blockSize, size], own, { std }));
  }

  /** @param start position of the first row of x: with a KV cache, how many tokens it holds; or the position of each token, int32
   *  [B, T] or [T] */
  forward<S extends Shape>(x: Arg<MapSequence<S, D, D>, Tensor<S>>, start?: number | Tensor): Tensor<S>;
  forward(x: Tensor, start: number | Tensor = 0): Tensor {
    const [longest, d] = this.weight.shape;
    checkSequence("LearnedPositions", x, d);
    if (typeof start !== "number") return add(x, embedding(this.weight, start) as Tensor);
    checkIntegers("LearnedPositions", { start });
    const end = start + x.shape[1];
    if (start < 0 || end > longest) {
      throw new ShapeError(`positions ${start} to ${end - 1} are outside the table, which has 0 to ${longest - 1}`);
    }
    const rows: Tensor = slice(this.weight, 0, start, end);
    return add(x, rows);
  }
}

/** Waves of falling frequency: y[p, 2i] = sin(p / theta^(2i/D)) and y[p, 2i + 1] = cos of the same, for the positions
 *  start, start + 1, ... -> [T, D]. Source: Vaswani et al. 2017, §3.5, https://arxiv.org/abs/1706.03762
 *  @param options.theta base of the wavelengths, default 10,000
 *  @example
 *  sinusoidal(2, 4); // => [[0, 1, 0, 1], [0.841471, 0.540302, 0.01, 0.99995]] */
export function sinusoidal<T extends number, D extends number>(
  length: T,
  size: D,
  { start = 0, theta = 10_000 }: { start?: number; theta?: number } = {},
): Tensor<[T, D]> {
  checkIntegers("sinusoidal", { length, size, start }, { from: 0 });
  checkNumbers("sinusoidal", { theta }, { above: 0 });
  const y = empty<[T, D]>([length, size]);
  const Y = write(y);
  for (let p = 0, at = 0; p < length; p++) {
    for (let i = 0; i < size; i++, at++) {
      const angle = (start + p) / theta ** ((i - (i % 2)) / size);
      Y[at] = i % 2 === 0 ? Math.sin(angle) : Math.cos(angle);
    }
  }
  return y;
}

/** Adds `sinusoidal` waves: nothing is learned, and there is no longest context. x [B, T, D] -> [B, T, D].
 *  Source: Vaswani et al. 2017, §3.5, https://arxiv.org/abs/1706.03762
 *  @example
 *  new SinusoidalPositions(2).forward(zeros([1, 2, 2])); // => [[[0, 1], [0.841471, 0.540302]]] */
export class SinusoidalPositions<D extends number = number> extends Module {
  static {
    markLibraryForward(this);
  }

  /** Base of the wavelengths. */
  readonly theta: number;

  /** @param options.theta default 10,000 */
  constructor(
    readonly size: D,
    { theta = 10_000 }: { theta?: number } = {},
  ) {
    super();
    checkIntegers("SinusoidalPositions", { size }, { from: 0 });
    checkNumbers("SinusoidalPositions", { theta }, { above: 0 });
    this.theta = theta;
  }

  /** @param start position of the first row of x */
  forward<S extends Shape>(x: Arg<MapSequence<S, D, D>, Tensor<S>>, start?: number): Tensor<S>;
  forward(x: Tensor, start = 0): Tensor {
    checkSequence("SinusoidalPositions", x, this.size);
    return add(x, sinusoidal(x.shape[1], this.size as number, { start, theta: this.theta }));
  }
}

/** Turns each pair of features by an angle that grows with the position, so that the product of a query and a key depends
 *  on their distance alone. x [..., T, K] -> [..., T, K], K even; in attention x holds queries or keys, not tokens.
 *  Source: Su et al. 2021, §3.2, https://arxiv.org/abs/2104.09864
 *  @example
 *  new RotaryPositions().forward(tensor([[1, 0], [1, 0]])); // => [[1, 0], [0.540302, 0.841471]] */
export class RotaryPositions extends Module {
  static {
    markLibraryForward(this);
  }

  constructor(readonly options: RotaryOptions = {}) {
    super();
  }

  /** @param start position of the first row of x; or the position of each row, [T] or [B, T] */
  forward<S extends Shape>(x: Tensor<S>, start: number | Tensor = 0): Tensor<S> {
    checkTensor("RotaryPositions", "x", x);
    if (typeof start !== "number") return rotary(x, start, this.options);
    checkIntegers("RotaryPositions", { start }, { from: 0 });
    const t = x.rank < 2 ? 0 : x.shape[x.rank - 2]; // `rotary` says what is wrong with a vector
    const positions = Int32Array.from({ length: t }, (_, i) => start + i);
    return rotary(x, fromArray(positions, [t], "int32"), this.options);
  }
}
