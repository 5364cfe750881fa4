/** Which device holds which experts, and which machine it stands in. */

import { checkIntegers } from "../config/options.js";

/** E experts on N devices in M machines. Each device owns the weights of the experts in its slots, and no others. */
export interface Placement {
  /** E. */
  readonly nExpert: number;
  /** [N] the experts of each device. One that many tokens choose may have replicas, in slots of several devices or of one. */
  readonly slots: readonly (readonly number[])[];
  /** M: each machine holds N / M neighboring devices, among which sending is faster. */
  readonly machines: number;
}

export interface ClusterOptions {
  /** N. */
  devices: number;
  /** M, which divides N. Default 1. */
  machines?: number;
}

/** Neighboring experts on one device, as many on each as on any other or one more: device d has the experts ⌊d · E / N⌋ to below
 *  ⌊(d + 1) · E / N⌋. With more devices than experts, some have none.
 *  @example
 *  placeExperts(8, { devices: 4, machines: 2 }).slots; // => [[0, 1], [2, 3], [4, 5], [6, 7]] */
export function placeExperts(nExpert: number, { devices, machines = 1 }: ClusterOptions): Placement {
  checkIntegers("placeExperts", { nExpert }, { from: 1 });
  checkCluster("placeExperts", devices, machines);
  const first = (device: number): number => Math.floor((device * nExpert) / devices);
  const slots = Array.from({ length: devices }, (_, d) =>
    Array.from({ length: first(d + 1) - first(d) }, (_, i) => first(d) + i),
  );
  return { nExpert, slots, machines };
}

/** The machine of a device. */
export const machineOf = ({ slots, machines }: Placement, device: number): number =>
  Math.floor((device * machines) / slots.length);

export function checkCluster(operation: string, devices: number, machines: number): void {
  checkIntegers(operation, { devices, machines }, { from: 1 });
  if (devices % machines !== 0)
    throw new RangeError(
      `${operation}: each machine must have as many devices, but ${machines} machines cannot share ${devices}`,
    );
}

/** Every expert must be somewhere, and nothing else. */
export function checkPlacement(operation: string, { nExpert, slots, machines }: Placement): void {
  checkIntegers(operation, { nExpert }, { from: 1 });
  checkCluster(operation, slots.length, machines);
  checkIntegers(operation, Object.fromEntries(slots.flat().map((e, i) => [`the expert of slot ${i}`, e])), {
    from: 0,
    below: nExpert,
  });
  const placed = new Set(slots.flat());
  const missing = Array.from({ length: nExpert }, (_, e) => e).find((e) => !placed.has(e));
  if (missing !== undefined)
    throw new RangeError(`${operation}: the placement has no slot for expert ${missing} of ${nExpert}; give it one`);
}
