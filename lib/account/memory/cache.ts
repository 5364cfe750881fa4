/** What generating a text keeps in memory for each token that was read or written. */

import type { Account } from "../account.js";
import { bytesPerNumber, type Dtype } from "./dtypes.js";

export interface CacheOptions {
  /** Length of the text so far, in tokens. */
  tokens: number;
  /** Texts at the same time. Default 1. */
  batch?: number;
  /** Default "bfloat16". */
  dtype?: Dtype;
}

/** Σ over layers of batch · min(tokens, window) · numbers per token · bytes; a state counts once, however long the text. */
export function cacheBytes(counted: Account, { tokens, batch = 1, dtype = "bfloat16" }: CacheOptions): number {
  for (const [name, value] of Object.entries({ tokens, batch }))
    if (!Number.isInteger(value) || value < 0)
      throw new RangeError(`cacheBytes: ${name} must be an integer from 0, got ${value}`);
  const numbers = counted.caches.reduce((sum, { form, layers, numbers: each, window, every = 1 }) => {
    const kept = form === "state" ? 1 : Math.floor(Math.min(tokens, window ?? Infinity) / every);
    return sum + Number(layers.value * each.value) * kept;
  }, 0);
  return batch * numbers * bytesPerNumber(dtype);
}

/** Bytes that one more token adds, while no window is full. */
export const cacheBytesPerToken = (counted: Account, dtype: Dtype = "bfloat16"): number =>
  cacheBytes(counted, { tokens: 1, dtype }) - cacheBytes(counted, { tokens: 0, dtype });
