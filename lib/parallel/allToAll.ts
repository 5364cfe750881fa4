/** What a layer of experts must send, where they lie on several devices. */

import { checkIntegers, checkNumbers, checkWord } from "../config/options.js";
import { type Chosen, homesOf, type Slot, slotsFor } from "./owners.js";
import { checkPlacement, machineOf, type Placement } from "./placement.js";
import { overloadOf } from "./replicas.js";

const COPIES = ["expert", "device", "machine"] as const;
/** What gets a copy of a token's row: each expert that it chose; each device that has some of them, which adds up what they give; or each
 *  machine, in which the device of the same place as the token's own passes it on to those that need it (DeepSeek-V3, §3.2.2). */
export type Copies = (typeof COPIES)[number];

export interface AllToAllOptions {
  /** D: numbers of a row. Where experts work in another width (dLatent), that. */
  dModel: number;
  /** Bytes of a number on its way to the experts, and back. Default 2, as of bfloat16; DeepSeek-V3 dispatches in FP8: 1. */
  dispatchBytes?: number;
  combineBytes?: number;
  /** Default "device". */
  copies?: Copies;
  /** [T] the device of each token. Default: the tokens in order, on each device as many. */
  homes?: ArrayLike<number>;
}

/** One layer. Rows and bytes "within" go to another device of the same machine, those "across" to another machine. */
export interface AllToAll {
  readonly nToken: number;
  /** [N] rows that the experts of each device compute. */
  readonly load: readonly number[];
  /** Of the load, max / mean: see `overloadOf`. */
  readonly overload: number;
  /** Share of the devices' time that is lost, since all wait for the busiest: 1 - 1 / overload. */
  readonly waiting: number;
  /** [N][N] rows that device i sends to device j before the experts work, and gets back after; with i = j those that stay. */
  readonly rows: readonly (readonly number[])[];
  /** Rows of all devices, one way. */
  readonly stay: number;
  readonly within: number;
  readonly across: number;
  /** Share of these rows that leave their device, and their machine. */
  readonly leaveDevice: number;
  readonly leaveMachine: number;
  /** Of all devices, both ways. */
  readonly bytes: { readonly within: number; readonly across: number; readonly total: number };
  /** Rows of the device that sends or gets the most, one way. */
  readonly busiest: { readonly within: number; readonly across: number };
}

/** The messages of one layer: every token's row goes to the devices of its experts (dispatch), and their results come back (combine),
 *  so both ways take the same rows. Padding, the experts' numbers that go with a row, and scales of FP8 are left out.
 *  @example
 *  // Two tokens on two devices: the first stays at home, the second's two experts are both away.
 *  const placement = placeExperts(4, { devices: 2 });
 *  const { load, leaveDevice, bytes } = allToAll([[0, 1], [0, 1]], placement, { dModel: 16 });
 *  load; // => [4, 0]
 *  leaveDevice; // => 0.5
 *  bytes.total; // => 64 */
export function allToAll(chosen: Chosen, placement: Placement, options: AllToAllOptions): AllToAll {
  const { dModel, dispatchBytes = 2, combineBytes = 2, copies = "device", homes } = options;
  checkPlacement("allToAll", placement);
  checkIntegers("allToAll", { dModel }, { from: 1 });
  checkNumbers("allToAll", { dispatchBytes, combineBytes }, { above: 0 });
  checkWord("allToAll", "copies", copies, COPIES);
  const N = placement.slots.length;
  const slots = slotsFor("allToAll", chosen, placement);
  const at = homesOf("allToAll", chosen.length, N, homes);
  const load = new Array<number>(N).fill(0);
  const rows = Array.from({ length: N }, () => new Array<number>(N).fill(0));
  slots.forEach((own, token) => {
    for (const { device } of own) load[device]++;
    for (const [from, to] of hops(at[token], own, placement, copies)) rows[from][to]++;
  });

  // [N] rows that each device sends and gets, by how far they go.
  const sent = empty(N);
  const got = empty(N);
  rows.forEach((row, i) =>
    row.forEach((count, j) => {
      const reach = i === j ? "stay" : machineOf(placement, i) === machineOf(placement, j) ? "within" : "across";
      sent[reach][i] += count;
      got[reach][j] += count;
    }),
  );
  const most = (reach: Reach): number => Math.max(...sent[reach], ...got[reach]);
  const [stay, within, across] = REACHES.map((reach) => sum(sent[reach]));
  const all = stay + within + across;
  const rowBytes = dModel * (dispatchBytes + combineBytes);
  const overload = overloadOf(load);
  return {
    nToken: chosen.length,
    load,
    overload,
    waiting: 1 - 1 / overload,
    rows,
    stay,
    within,
    across,
    leaveDevice: all === 0 ? 0 : (within + across) / all,
    leaveMachine: all === 0 ? 0 : across / all,
    bytes: { within: within * rowBytes, across: across * rowBytes, total: (within + across) * rowBytes },
    busiest: { within: most("within"), across: most("across") },
  };
}

const REACHES = ["stay", "within", "across"] as const;
type Reach = (typeof REACHES)[number];
const empty = (devices: number): Record<Reach, number[]> => {
  const zeros = (): number[] => new Array<number>(devices).fill(0);
  return { stay: zeros(), within: zeros(), across: zeros() };
};
const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);

/** The ways that the copies of one token's row take, each from a device to a device. */
function hops(home: number, slots: readonly Slot[], placement: Placement, copies: Copies): [number, number][] {
  if (copies === "expert") return slots.map(({ device }) => [home, device]);
  const devices = [...new Set(slots.map(({ device }) => device))];
  if (copies === "device") return devices.map((device) => [home, device]);
  const perMachine = placement.slots.length / placement.machines;
  const own = machineOf(placement, home);
  const door = (machine: number): number => machine * perMachine + (home % perMachine);
  const visited = [...new Set(devices.map((device) => machineOf(placement, device)))];
  return [
    ...visited.filter((machine) => machine !== own).map((machine): [number, number] => [home, door(machine)]),
    ...devices.flatMap((device): [number, number][] => {
      const from = machineOf(placement, device) === own ? home : door(machineOf(placement, device));
      return from === device && device !== home ? [] : [[from, device]];
    }),
  ];
}
