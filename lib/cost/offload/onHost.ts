/** How many layers' experts must stay in the host's memory, where the device has no room for all. */

import type { Account } from "../account.js";
import { type Device, deviceOf } from "../devices/index.js";
import { capacity, type CapacityOptions } from "../roofline/capacity.js";
import { allExperts } from "./expertBytes.js";

export interface OnHost {
  /** Layers whose experts stay with the host; null where even without experts the rest does not fit. */
  readonly layers: number | null;
  /** Layers that have experts. */
  readonly of: number;
  /** Bytes of one layer's experts. */
  readonly perLayer: number;
  /** What llama.cpp's --n-cpu-moe takes: it counts from the first layer, and layers without experts that come first count, too. */
  readonly nCpuMoe: number | null;
}

/** The fewest layers whose experts stay with the host, so that all else and the cache fit the device.
 *  @example
 *  ```ts
 *  import { account, findModel } from "twinformer/account";
 *  import { expertsOnHost } from "twinformer/cost";
 *
 *  const gptOss = account(findModel("gpt-oss-120b")!.config!);
 *  console.log(expertsOnHost(gptOss, "RTX-4090", { context: 8192 }).nCpuMoe); // of 36 layers
 *  ```
 */
export function expertsOnHost(counted: Account, device: Device | string, options: CapacityOptions): OnHost {
  const { left } = capacity(counted, deviceOf("expertsOnHost", device), options);
  const of = counted.moeLayers;
  const perLayer = of === 0 ? 0 : allExperts("expertsOnHost", counted, options.dtype) / of;
  const missing = left >= 0 ? 0 : Math.ceil(-left / perLayer);
  const layers = missing <= of ? missing : null;
  return { layers, of, perLayer, nCpuMoe: layers === null || layers === 0 ? layers : layers + denseFirst(counted) };
}

/** Layers without experts that come before those with, by the field that says so in nearly all such files. */
function denseFirst({ config }: Account): number {
  const first = config.first_k_dense_replace;
  return typeof first === "number" && Number.isSafeInteger(first) && first > 0 ? first : 0;
}
