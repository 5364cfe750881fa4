/** First weights: each function overwrites a tensor in place from a seeded generator, and returns it.
 *  Names and formulas are those of `torch.nn.init`. A weight is [Out, In]; further axes count as a receptive field. */

import { ShapeError, show } from "../tensor/check.js";
import { checkGenerator, type Generator, normalDraws, type NormalOptions, uniformDraws } from "../tensor/random.js";
import { overwrite, type Tensor } from "../tensor/tensor.js";

/** x ← the same number everywhere.
 *  @example
 *  init.constant(zeros([2]), 3); // => [3, 3] */
export function constant<X extends Tensor>(x: X, value: number): X {
  return fill("init.constant", x, () => value);
}

/** x ~ U[low, high): evenly spread; `high` itself is never drawn. Default from 0 to 1.
 *  @example
 *  init.uniform(zeros([2, 2]), new Generator(1), { low: -1, high: 1 }).shape; // => [2, 2] */
export function uniform<X extends Tensor>(
  x: X,
  rng: Generator,
  { low = 0, high = 1 }: { low?: number; high?: number } = {},
): X {
  const draw = uniformDraws("init.uniform", low, high);
  checkGenerator("init.uniform", rng);
  return fill("init.uniform", x, () => draw(rng));
}

/** x ~ N(mean, std²): the bell curve. Default mean 0 and std 1.
 *  @example
 *  init.normal(zeros([2, 2]), new Generator(1), { std: 0.02 }).shape; // => [2, 2] */
export function normal<X extends Tensor>(x: X, rng: Generator, options: NormalOptions = {}): X {
  const draw = normalDraws("init.normal", options);
  checkGenerator("init.normal", rng);
  return fill("init.normal", x, () => draw(rng));
}

/** As `normal`, but what falls outside low to high (in numbers, not in standard deviations) is drawn again.
 *  Default from −2 to 2, as PyTorch. Throws where the interval is so unlikely that drawing again would not end.
 *  @example
 *  const x = init.truncatedNormal(zeros([9]), new Generator(1), { low: 0, high: 0.5 });
 *  Math.min(...x.toTypedArray()) >= 0; // => true */
export function truncatedNormal<X extends Tensor>(
  x: X,
  rng: Generator,
  { mean = 0, std = 1, low = -2, high = 2 }: { mean?: number; std?: number; low?: number; high?: number } = {},
): X {
  if (!(low < high && std > 0))
    throw new RangeError(`init.truncatedNormal needs std above 0 and low below high, got ${std}, ${low} and ${high}`);
  checkGenerator("init.truncatedNormal", rng);
  return fill("init.truncatedNormal", x, () => {
    for (let tries = 0; tries < 100_000; tries++) {
      const value = Math.fround(mean + std * rng.normal()); // rounded first, so that it cannot leave the interval
      if (value >= low && value <= high) return value;
    }
    throw new RangeError(
      `init.truncatedNormal: of N(${mean}, ${std}²) next to nothing lies between ${low} and ${high}; widen the interval`,
    );
  });
}

export interface XavierOptions {
  /** Factor for the activation that follows, see `gain`. Default 1. */
  gain?: number;
}

/** U(−a, a) with a = gain · √(6 / (In + Out)): signals keep their variance, forwards and backwards alike.
 *  Throws for fewer than 2 dimensions. Source: Glorot & Bengio 2010, §4.2, https://proceedings.mlr.press/v9/glorot10a.html
 *  @example
 *  const x = init.xavierUniform(zeros([3, 3]), new Generator(1));
 *  Math.max(...x.toTypedArray()) <= 1; // => true */
export function xavierUniform<X extends Tensor>(x: X, rng: Generator, { gain = 1 }: XavierOptions = {}): X {
  const { fanIn, fanOut } = fans(x);
  const high = gain * Math.sqrt(6 / (fanIn + fanOut));
  return uniform(x, rng, { low: -high, high });
}

/** N(0, std²) with std = gain · √(2 / (In + Out)). Throws for fewer than 2 dimensions.
 *  Source: Glorot & Bengio 2010, §4.2, https://proceedings.mlr.press/v9/glorot10a.html
 *  @example
 *  init.xavierNormal(zeros([2, 3]), new Generator(1)).shape; // => [2, 3] */
export function xavierNormal<X extends Tensor>(x: X, rng: Generator, { gain = 1 }: XavierOptions = {}): X {
  const { fanIn, fanOut } = fans(x);
  return normal(x, rng, { std: gain * Math.sqrt(2 / (fanIn + fanOut)) });
}

export interface KaimingOptions {
  /** Which side keeps its variance: the signal forwards ("fanIn", the default) or the gradient backwards ("fanOut"). */
  mode?: "fanIn" | "fanOut";
  /** Factor for the activation that follows. Default √2, for relu. */
  gain?: number;
}

