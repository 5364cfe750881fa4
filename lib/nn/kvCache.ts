/** What attention remembers of the tokens before, so that writing one more token costs one token's work. */

import { checkTensor, sameShape, ShapeError, show } from "../tensor/check.js";
import { empty, read, Tensor, write } from "../tensor/tensor.js";

/** Keys and values of one attention layer for all positions so far, [B, G, T, K] each: G heads of keys and values, which may differ
 *  in K (latent attention). Memory is 2 · B · G · T · K · 4 bytes. It is for inference: use it inside `noGrad`, since it keeps no gradients.
 *  Source: Shazeer 2019, §2.4, https://arxiv.org/abs/1911.02150
 *  @example
 *  const cache = new KVCache();
 *  cache.append(zeros([1, 2, 3, 4]), zeros([1, 2, 3, 4])); // three positions
 *  cache.append(zeros([1, 2, 1, 4]), zeros([1, 2, 1, 4])).keys.shape; // => [1, 2, 4, 4]
 *  cache.trim(2);
 *  cache.length; // => 2 */
export class KVCache {
  #length = 0;
  /** Both lie in memory as [B, G, room, K]. */
  #buffers: { keys: Tensor; values: Tensor } | null = null;
  /** Rows before this one have been handed out in views, and are never written again. */
  #shown = 0;

  /** The layer whose keys and values are held. */
  #layer: object | null = null;

  /** @param room positions to make room for at first; it doubles when they are used up */
  constructor(readonly room = 64) {
    if (!(Number.isInteger(room) && room >= 1))
      throw new RangeError(`KVCache: room must be an integer from 1, got ${room}`);
  }

  /** T: positions held. */
  get length(): number {
    return this.#length;
  }

  /** [B, G, T, K], or null while nothing was appended. */
  get keys(): Tensor | null {
    return this.#buffers && this.#view(this.#buffers.keys);
  }

  /** As `keys`. */
  get values(): Tensor | null {
    return this.#buffers && this.#view(this.#buffers.values);
  }

  /** Keys and values, where there are any. */
  tensors(): Tensor[] {
    const { keys, values } = this;
    return keys && values ? [keys, values] : [];
  }

  /** Bytes of what is held. */
  get bytes(): number {
    return this.tensors().reduce((sum, x) => sum + 4 * x.size, 0);
  }

  /** Adds the keys and values of the next positions, k and v [B, G, t, K], and returns all so far: [B, G, T, K].
   *  Throws where they do not fit those held, where they would need gradients, and where another layer's are held.
   *  @param layer whose they are, so that one cache that was given to several layers is noticed */
  append(k: Tensor, v: Tensor, layer: object | null = null): { keys: Tensor; values: Tensor } {
    checkTensor("KVCache", "k", k);
    checkTensor("KVCache", "v", v);
    const owner = this.#length > 0 ? this.#layer : null;
    if (owner && layer && owner !== layer)
      throw new Error("KVCache: it holds the keys and values of another layer; give each layer a cache of its own");
    if (k.node || v.node)
      throw new Error("KVCache: what it holds has no gradients; call the model inside noGrad(() => ...)");
    if (k.rank !== 4 || v.rank !== 4 || !sameShape(k.shape.slice(0, 3), v.shape.slice(0, 3)))
      throw new ShapeError(`KVCache: k ${show(k.shape)} and v ${show(v.shape)} must both be [B, G, T, K]`);
    for (const [given, buffer] of [
      [k, this.#buffers?.keys],
      [v, this.#buffers?.values],
    ] as const) {
      const held = buffer?.shape;
      if (!held || this.#length === 0 || [0, 1, 3].every((axis) => given.shape[axis] === held[axis])) continue;
      const now = show([held[0], held[1], this.#length, held[3]]);
      throw new ShapeError(`KVCache: it holds ${now}, which ${show(given.shape)} does not continue; use a new cache`);
    }
    this.#layer = layer ?? owner;
    const start = this.#length;
    const { keys, values } = this.#buffersFor(k, v.shape[3]);
    put(k, keys, start);
    put(v, values, start);
    this.#length = this.#shown = start + k.shape[2];
    return { keys: this.#view(keys), values: this.#view(values) };
  }

  /** Forgets all positions but the first `length`: to take back what a model wrote. */
  trim(length: number): void {
    if (!(Number.isInteger(length) && length >= 0 && length <= this.#length))
      throw new RangeError(`KVCache: cannot trim to ${length}: it holds ${this.#length} positions`);
    this.#length = length;
  }

  #view(buffer: Tensor): Tensor {
    const [b, g, , k] = buffer.shape;
    return new Tensor(buffer.storage, [b, g, this.#length, k], "float32", 0, buffer.strides);
  }

  /** Buffers with room for the new rows. After a `trim`, rows that earlier views still show are not written over:
   *  what is kept moves to new buffers. */
  #buffersFor({ shape: [b, g, t, k] }: Tensor, valueSize: number): { keys: Tensor; values: Tensor } {
    const wanted = this.#length + t;
    const before = this.#buffers;
    const isLast = this.#length > 0 && this.#length >= this.#shown;
    if (before && isLast && before.keys.shape[2] >= wanted) return before;
    let room = Math.max(this.room, before?.keys.shape[2] ?? 0);
    while (room < wanted) room *= 2;
    const [keys, values] = [empty([b, g, room, k]), empty([b, g, room, valueSize])];
    if (before && this.#length > 0) {
      put(this.#view(before.keys), keys, 0);
      put(this.#view(before.values), values, 0);
    }
    this.#buffers = { keys, values };
    return this.#buffers;
  }
}

/** Copies x [B, G, t, K] into the rows from `start` of each head of a buffer [B, G, room, K]. */
function put(x: Tensor, buffer: Tensor, start: number): void {
  const [, , t, k] = x.shape;
  const run = t * k;
  const step = buffer.shape[2] * k;
  const [X, Y] = [read(x), write(buffer)];
  for (let head = 0; head * run < X.length; head++)
    Y.set(X.subarray(head * run, (head + 1) * run), head * step + start * k);
}
