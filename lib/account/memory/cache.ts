/** What generating a text keeps in memory for each token that was read or written. */

import { checkIntegers } from "../../config/options.js";
import type { Account } from "../account.js";
import type { Cache } from "../architecture.js";
import { bytesPerNumber, dtypeOf, type DtypeName } from "./dtypes.js";

export interface CacheOptions {
  /** Length of the text so far, in tokens. */
  tokens: number;
  /** Texts at the same time. Default 1. */
  batch?: number;
  /** Default "bfloat16". */
  dtype?: DtypeName;
}

/** Σ over layers of batch · min(tokens, window) · numbers per token · bytes; a state counts once, however long the text. The least
 *  that is needed: what an engine sets aside is `reservedCacheBytes`. */
export const cacheBytes = (counted: Account, options: CacheOptions): number =>
  summed("cacheBytes", counted, options, ({ window }, tokens) => Math.min(tokens, window ?? Infinity));

/** Bytes that one more token adds, while no window is full. */
export const cacheBytesPerToken = (counted: Account, dtype: DtypeName = "bfloat16"): number =>
  cacheBytes(counted, { tokens: 1, dtype }) - cacheBytes(counted, { tokens: 0, dtype });

export interface ReserveOptions extends CacheOptions {
  /** Tokens of a page, the unit in which memory is set aside. Default 16, as in vLLM. */
  page?: number;
}

/** What an engine sets aside for the same texts: whole pages of tokens, and, in a model that mixes layers with a window and layers
 *  without, pages for the full length in all of them. So vLLM does it where its manager of hybrid caches is off, and while a text is
 *  read; SGLang and others keep windows apart. gpt-oss-20b with 32 texts of 8,192 tokens: 12.00 GiB, where 6.09 GiB are needed.
 *  Source: https://github.com/alvarobartt/hf-mem/pull/70 */
export function reservedCacheBytes(counted: Account, options: ReserveOptions): number {
  const { page = 16 } = options;
  checkIntegers("reservedCacheBytes", { page }, { from: 1 });
  const mixed = isMixed(counted);
  return summed("reservedCacheBytes", counted, options, ({ window }, tokens) => {
    const kept = mixed ? tokens : Math.min(tokens, window ?? Infinity);
    return Math.ceil(kept / page) * page;
  });
}

/** True where some layers look at a window, others at all tokens. */
function isMixed({ caches }: Account): boolean {
  const tokens = caches.filter(({ form, layers }) => form !== "state" && layers.value > 0n);
  return tokens.some(({ window }) => window !== null) && tokens.some(({ window }) => window === null);
}

function summed(
  operation: string,
  { caches }: Account,
  { tokens, batch = 1, dtype = "bfloat16" }: CacheOptions,
  kept: (cache: Cache, tokens: number) => number,
): number {
  checkIntegers(operation, { tokens, batch }, { from: 0 });
  const each = bytesPerNumber(dtypeOf(operation, dtype));
  const numbers = caches.reduce(
    (sum, cache) =>
      sum +
      Number(cache.layers.value * cache.numbers.value) *
        (cache.form === "state" ? 1 : Math.floor(kept(cache, tokens) / (cache.every ?? 1))),
    0,
  );
  return batch * numbers * each;
}
