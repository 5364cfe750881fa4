/** Hot experts several times: what a router does not balance, more slots can. */

import { checkIntegers } from "../config/options.js";
import { checkLoad } from "../moe/check.js";
import { maxViolation } from "../moe/metrics/load.js";
import { checkCluster, checkPlacement, type ClusterOptions, type Placement } from "./placement.js";

export interface ReplicaOptions extends ClusterOptions {
  /** Slots of all devices together, the same number on each: those beyond E hold replicas. */
  slots: number;
  /** Groups of neighboring experts, of which a token uses few (`nGroup` of select "groupLimited"). Where the machines divide them, a
   *  group stays within one machine. Default 1: no groups. */
  nGroup?: number;
}

/** Places experts and replicas so that the devices get about as many rows. load [E], of any unit: what was counted before stands for
 *  what will come. Greedy, in three steps:
 *  1. groups go to machines, the heaviest first, each to the lightest machine that has room;
 *  2. in each machine, every further slot goes to the expert with the most load a replica;
 *  3. replicas go to devices as groups do to machines.
 *  Where the machines do not divide the groups, step 1 is left out, and 2 and 3 see all devices as one machine.
 *  Source: DeepSeek's EPLB, README and eplb.py, https://github.com/deepseek-ai/EPLB (read 2026-11-29)
 *  @example
 *  placeReplicas([4, 1, 1], { slots: 4, devices: 2 }).slots; // => [[0, 1], [0, 2]] */
export function placeReplicas(load: readonly number[], options: ReplicaOptions): Placement {
  const { slots, devices, machines = 1, nGroup = 1 } = options;
  checkLoad("placeReplicas", load);
  const nExpert = load.length;
  checkIntegers("placeReplicas", { "the number of experts": nExpert, nGroup }, { from: 1 });
  checkCluster("placeReplicas", devices, machines);
  checkIntegers("placeReplicas", { slots }, { from: nExpert });
  if (slots % devices !== 0)
    throw new RangeError(`placeReplicas: slots must be a multiple of the ${devices} devices, got ${slots}`);
  if (nExpert % nGroup !== 0)
    throw new RangeError(`placeReplicas: nGroup must divide the ${nExpert} experts, got ${nGroup}`);
  const [parts, groups] = nGroup % machines === 0 ? [machines, nGroup] : [1, 1];
  const size = nExpert / groups;
  const members = (group: number): number[] => Array.from({ length: size }, (_, i) => group * size + i);
  const groupLoads = Array.from({ length: groups }, (_, g) => members(g).reduce((sum, e) => sum + load[e], 0));
  const placed = packed(groupLoads, parts).flatMap((own) => {
    const experts = replicated(own.flatMap(members), load, slots / parts);
    const shares = experts.map(({ expert, replicas }) => load[expert] / replicas);
    return packed(shares, devices / parts).map((pack) => pack.map((i) => experts[i].expert));
  });
  return { nExpert, slots: placed, machines };
}

/** Items in packs of equal number, by falling weight each into the lightest pack that has room.
 *  @returns the items of each pack */
function packed(weights: readonly number[], packs: number): number[][] {
  const room = weights.length / packs;
  const result = Array.from({ length: packs }, () => ({ items: [] as number[], weight: 0 }));
  const order = weights.map((_, i) => i).sort((a, b) => weights[b] - weights[a]); // a stable sort: ties in their order
  for (const item of order) {
    const open = result.filter(({ items }) => items.length < room);
    const lightest = open.reduce((least, pack) => (pack.weight < least.weight ? pack : least));
    lightest.items.push(item);
    lightest.weight += weights[item];
  }
  return result.map(({ items }) => items);
}

/** Each expert, then one replica more of that with the most load a replica, until there are `count`. */
function replicated(
  experts: readonly number[],
  load: readonly number[],
  count: number,
): { expert: number; replicas: number }[] {
  const replicas = new Map(experts.map((e) => [e, 1]));
  const each = (e: number): number => load[e] / replicas.get(e)!;
  const all = [...experts];
  while (all.length < count) {
    const hottest = experts.reduce((most, e) => (each(e) > each(most) ? e : most));
    replicas.set(hottest, replicas.get(hottest)! + 1);
    all.push(hottest);
  }
  return all.map((expert) => ({ expert, replicas: replicas.get(expert)! }));
}

/** [N] load of each device, if every expert's is spread evenly over its replicas. load [E].
 *  @example
 *  deviceLoads([4, 1, 1], placeReplicas([4, 1, 1], { slots: 4, devices: 2 })); // => [3, 3] */
export function deviceLoads(load: readonly number[], placement: Placement): number[] {
  checkLoad("deviceLoads", load);
  checkPlacement("deviceLoads", placement);
  if (load.length !== placement.nExpert)
    throw new RangeError(`deviceLoads: the load is of ${load.length} experts, but ${placement.nExpert} are placed`);
  const replicas = new Array<number>(placement.nExpert).fill(0);
  for (const expert of placement.slots.flat()) replicas[expert]++;
  return placement.slots.map((own) => own.reduce((sum, e) => sum + load[e] / replicas[e], 0));
}

/** max / mean of the devices' loads: 1 is even. All wait for the busiest, so a layer takes so many times as long; of the time of all
 *  devices, 1 - 1 / overload is lost. 1 where there is no load.
 *  @example
 *  overloadOf([3, 3, 6]); // => 1.5 */
export const overloadOf = (loads: readonly number[]): number => 1 + maxViolation(loads);
