/** How fast a device can be at most: what must be computed, what must be moved, and how much of both it does in a second. */

import { checkIntegers, checkWord } from "../../config/options.js";
import type { Account, DtypeName } from "../account.js";
import { type StepBytes, stepBytes } from "../bytes/step.js";
import type { WeightFormat } from "../bytes/weights.js";
import { type Device, deviceOf } from "../devices/index.js";
import { flops } from "../flops/flops.js";
import { checkStep, type Phase, type Sharing, SHARINGS, type StepOptions } from "../step.js";
import { capacity, type Capacity } from "./capacity.js";
import { computeSeconds } from "./compute.js";
import { sentBytes } from "./network.js";

export interface BoundOptions extends StepOptions {
  /** Format of the weights. Default "shipped": what the config says, else bfloat16. */
  dtype?: WeightFormat;
  /** Format of the cache. Default "bfloat16". */
  kvDtype?: DtypeName;
  /** Default 1. */
  devices?: number;
  /** What of a layer they share. Default "layers". */
  sharing?: Sharing;
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
  /** Bytes that one device sends to the others; where experts are shared, of the device with the most texts, with what it gets back. */
  readonly networkBytes: number;
  /** Seconds of a step if nothing but this took time. */
  readonly limits: Readonly<Record<Limit, number>>;
  /** Seconds of a step, at least: the largest of the three, as if they overlapped without loss. */
  readonly seconds: number;
  /** Which of the three it is. */
  readonly bound: Limit;
  /** At most: in decode tokens that are written by all texts together, in prefill tokens that are read. */
  readonly tokensPerSecond: number;
  /** For one such token, if the device draws all that it may and is as fast as this bound. A slower step takes longer, and a device that
   *  waits draws less: so it is no bound itself. Null where its power is not known. */
  readonly joulesPerToken: number | null;
  /** Whether weights and cache fit. */
  readonly capacity: Capacity;
}

/** The bound of one step on a device, as of a roofline: no engine can be faster where routing is uniform, and good ones come near.
 *  Several devices that share layers each do an equal share; after attention and after the feed-forward part of each layer they add up
 *  their results (all-reduce in a ring: each sends 2 · (n - 1) / n of the layer's output in bfloat16).
 *  Devices that share experts each read all other weights and have texts of their own, so the one with the most, ⌈batch / n⌉, sets the time;
 *  of the experts each does an equal share, as if their load were even. In each layer with experts a token's row goes once to every
 *  other device that has some of its experts (`placesTouched`), and their sums come back (all-to-all, dispatch and combine). On its way
 *  there a number takes a byte where experts multiply in FP8 or INT8, else two; back, two. With "fewest" all of a token's experts are at
 *  home, so nothing is sent.
 *  Left out: the time in which messages travel, what starts a kernel, activations, keys and values that several devices hold, slower links
 *  between machines (`projectExperts` of twinformer/parallel), and whatever a kernel loses.
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
  const { dtype = "shipped", kvDtype = "bfloat16", devices = 1, sharing = "layers", touched = "uniform" } = options;
  const step = checkStep("bound", options);
  checkIntegers("bound", { devices }, { from: 1 });
  if (devices > 1 && !own.link)
    throw new RangeError(`bound: ${own.name} has no link to others of its kind, so devices must be 1, got ${devices}`);
  checkWord("bound", "sharing", sharing, SHARINGS);
  const formats = { dtype, kvDtype };
  // Texts of the device that has the most.
  const texts = sharing === "layers" ? step.batch / devices : Math.ceil(step.batch / devices);
  const bytes = movedBytes(counted, step, { ...formats, touched, devices, sharing });
  const networkBytes = sentBytes(counted, step, { dtype, devices, sharing, touched });
  const limits = {
    compute: computeSeconds(counted, own, { ...step, ...formats }, { experts: step.batch / devices, others: texts }),
    memory: ((bytes.dense + bytes.experts) / devices + (bytes.cache / step.batch) * texts) / own.bandwidth,
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
    capacity: capacity(counted, own, { ...step, ...formats, devices, sharing }),
  };
}

/** What all devices move together. */
function movedBytes(
  counted: Account,
  step: Required<StepOptions>,
  { devices, sharing, ...options }: Required<Omit<BoundOptions, keyof StepOptions>>,
): StepBytes {
  const all = stepBytes(counted, { ...step, ...options });
  if (sharing === "layers") return all;
  const own = stepBytes(counted, { ...step, ...options, batch: Math.ceil(step.batch / devices) });
  const dense = own.dense * devices;
  return { ...all, dense, total: dense + all.experts + all.cache };
}
