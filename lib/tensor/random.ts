/**
 * Random numbers from a seed: the same on every platform, since only integer steps, +, −, ·, / and √ are used
 * (Math.log and Math.cos may differ in the last bit between engines).
 */

import { checkNumber, checkOptions, checkShape, describe } from "./check.js";
import type { Shape } from "./shape.js";
import { empty, type Tensor, write } from "./tensor.js";

/** Spreads a text over 32 bits (FNV-1a). */
function hash(text: string): number {
  let h = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 0x01000193);
  return h >>> 0;
}

/** splitmix32's last step: mixes all bits of a number. */
function mixed(bits: number): number {
  let z = bits ^ (bits >>> 16);
  z = Math.imul(z, 0x21f0aaad);
  z = Math.imul(z ^ (z >>> 15), 0x735a2d97);
  return (z ^ (z >>> 15)) >>> 0;
}

/** The next number of xoshiro128** from 0 to 2³² − 1; changes `s`, its four words of state.
 *  Source: Blackman & Vigna 2018, https://prng.di.unimi.it/xoshiro128starstar.c */
export function xoshiro128(s: Uint32Array): number {
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

/** Natural logarithm from +, −, · and / alone, to 1e-15: log x = e·log 2 + 2 artanh((m − 1) / (m + 1)), x = m · 2ᵉ. */
export function log(x: number): number {
  let [m, e] = [x, 0];
  for (; m < Math.SQRT1_2; m *= 2) e--;
  for (; m > Math.SQRT2; m /= 2) e++;
  const t = (m - 1) / (m + 1);
  let [sum, power] = [0, t];
  for (let i = 1; i < 30; i += 2, power *= t * t) sum += power / i;
  return e * Math.LN2 + 2 * sum;
}

/** Where a generator stands, as plain data that JSON keeps exactly. */
export interface GeneratorState {
  /** Seed and path of names: what its further streams (`fork`, `spawn`) are made from. */
  key: string;
  /** The four words of xoshiro128**. */
  words: readonly number[];
  /** Streams that `spawn` has given. */
  spawned: number;
  /** The second of two normal numbers, not yet given away. */
  spare: number | null;
}

/** A stream of random numbers: xoshiro128** (Blackman & Vigna 2018, https://arxiv.org/abs/1805.01407).
 *  A function draws from the generator that it is given; a layer takes its next stream (`spawn`), so two layers made from one
 *  generator differ; a model has one stream for each named place (`fork`), so both twins start with equal weights where they agree.
 *  @example
 *  new Generator(1).uint32() === new Generator(1).uint32() // => true */
export class Generator {
  readonly #state: Uint32Array;
  #key: string;
  #spawned = 0;
  #spare: number | null = null;

  /** @param seed an integer or a text; equal seeds give equal streams */
  constructor(seed: number | string) {
    if (typeof seed !== "string" && !Number.isSafeInteger(seed))
      throw new RangeError(`a seed must be an integer, got ${String(seed)}`);
    this.#key = String(seed);
    this.#state = Uint32Array.from({ length: 4 }, (_, word) => mixed(hash(`${word}:${this.#key}`)));
  }

  /** A stream for one named purpose. It depends on the seed and the name alone, not on what was drawn before: equal names give
   *  equal streams.
   *  @example
   *  const rng = new Generator(1);
   *  rng.fork("a").uint32() === rng.fork("b").uint32() // => false
   *  @example
   *  const rng = new Generator(1);
   *  rng.fork("a").uint32() === rng.fork("a").uint32() // => true */
  fork(name: string): Generator {
    if (typeof name !== "string")
      throw new RangeError(`fork: the name of a stream must be a text, got ${describe(name)}`);
    return new Generator(`${this.#key}/${name.length}:${name}`); // with the length, no two paths of names read alike
  }

  /** The next stream of this generator: the first call gives its first, the second its second, whatever was drawn between.
   *  Every layer takes one, so that two layers made from one generator differ.
   *  @example
   *  const rng = new Generator(1);
   *  rng.spawn().uint32() === rng.spawn().uint32() // => false */
  spawn(): Generator {
    return new Generator(`${this.#key}/#${this.#spawned++}`);
  }

  /** Where it stands: `restore` goes on from there.
   *  @example
   *  const rng = new Generator(1);
   *  const state = rng.state();
   *  const x = rng.normal();
   *  rng.restore(state);
   *  rng.normal() === x; // => true */
  state(): GeneratorState {
    return { key: this.#key, words: Array.from(this.#state), spawned: this.#spawned, spare: this.#spare };
  }

  /** Goes on from where another one stood, whatever its own seed was. Throws for what is no such state, and changes nothing. */
  restore(state: GeneratorState): void {
    const { key, words, spawned, spare } = (state ?? {}) as Partial<GeneratorState>;
    const isWord = (word: unknown): boolean => Number.isInteger(word) && (word as number) >>> 0 === word;
    const fits = typeof key === "string" && Array.isArray(words) && words.length === 4 && words.every(isWord);
    if (!fits || !Number.isSafeInteger(spawned) || spawned! < 0 || !(spare === null || Number.isFinite(spare)))
      throw new RangeError(`restore: needs what the state() of a generator gave, got ${describe(state)}`);
    this.#key = key;
    this.#state.set(words);
    this.#spawned = spawned!;
    this.#spare = spare!;
  }

  /** An integer from 0 to 2³² − 1. */
  uint32(): number {
    return xoshiro128(this.#state);
  }

  /** Evenly spread over [0, 1), 53 random bits. */
  uniform(): number {
    return ((this.uint32() >>> 5) * 67_108_864 + (this.uint32() >>> 6)) / 9_007_199_254_740_992;
  }

  /** An integer from 0 to n − 1. */
  below(n: number): number {
    if (!(Number.isSafeInteger(n) && n >= 1))
      throw new RangeError(`below: n must be an integer from 1, got ${describe(n)}`);
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

/** Throws where there is no generator: plain JavaScript may forget one. */
export function checkGenerator(who: string, rng: Generator): Generator {
  if (typeof (rng as Partial<Generator> | null | undefined)?.uniform !== "function")
    throw new TypeError(`${who} needs a generator of random numbers, such as new Generator(1), got ${describe(rng)}`);
  return rng;
}

/** The stream that a layer draws from: the next one of the generator that it was given. */
export const streamOf = (layer: string, rng: Generator): Generator => checkGenerator(layer, rng).spawn();

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);

/** The float32 next to `x`, one step up or down. */
function neighbor(x: number, step: 1 | -1): number {
  if (x === 0) return step * 2 ** -149;
  float[0] = x;
  bits[0] += x > 0 ? step : -step; // read as integers, the bits of floats of one sign are in order of size
  return float[0];
}

/** Draws that are evenly spread over the float32 numbers of [low, high). A draw is rounded down, so that each number stands for
 *  the interval up to the next one: rounding to the nearest would now and then return `high`. Where low = high, every draw is
 *  `low`. Throws for ends that are not finite or in the wrong order, and where no float32 lies between them. */
export function uniformDraws(who: string, low: number, high: number): (rng: Generator) => number {
  checkNumber(who, "low", low);
  checkNumber(who, "high", high);
  if (!(low <= high)) throw new RangeError(`${who}: low ${low} is above high ${high}`);
  let [first, last] = [Math.fround(low), Math.fround(high)];
  if (!(Number.isFinite(first) && Number.isFinite(last)))
    throw new RangeError(`${who}: low ${low} and high ${high} must be finite float32 numbers`);
  if (low === high) return () => first;
  if (first < low) first = neighbor(first, 1);
  if (last >= high) last = neighbor(last, -1);
  if (first > last) throw new RangeError(`${who}: no float32 number lies in [${low}, ${high})`);
  return (rng) => {
    const exact = low + (high - low) * rng.uniform();
    const near = Math.fround(exact);
    const down = near > exact ? neighbor(near, -1) : near;
    return down < first ? first : down > last ? last : down;
  };
}

export interface NormalOptions {
  /** Default 0. */
  mean?: number;
  /** Standard deviation, default 1. */
  std?: number;
}

/** Draws from N(mean, std²). Throws unless std is a number from 0. */
export function normalDraws(who: string, options: NormalOptions): (rng: Generator) => number {
  checkOptions(who, options);
  const { mean = 0, std = 1 } = options;
  checkNumber(who, "mean", mean);
  checkNumber(who, "std", std);
  if (!(std >= 0)) throw new RangeError(`${who}: std must be a number from 0, got ${std}`);
  return (rng) => mean + std * rng.normal();
}

/** G = −ln(−ln u), u even over (0, 1]: where each of some numbers gets one added, the largest is a draw from their softmax.
 *  Source: Jang et al. 2016, §2, https://arxiv.org/abs/1611.01144 */
export const gumbel = (rng: Generator): number => -Math.log(-Math.log(1 - rng.uniform() || Number.MIN_VALUE));

function drawn(who: string, shape: Shape, rng: Generator, draw: (rng: Generator) => number): Tensor {
  checkGenerator(who, rng);
  checkShape(who, shape);
  const y = empty(shape);
  const Y = write(y);
  for (let i = 0; i < Y.length; i++) Y[i] = draw(rng);
  return y;
}

/** Normally distributed numbers from a generator: the same ones for the same seed, on every platform.
 *  @example
 *  randn([1000], new Generator(1)).shape // => [1000] */
export function randn<D extends number, const S extends readonly D[] | []>(
  shape: S,
  rng: Generator,
  options?: NormalOptions,
): Tensor<S>;
export function randn(shape: Shape, rng: Generator, options: NormalOptions = {}): Tensor {
  return drawn("randn", shape, rng, normalDraws("randn", options));
}

/** Numbers evenly spread over [low, high); default [0, 1). `high` itself is never drawn.
 *  Throws for ends that are not finite or in the wrong order, and where no float32 lies between them.
 *  @example
 *  const x = uniform([100], new Generator(1), { low: 2, high: 3 });
 *  min(x).item() >= 2 && max(x).item() < 3 // => true */
export function uniform<D extends number, const S extends readonly D[] | []>(
  shape: S,
  rng: Generator,
  options?: { low?: number; high?: number },
): Tensor<S>;
export function uniform(shape: Shape, rng: Generator, options: { low?: number; high?: number } = {}): Tensor {
  checkOptions("uniform", options);
  const { low = 0, high = 1 } = options;
  return drawn("uniform", shape, rng, uniformDraws("uniform", low, high));
}