/** U(−a, a) with a = gain · √(3 / fan). Throws for fewer than 2 dimensions.
 *  Source: He et al. 2015, §2.2, https://arxiv.org/abs/1502.01852
 *  @example
 *  const x = init.kaimingUniform(zeros([3, 6]), new Generator(1));
 *  Math.max(...x.toTypedArray()) <= 1; // => true */
export function kaimingUniform<X extends Tensor>(x: X, rng: Generator, options: KaimingOptions = {}): X {
  const high = Math.sqrt(3) * kaimingStd(x, options);
  return uniform(x, rng, { low: -high, high });
}

/** N(0, std²) with std = gain / √fan. Throws for fewer than 2 dimensions.
 *  Source: He et al. 2015, §2.2, https://arxiv.org/abs/1502.01852
 *  @example
 *  init.kaimingNormal(zeros([2, 3]), new Generator(1), { mode: "fanOut" }).shape; // => [2, 3] */
export function kaimingNormal<X extends Tensor>(x: X, rng: Generator, options: KaimingOptions = {}): X {
  return normal(x, rng, { std: kaimingStd(x, options) });
}

function kaimingStd(x: Tensor, { mode = "fanIn", gain = Math.SQRT2 }: KaimingOptions): number {
  return gain / Math.sqrt(fans(x)[mode]);
}

/** Rows (or, of a tall matrix, columns) of length `gain` at right angles to each other: x xᵀ = gain² · I. Recurrent weights
 *  start so, since a signal that passes through them again and again then neither grows nor fades. Gram and Schmidt's
 *  method on normal numbers. Throws unless x is a matrix. Source: Saxe et al. 2013, §3, https://arxiv.org/abs/1312.6120
 *  @example
 *  const q = init.orthogonal(zeros([2, 3]), new Generator(1));
 *  matmul(q, transpose(q, 0, 1)); // => [[1, 0], [0, 1]] */
export function orthogonal<X extends Tensor>(x: X, rng: Generator, { gain = 1 }: XavierOptions = {}): X {
  if (x.rank !== 2) throw new ShapeError(`init.orthogonal needs a matrix, got ${show(x.shape)}`);
  checkGenerator("init.orthogonal", rng);
  const [rows, columns] = x.shape;
  const [count, length] = rows <= columns ? [rows, columns] : [columns, rows];
  const vectors: Float64Array[] = [];
  while (vectors.length < count) {
    const v = Float64Array.from({ length }, () => rng.normal());
    // Twice: one pass leaves rounding error.
    for (const u of [...vectors, ...vectors]) {
      const along = dot(u, v);
      for (let i = 0; i < length; i++) v[i] -= along * u[i];
    }
    const norm = Math.sqrt(dot(v, v));
    if (norm > 1e-6) vectors.push(v.map((value) => value / norm));
  }
  let next = 0;
  return fill("init.orthogonal", x, () => {
    const [i, j] = [Math.floor(next / columns), next++ % columns];
    return gain * (rows <= columns ? vectors[i][j] : vectors[j][i]);
  });
}

const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, i) => sum + value * b[i], 0);

/** The factor by which an activation shrinks a signal, undone: √2 for relu, 5/3 for tanh, √(2 / (1 + slope²)) for leaky
 *  relu, else 1. Source: `torch.nn.init.calculate_gain`
 *  @param slope of "leakyRelu" below 0, default 0.01
 *  @example
 *  init.gain("tanh"); // => 1.6666667 */
export function gain(activation: "linear" | "sigmoid" | "tanh" | "relu" | "leakyRelu", slope = 0.01): number {
  switch (activation) {
    case "tanh":
      return 5 / 3;
    case "relu":
      return Math.SQRT2;
    case "leakyRelu":
      return Math.sqrt(2 / (1 + slope * slope));
    default:
      return 1;
  }
}

/** How many numbers go into one output, and come out of one input, of a weight [Out, In, ...].
 *  Throws for fewer than 2 dimensions.
 *  @example
 *  init.fans(zeros([5, 3, 2])); // => { "fanIn": 6, "fanOut": 10 } */
export function fans(x: Tensor): { fanIn: number; fanOut: number } {
  if (x.rank < 2) throw new ShapeError(`init: fan in and fan out need at least 2 dimensions, got ${show(x.shape)}`);
  const [out, inner, ...field] = x.shape;
  const size = field.reduce((product, d) => product * d, 1);
  return { fanIn: inner * size, fanOut: out * size };
}

function fill<X extends Tensor>(by: string, x: X, next: () => number): X {
  const X = overwrite(x, by);
  for (let i = 0; i < X.length; i++) X[i] = next();
  return x;
}
