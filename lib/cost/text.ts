/** Quantities in few characters, and what a bound says in words. */

import { bytes } from "../account/text/numbers.js";
import { threeDigits } from "../text/numbers.js";
import type { Bound, Limit } from "./roofline/bound.js";

/** With the largest unit of which it is at least one. */
function inUnits(value: number, units: readonly (readonly [number, string])[]): string {
  const [size, name] = units.find(([size]) => value >= size * 0.9995) ?? units[units.length - 1];
  return `${threeDigits(value / size)} ${name}`.trimEnd();
}

/** 26.0 GFLOPs. */
export const inFlops = (value: number): string =>
  inUnits(value, [
    [1e18, "EFLOPs"],
    [1e15, "PFLOPs"],
    [1e12, "TFLOPs"],
    [1e9, "GFLOPs"],
    [1e6, "MFLOPs"],
    [1e3, "kFLOPs"],
    [1, "FLOPs"],
  ]);

/** 7.86 ms. */
export const inSeconds = (value: number): string =>
  inUnits(value, [
    [1, "s"],
    [1e-3, "ms"],
    [1e-6, "µs"],
    [1e-9, "ns"],
  ]);

/** 1,136; 12.3; 0.045. */
export const perSecond = (value: number): string =>
  value >= 0.995 ? threeDigits(value) : String(Number(value.toPrecision(2)));

export const inJoules = (value: number): string =>
  inUnits(value, [
    [1e3, "kJ"],
    [1, "J"],
    [1e-3, "mJ"],
    [1e-6, "µJ"],
  ]);

/** Which of the three holds a step up, and how much of its time the others need: "decode is bound by memory: ...".
 *  @example
 *  ```ts
 *  import { account, findModel } from "twinformer/account";
 *  import { bound, explain } from "twinformer/cost";
 *
 *  const llama = account(findModel("Llama-2-7b")!.config!);
 *  console.log(explain(bound(llama, "H100-SXM", { phase: "decode", context: 512 })));
 *  ```
 */
export function explain({ phase, bound, limits, flops, bytes: moved, networkBytes, devices }: Bound): string {
  const what: Readonly<Record<Limit, string>> = {
    compute: `${inFlops(flops)} are computed in ${inSeconds(limits.compute)}`,
    memory: `${bytes(moved.total)} are moved in ${inSeconds(limits.memory)}`,
    network: `${bytes(networkBytes)} are sent in ${inSeconds(limits.network)}`,
  };
  const others = (Object.keys(what) as Limit[]).filter(
    (limit) => limit !== bound && (limit !== "network" || devices > 1),
  );
  return `${phase} is bound by ${WORDS[bound]}: ${what[bound]}, while ${others.map((limit) => what[limit]).join(" and ")}`;
}

const WORDS: Readonly<Record<Limit, string>> = {
  compute: "computing",
  memory: "memory",
  network: "the network",
};
