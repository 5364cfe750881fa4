/** The largest batch and the longest texts that fit, and how many devices a model needs. */

import { checkIntegers } from "../../config/options.js";
import { cacheBytes } from "../../account/memory/cache.js";
import type { Account } from "../account.js";
import { weightBytes } from "../bytes/weights.js";
import { type Device, deviceOf } from "../devices/index.js";
import { capacity, type Capacity, type CapacityOptions } from "./capacity.js";

export interface Fit {
  readonly capacity: Capacity;
  /** Texts of `context` tokens that fit at the same time; 0 where not one does; Infinity where nothing is kept for a text. */
  readonly batch: number;
  /** Tokens that each of `batch` texts may have; 0 where not one fits; Infinity where what is kept does not grow, as in a state. */
  readonly context: number;
  /** Devices that hold the weights and the cache of `batch` texts of `context` tokens; null where that many cannot work together, or none
   *  holds what each must have whole. */
  readonly devices: number | null;
}

/** Does the model fit, and what else does?
 *  @example
 *  ```ts
 *  import { account, findModel } from "twinformer/account";
 *  import { fit } from "twinformer/cost";
 *
 *  const deepseek = account(findModel("DeepSeek-V3")!.config!);
 *  console.log(fit(deepseek, "H100-SXM", { context: 4096, dtype: "fp8" }).devices); // 10: eight have 640 GB
 *  ```
 */
export function fit(counted: Account, device: Device | string, options: CapacityOptions): Fit {
  const own = deviceOf("fit", device);
  const { context, batch = 1, kvDtype = "bfloat16", dtype = "shipped", share = 0.9, sharing = "layers" } = options;
  checkIntegers("fit", { context, batch }, { from: 1 });
  const room = capacity(counted, own, options);
  const left = room.memory - room.weights;
  const kept = (tokens: number, texts: number): number => cacheBytes(counted, { tokens, batch: texts, dtype: kvDtype });
  const each = kept(context, 1);
  const { experts, others } = weightBytes(counted, dtype, "fit");
  // What each device has whole, and what they divide.
  const [whole, divided] = sharing === "experts" ? [others, experts] : [0, experts + others];
  const free = own.memory * share - whole;
  const devices = free > 0 ? Math.max(1, Math.ceil((divided + kept(context, batch)) / free)) : Infinity;
  return {
    capacity: room,
    batch: left < 0 ? 0 : each === 0 ? Infinity : Math.floor(left / each),
    context: longest((tokens) => kept(tokens, batch) <= left),
    devices: devices === Infinity || (devices > 1 && own.link === null) ? null : devices,
  };
}

/** Longer than any text. */
const ENDLESS = 2 ** 40;

/** The largest number for which it holds, by halving. */
function longest(fits: (tokens: number) => boolean): number {
  if (!fits(0)) return 0;
  if (fits(ENDLESS)) return Infinity;
  let [good, bad] = [0, ENDLESS];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (fits(middle)) good = middle;
    else bad = middle;
  }
  return good;
}
