/** How long a layer of experts takes on a cluster that nobody has to own. */

import { checkIntegers, checkNumbers } from "../config/options.js";
import type { Account } from "../account/account.js";
import { weightBytes, type WeightFormat } from "../cost/bytes/weights.js";
import { expertsTouched, placesTouched } from "../cost/coverage.js";
import { type Device, deviceOf } from "../cost/devices/index.js";
import { computeSeconds } from "../cost/roofline/compute.js";
import { dispatchBytes as dispatchBytesOf, rowWidth } from "../cost/roofline/network.js";
import type { AllToAll } from "./allToAll.js";

export interface ProjectOptions {
  machines: number;
  devicesPerMachine: number;
  /** Bytes a second, in one direction, from one device to other machines: 50e9 is one InfiniBand card of 400 Gb/s for each. */
  network: number;
  /** The same within a machine. Default: the device's link. */
  link?: number;
  /** Tokens that lie on each device in this step: in decode its texts, in prefill their tokens. */
  tokens: number;
  /** Format of the weights. Default "shipped": what the config says, else bfloat16. */
  dtype?: WeightFormat;
  /** Bytes of a number on its way to the experts and back. Default: as in `bound`, and 2. */
  dispatchBytes?: number;
  combineBytes?: number;
  /** Machines whose experts a token may use. Default: all. */
  machineLimit?: number;
  /** What was counted of real routing on as many devices (`allToAll`, copies "machine"), scaled to as many tokens: its overload and the
   *  rows of its busiest device. Default: by chance, and even. */
  counted?: AllToAll;
}

/** Seconds of one layer's experts, of the busiest device. */
export interface Projection {
  readonly machines: number;
  readonly devices: number;
  /** To multiply, and to read its experts once. */
  readonly compute: number;
  readonly memory: number;
  /** The longer of both, with the compute of the busiest device. */
  readonly work: number;
  /** What of it is lost to imbalance: with an even load it would be that much shorter. */
  readonly lost: number;
  /** To send within machines and across; both links work at the same time. */
  readonly within: number;
  readonly across: number;
  /** The longer of the two. */
  readonly network: number;
  /** work + network: one after the other. */
  readonly seconds: number;
  /** The longer of work and network: two halves of the batch in turn, one computing while the other is sent, without loss. */
  readonly overlapped: number;
}

/** On paper, with these assumptions:
 *  - N = machines · devicesPerMachine devices share the E experts; all else of the model is on each, and not in these seconds;
 *  - a device multiplies at its peak and reads at its full bandwidth, once, the experts that the tokens of all touch, E / N at most;
 *  - a row crosses to a machine once and is passed on within it (copies "machine" of `allToAll`); links carry both directions at full speed,
 *    and messages take no time to start: DeepEP's published kernels reach 86 to 99 % of 50 and 160 GB/s with 4,096 tokens a device;
 *  - by default tokens choose by chance, so that all devices send and compute the same. A token's k experts lie on `placesTouched` machines
 *    and devices; of its own machine's and device's share nothing is sent. With a limit of m machines, its k are among m / M of the experts.
 *  Sources: DeepSeek-AI 2024 (V3), §3.2.2, https://arxiv.org/abs/2412.19437; DeepEP, first README,
 *  https://github.com/deepseek-ai/DeepEP (read 2026-11-29)
 *  @example
 *  const deepseek = account(findModel("DeepSeek-V3")!.config!);
 *  const cluster = { machines: 8, devicesPerMachine: 8, network: 50e9, link: 160e9, tokens: 4096 };
 *  const [free, limited] = [8, 4].map((machineLimit) => projectExperts(deepseek, "H100", { ...cluster, machineLimit }));
 *  limited.across / free.across; // => 0.68541 */
export function projectExperts(model: Account, device: Device | string, options: ProjectOptions): Projection {
  const own = deviceOf("projectExperts", device);
  const { machines, devicesPerMachine, network, tokens, dtype = "shipped", machineLimit = machines, counted } = options;
  const { link = own.link?.bandwidth, combineBytes = 2 } = options;
  const { dispatchBytes = dispatchBytesOf(model, dtype, "projectExperts") } = options;
  checkIntegers("projectExperts", { machines, devicesPerMachine, tokens }, { from: 1 });
  checkIntegers("projectExperts", { machineLimit }, { from: 1, below: machines + 1 });
  checkNumbers("projectExperts", { network, dispatchBytes, combineBytes }, { above: 0 });
  if (devicesPerMachine > 1) checkNumbers("projectExperts", { link }, { above: 0 });
  const { total: E, topK } = model.experts;
  if (model.moeLayers === 0) throw new RangeError(`projectExperts: ${model.file} must have experts`);
  if (topK > Math.floor((E * machineLimit) / machines))
    throw new RangeError(
      `projectExperts: machineLimit ${machineLimit} of ${machines} machines leaves fewer than ${topK} experts to a token`,
    );
  const devices = machines * devicesPerMachine;
  if (counted && counted.load.length !== devices)
    throw new RangeError(`projectExperts: counted must be of ${devices} devices, got ${counted.load.length}`);

  const step = { phase: "decode", context: 1, dtype, kvDtype: "bfloat16" } as const;
  const compute = computeSeconds(model, own, step, { experts: tokens, others: 0 }) / model.moeLayers;
  const read = expertsTouched(E, topK, tokens * devices) / E / devices;
  const memory = (weightBytes(model, dtype, "projectExperts").experts / model.moeLayers) * (read / own.bandwidth);
  const work = Math.max(compute * (counted?.overload ?? 1), memory);

  const bytes = rowWidth(model) * (dispatchBytes + combineBytes);
  const sent = counted ? ofBusiest(counted, (tokens * devices) / counted.nToken) : byChance();
  const within = devicesPerMachine === 1 ? 0 : (sent.within * bytes) / link!;
  const across = machines === 1 ? 0 : (sent.across * bytes) / network;
  const slower = Math.max(within, across);
  return {
    machines,
    devices,
    compute,
    memory,
    work,
    lost: work - Math.max(compute, memory),
    within,
    across,
    network: slower,
    seconds: work + slower,
    overlapped: Math.max(work, slower),
  };

  /** Rows of one device, one way. */
  function byChance(): Sent {
    const allowed = Math.floor((E * machineLimit) / machines);
    const visited = placesTouched(allowed, topK, machineLimit);
    const needed = placesTouched(allowed, topK, machineLimit * devicesPerMachine);
    return {
      across: tokens * visited * (1 - 1 / machines),
      within: tokens * needed * (1 - 1 / devicesPerMachine),
    };
  }
}

interface Sent {
  within: number;
  across: number;
}

const ofBusiest = ({ busiest, nToken }: AllToAll, times: number): Sent =>
  nToken === 0 ? { within: 0, across: 0 } : { within: busiest.within * times, across: busiest.across * times };
