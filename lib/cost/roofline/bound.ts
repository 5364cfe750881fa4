/** How fast a device can be at most: what must be computed, what must be moved, and how much of both it does in a second. */

import { checkIntegers } from "../../config/options.js";
import type { Account, DtypeName, Tensor } from "../account.js";
import { type StepBytes, stepBytes } from "../bytes/step.js";
import { storedAs, type WeightFormat } from "../bytes/weights.js";
import { type Device, deviceOf } from "../devices/index.js";
import { flops, rowsOf } from "../flops/flops.js";
import { productsOf } from "../flops/products.js";
import { checkStep, type Phase, type StepOptions } from "../step.js";
import { capacity, type Capacity } from "./capacity.js";
import { peakOf } from "./peaks.js";

export interface BoundOptions extends StepOptions {
  /** Format of the weights. Default "shipped": what the config says, else bfloat16. */
  dtype?: WeightFormat;
  /** Format of the cache. Default "bfloat16". */
  kvDtype?: DtypeName;
  /** Devices that share each layer (tensor parallel). Default 1. */
  devices?: number;
  /** How many experts a batch touches, as in `stepBytes`. "uniform", the default, is what to expect; routers prefer some experts, so
   *  a large batch may be faster. Nothing is faster than with "fewest". */
  touched?: "uniform" | "fewest";
}

export type Limit = "compute" | "memory" | "network";

export interface Bound {
  readonly phase: Phase;
  readonly device: string;
  readonly devices: number;
  readonly flops: number;
  readonly bytes: StepBytes;
  /** Bytes that one device sends to the others. */
  readonly networkBytes: number;
  /** Seconds of a step if nothing but this took time. */
  readonly limits: Readonly<Record<Limit, number>>;
  /** Seconds of a step, at least: the largest of the three, as if they overlapped without loss. */
  readonly seconds: number;
  /** Which of the three it is. */
  readonly bound: Limit;
  /** At most: in decode tokens that are written by all texts together, in prefill tokens that are read. */
  readonly tokensPerSecond: number;
  /** For one such token, at most, where the device draws all that it may: less where it waits. Null where its power is not known. */
  readonly joulesPerToken: number | null;
  /** Whether weights and cache fit. */
  readonly capacity: Capacity;
}

/** The bound of one step on a device, as of a roofline: no engine can be faster where routing is uniform, and good ones come near.
 *  Several devices each do an equal share; after attention and after the feed-forward part of each layer they add up their results
 *  (all-reduce in a ring: each sends 2 · (n - 1) / n of the layer's output in bfloat16). Left out: the time in which messages travel, what
 *  starts a kernel, activations, keys and values that several devices hold, and whatever a kernel loses.
 *  Source: Williams, Waterman and Patterson 2009, https://doi.org/10.1145/1498765.1498785
 *  @example
 *  ```ts
 *  import { account, findModel } from "twinformer/account";
 *  import { bound } from "twinformer/cost";
 *
 *  const llama = account(findModel("Llama-2-7b")!.config!);
 *  const { tokensPerSecond, bound: by } = bound(llama, "H100-SXM", { phase: "decode", context: 512 });
 *  console.log(tokensPerSecond.toFixed(0), by); // 248 memory
 *  ```
 */
export function bound(counted: Account, device: Device | string, options: BoundOptions): Bound {
  const own = deviceOf("bound", device);
  const { dtype = "shipped", kvDtype = "bfloat16", devices = 1, touched = "uniform" } = options;
  const step = checkStep("bound", options);
  checkIntegers("bound", { devices }, { from: 1 });
  if (devices > 1 && !own.link)
    throw new RangeError(`bound: ${own.name} has no link to others of its kind, so devices must be 1, got ${devices}`);
  const bytes = stepBytes(counted, { ...step, dtype, kvDtype, touched });
  const networkBytes = sentBytes(counted, step, devices);
  const limits = {
    compute: computeSeconds(counted, own, { ...step, dtype, kvDtype }) / devices,
    memory: bytes.total / own.bandwidth / devices,
    network: networkBytes === 0 ? 0 : networkBytes / own.link!.bandwidth,
  };
  const by = (Object.keys(limits) as Limit[]).reduce((most, limit) => (limits[limit] > limits[most] ? limit : most));
  const seconds = limits[by];
  const tokens = step.batch * (step.phase === "decode" ? 1 : step.context);
  return {
    phase: step.phase,
    device: own.name,
    devices,
    flops: flops(counted, step).total,
    bytes,
    networkBytes,
    limits,
    seconds,
    bound: by,
    tokensPerSecond: tokens / seconds,
    joulesPerToken: own.watts === null ? null : (own.watts * devices * seconds) / tokens,
    capacity: capacity(counted, own, { ...step, dtype, kvDtype, devices }),
  };
}

/** Each product at the speed of the format of its weight, attention at that of the cache. */
function computeSeconds(
  counted: Account,
  device: Device,
  { dtype, kvDtype, ...step }: Required<Omit<BoundOptions, "devices" | "touched">>,
): number {
  const rows = rowsOf(counted, step);
  // Seconds for one FLOP with each tensor, of which some layers may be stored in another format.
  const each = new Map<Tensor, number>();
  for (const { tensor, dtype: format, parameters } of storedAs(counted, dtype, "bound")) {
    const share = tensor.total === 0n ? 0 : Number(parameters) / Number(tensor.total);
    each.set(tensor, (each.get(tensor) ?? 0) + share / peakOf(device, format));
  }
  let seconds = 0;
  let weights = 0;
  for (const product of productsOf(counted)) {
    const own = 2 * step.batch * product.products * rows(product);
    weights += own;
    seconds += own * (each.get(product.tensor) ?? 0);
  }
  const rest = flops(counted, step).total - weights;
  return seconds + rest / peakOf(device, kvDtype);
}

/** All-reduce in a ring, twice a layer, of D numbers of 2 bytes for each token. */
function sentBytes(counted: Account, step: Required<StepOptions>, devices: number): number {
  const tokens = step.batch * (step.phase === "decode" ? 1 : step.context);
  return ((2 * (devices - 1)) / devices) * 2 * counted.layers * tokens * Number(counted.width) * 2;
}
