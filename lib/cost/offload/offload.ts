/** A device that is too small: what stays outside, and how fast it can be brought in. */

import { checkIntegers, checkNumbers } from "../../config/options.js";
import type { Account } from "../account.js";
import { stepBytes } from "../bytes/step.js";
import type { WeightFormat } from "../bytes/weights.js";
import { type Device, deviceOf } from "../devices/index.js";
import { bound } from "../roofline/bound.js";
import { type CapacityOptions } from "../roofline/capacity.js";
import { fit } from "../roofline/fit.js";
import { allExperts } from "./expertBytes.js";
import { expertsOnHost } from "./onHost.js";

export interface OffloadOptions extends Omit<CapacityOptions, "devices"> {
  /** Bytes a second at which weights come that the device does not hold. Default that to the host's memory; where that is the device's
   *  own, that of its storage. */
  link?: number;
  /** The hit rate of a cache that holds this share of each layer's experts, as `cacheRows` measured it. Default the share itself: uniform
   *  routing, and nothing known of what comes. */
  hitRate?: (share: number) => number;
}

export interface Offload {
  readonly model: string;
  readonly device: string;
  readonly dtype: string;
  /** Bytes of all weights, of the cache of keys and values, and what the device can give to both. */
  readonly weights: number;
  readonly cache: number;
  readonly memory: number;
  readonly fits: boolean;
  /** Tokens that a text may have with all weights in the memory, as `fit`; 0 where they do not fit. */
  readonly longest: number;
  /** Layers whose experts stay outside if whole layers do, as `expertsOnHost`; null where that is not enough. */
  readonly layersOutside: number | null;
  /** Share of each layer's experts that the memory holds; null where every token needs all there is. */
  readonly held: number | null;
  /** Bytes of weights that a step brings in. */
  readonly linkBytes: number;
  /** At most, if all that comes by the link came while the device computes. */
  readonly tokensPerSecond: number;
  /** If the device waited for all of it: fetched when a router asks, not before. */
  readonly waitingTokensPerSecond: number;
  /** What holds it up: computing, its own memory, or what comes by the link. */
  readonly bound: "compute" | "memory" | "link";
}

/** Decoding on a device whose memory may be too small for the weights. It holds first what each step needs whole, then experts, of each
 *  layer as many; all else lies outside and comes by the link, for this step alone: of what each step needs the rest, of experts those
 *  that the batch touches and the memory does not hold. Rows of embeddings stay outside at no cost, as a step reads one a token. It
 *  bounds the time from below as `bound` does, with the link as a fourth limit.
 *  @example
 *  ```ts
 *  import { account, findModel } from "twinformer/account";
 *  import { offload } from "twinformer/cost";
 *
 *  const olmoe = account(findModel("OLMoE-1B-7B")!.config!);
 *  for (const dtype of ["bfloat16", "int4"] as const) {
 *    const { fits, tokensPerSecond } = offload(olmoe, "Jetson-Orin-Nano-8GB", { context: 2048, dtype });
 *    console.log(dtype, fits, tokensPerSecond.toFixed(1)); // bfloat16 false 4.2, int4 true 98.4
 *  }
 *  ```
 */
export function offload(counted: Account, device: Device | string, options: OffloadOptions): Offload {
  const own = deviceOf("offload", device);
  const { context, batch = 1, dtype = "shipped", hitRate = (share: number) => share } = options;
  checkIntegers("offload", { context, batch }, { from: 1 });
  const step = { ...options, phase: "decode", context, batch } as const;
  const { capacity, context: longest } = fit(counted, own, options);
  const { memory, weights, cache, fits } = capacity;
  const all = allExperts("offload", counted, dtype);
  const needed = stepBytes(counted, step);
  const room = Math.max(0, memory - cache);
  const held = all === 0 ? null : Math.min(1, Math.max(0, room - needed.dense) / all);
  const rate = held === null ? 1 : hitRate(held);
  checkNumbers("offload", { hitRate: rate }, { from: 0 });
  const missed = held === 1 || all === 0 ? 0 : needed.experts * Math.max(0, 1 - rate);
  const linkBytes = Math.max(0, needed.dense - room) + missed;
  const link = linkBytes === 0 ? Infinity : linkOf(own, options.link);
  const { seconds, bound: by } = bound(counted, own, step);
  const bringing = linkBytes / link;
  return {
    ...{ model: counted.file, device: own.name, dtype: nameOf(dtype), weights, cache, memory, fits, longest },
    layersOutside: expertsOnHost(counted, own, options).layers,
    ...{ held, linkBytes },
    tokensPerSecond: batch / Math.max(seconds, bringing),
    waitingTokensPerSecond: batch / (seconds + bringing),
    bound: bringing > seconds ? "link" : by === "network" ? "memory" : by,
  };
}

export interface OffloadRowsOptions extends Omit<OffloadOptions, "dtype"> {
  /** One row for each, of each model. Default bfloat16, int8, int4. */
  dtypes?: readonly WeightFormat[];
}

/** The same for several models and formats: does a mixture do on a small device what it does on a large one? Beside it belong the dense
 *  models with as many parameters in total and as many active ones (`denseTwins`).
 *  @example
 *  ```ts
 *  import { account, findModel } from "twinformer/account";
 *  import { offloadRows } from "twinformer/cost";
 *
 *  const models = ["OLMoE-1B-7B", "Llama-3.2-1B"].map((name) => account(findModel(name)!.config!, { file: name }));
 *  console.table(offloadRows(models, "Jetson-Orin-Nano-8GB", { context: 2048 }));
 *  ```
 */
export function offloadRows(
  models: readonly Account[],
  device: Device | string,
  { dtypes = ["bfloat16", "int8", "int4"], ...options }: OffloadRowsOptions,
): Offload[] {
  return models.flatMap((counted) => dtypes.map((dtype) => offload(counted, device, { ...options, dtype })));
}

const nameOf = (dtype: WeightFormat): string => (typeof dtype === "object" ? `${dtype.bits} bits` : dtype);

function linkOf({ name, host, storage }: Device, given: number | undefined): number {
  const link = given ?? host ?? storage?.bandwidth;
  if (link === undefined)
    throw new RangeError(
      `offload: nothing is known of what lies beyond the memory of ${name}; give link in bytes a second`,
    );
  checkNumbers("offload", { link }, { above: 0 });
  return link;
}
