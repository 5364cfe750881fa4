/** Does it fit, and what is left for the cache? */

import { checkIntegers, checkNumbers, checkWord } from "../../config/options.js";
import { type Account, type DtypeName } from "../account.js";
import { cacheBytes } from "../../account/memory/cache.js";
import { weightBytes, type WeightFormat } from "../bytes/weights.js";
import { type Device, deviceOf } from "../devices/index.js";
import { type Sharing, SHARINGS } from "../step.js";

export interface CapacityOptions {
  context: number;
  /** Texts at the same time. Default 1. */
  batch?: number;
  /** Format of the weights. Default "shipped": what the config says, else bfloat16. */
  dtype?: WeightFormat;
  /** Format of the cache. Default "bfloat16". */
  kvDtype?: DtypeName;
  /** Default 1. */
  devices?: number;
  /** What they share; with "experts", each holds all other weights. Default "layers". */
  sharing?: Sharing;
  /** Share of the memory that weights and cache may take. The rest is for activations, the engine and what is left unused between
   *  pages. Default 0.9, as of vLLM's gpu_memory_utilization. */
  share?: number;
}

export interface Capacity {
  readonly fits: boolean;
  /** Bytes that all devices together may give to weights and cache. */
  readonly memory: number;
  /** Of all devices: what each holds counts as often. */
  readonly weights: number;
  readonly cache: number;
  /** memory - weights - cache: below 0, what is missing. */
  readonly left: number;
}

/** Weights whole, experts included, and a cache for all texts.
 *  @example
 *  ```ts
 *  import { account, findModel } from "twinformer/account";
 *  import { capacity } from "twinformer/cost";
 *
 *  const mixtral = account(findModel("Mixtral-8x7B")!.config!);
 *  console.log(capacity(mixtral, "H100-SXM", { context: 4096 }).fits); // false: 93 GB
 *  console.log(capacity(mixtral, "H100-SXM", { context: 4096, devices: 2 }).fits); // true
 *  ```
 */
export function capacity(counted: Account, device: Device | string, options: CapacityOptions): Capacity {
  const { context, batch = 1, dtype = "shipped", kvDtype = "bfloat16", devices = 1, share = SHARE } = options;
  const { sharing = "layers" } = options;
  checkIntegers("capacity", { context, batch }, { from: 0 });
  checkIntegers("capacity", { devices }, { from: 1 });
  checkNumbers("capacity", { share }, { above: 0 });
  checkWord("capacity", "sharing", sharing, SHARINGS);
  const memory = deviceOf("capacity", device).memory * devices * share;
  const { experts, others } = weightBytes(counted, dtype, "capacity");
  const weights = experts + others * (sharing === "experts" ? devices : 1);
  const cache = cacheBytes(counted, { tokens: context, batch, dtype: kvDtype });
  const left = memory - weights - cache;
  return { fits: left >= 0, memory, weights, cache, left };
}

const SHARE = 0.9;
