/**
 * Random numbers from a seed: the same on every platform, since only integer steps, +, −, ·, / and √ are used
 * (Math.log and Math.cos may differ in the last bit between engines).
 */

import { ShapeError } from "./check.js";
import type { Shape } from "./shape.js";
import { empty, type Tensor, write } from "./tensor.js";

/** Spreads a seed, or a seed and a name, over 32 bits (FNV-1a). */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** splitmix32: turns one number into a stream of well-mixed ones, to fill the generator's state. */
function splitmix(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
    return (z ^ (z >>> 15)) >>> 0;
  };
}

/** Natural logarithm from +, −, · and / alone, to 1e-15: log x = e·log 2 + 2 artanh((m − 1) / (m + 1)). */
function log(x: number): number {
  let [m, e] = [x, 0];
  for (; m < Math.SQRT1_2; m *= 2) e--;
  for (; m > Math.SQRT2; m /= 2) e++;
  const t = (m - 1) / (m + 1);
  let [sum, power] = [0, t];
  for (let i = 1; i < 30; i += 2, power *= t * t) sum += power / i;
  return e * Math.LN2 + 2 * sum;
}

/** A stream of random numbers: xoshiro128** (Blackman & Vigna 2018, https://arxiv.org/abs/1805.01407).
 *  @example
 *  new Generator(1).uint32() === new Generator(1).uint32() // => true */
export class Generator {
  readonly #state = new Uint32Array(4);
  readonly #seed: string;
  #spare: number | null = null;

  /** @param seed any whole number; equal seeds give equal streams */
  constructor(seed: number | string) {
    if (typeof seed === "number" && !Number.isSafeInteger(seed))
      throw new RangeError(`a seed must be a whole number, got ${seed}`);
    this.#seed = String(seed);
    const next = splitmix(hash(this.#seed));
    for (let i = 0; i < 4; i++) this.#state[i] = next();
  }

  /** A stream of its own for one purpose. It depends on the seed and the name alone, not on what was drawn before:
   *  so two models with the same seed give the same weights to parameters of the same name.
   *  @example
   *  new Generator(1).fork("a").uint32() === new Generator(1).fork("b").uint32() // => false */
  fork(name: string): Generator {
    return new Generator(`${this.#seed}/${name}`);
  }

  /** A whole number from 0 to 2³² − 1. */
  uint32(): number {
    const s = this.#state;
    const x = Math.imul(s[1], 5);
    const result = Math.imul((x << 7) | (x >>> 25), 9) >>> 0;
    const t = s[1] << 9;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = (s[3] << 11) | (s[3] >>> 21);
    return result;
  }

  /** Evenly spread over [0, 1), 53 random bits. */
  uniform(): number {
    return ((this.uint32() >>> 5) * 67_108_864 + (this.uint32() >>> 6)) / 9_007_199_254_740_992;
  }

  /** A whole number from 0 to n − 1. */
  below(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** Bell curve with mean 0 and variance 1: Marsaglia's polar method, two numbers at a time. */
  normal(): number {
    if (this.#spare !== null) {
      const spare = this.#spare;
      this.#spare = null;
      return spare;
    }
    for (;;) {
      const [u, v] = [2 * this.uniform() - 1, 2 * this.uniform() - 1];
      const s = u * u + v * v;
      if (s >= 1 || s === 0) continue;
      const scale = Math.sqrt((-2 * log(s)) / s);
      this.#spare = v * scale;
      return u * scale;
    }
  }
}

export interface NormalOptions {
  /** Default 0. */
  mean?: number;
  /** Standard deviation, default 1. */
  std?: number;
}

/** Normally distributed numbers from a generator: the same ones for the same seed, on every platform.
 *  @example
 *  randn([1000], new Generator(1)).shape // => [1000] */
export function randn<D extends number, const S extends readonly D[] | []>(
  shape: S,
  rng: Generator,
  options?: NormalOptions,
): Tensor<S>;
export function randn(shape: Shape, rng: Generator, { mean = 0, std = 1 }: NormalOptions = {}): Tensor {
  const y = empty(shape);
  const Y = write(y);
  for (let i = 0; i < Y.length; i++) Y[i] = mean + std * rng.normal();
  return y;
}

/** Numbers evenly spread over [low, high); default [0, 1).
 *  @example
 *  const x = uniform([100], new Generator(1), { low: 2, high: 3 });
 *  min(x).item() >= 2 && max(x).item() < 3 // => true */
export function uniform<D extends number, const S extends readonly D[] | []>(
  shape: S,
  rng: Generator,
  options?: { low?: number; high?: number },
): Tensor<S>;
export function uniform(
  shape: Shape,
  rng: Generator,
  { low = 0, high = 1 }: { low?: number; high?: number } = {},
): Tensor {
  if (!(low <= high)) throw new ShapeError(`uniform: low ${low} is above high ${high}`);
  const y = empty(shape);
  const Y = write(y);
  for (let i = 0; i < Y.length; i++) Y[i] = low + (high - low) * rng.uniform();
  return y;
}
