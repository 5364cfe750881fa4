/** A measured step beside its bound. */

import { checkNumbers } from "../../config/options.js";
import type { Account } from "../account.js";
import type { Device } from "../devices/index.js";
import type { Phase } from "../step.js";
import { bound, type BoundOptions, type Limit } from "./bound.js";

export interface BesideBound {
  readonly phase: Phase;
  readonly batch: number;
  /** Tokens per second: at most, as `bound` says, and as measured. */
  readonly predicted: number;
  readonly measured: number;
  /** measured / predicted. */
  readonly ratio: number;
  /** What the bound is made by. */
  readonly by: Limit;
}

/** How near a step that was measured comes to the bound for it.
 *  @param seconds of the step: in prefill of reading all texts of the batch, in decode of one token more for each
 *  @example
 *  ```ts
 *  import { account, findModel } from "twinformer/account";
 *  import { besideBound } from "twinformer/cost";
 *
 *  const llama = account(findModel("Llama-2-7b")!.config!);
 *  console.log(besideBound(llama, "RTX-4090", { phase: "decode", context: 128 }, 1 / 60).ratio); // of 60 tokens/s
 *  ```
 */
export function besideBound(
  counted: Account,
  device: Device | string,
  options: BoundOptions,
  seconds: number,
): BesideBound {
  checkNumbers("besideBound", { seconds }, { above: 0 });
  const { phase, tokensPerSecond: predicted, seconds: least, bound: by } = bound(counted, device, options);
  const ratio = least / seconds;
  return { phase, batch: options.batch ?? 1, predicted, measured: predicted * ratio, ratio, by };
}
