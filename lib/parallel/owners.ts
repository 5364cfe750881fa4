/** Who computes what: the experts that tokens chose, the slots that serve them, and the devices on which the tokens lie. */

import { checkIntegers } from "../config/options.js";
import { checkRouting } from "../moe/check.js";
import type { Routing } from "../moe/routing.js";
import { read } from "../tensor/tensor.js";
import type { Placement } from "./placement.js";

/** [T] the experts of each token, K of them or as many as it has: from a router of ours (`chosenExperts`) or from anybody's log. */
export type Chosen = readonly ArrayLike<number>[];

/** [N] the experts to which each token is really sent, of those that compute: dropped choices and null experts are left out.
 *  @example
 *  const logits = fromArray([2, 1, 0, 0, 1, 2], [2, 3]);
 *  chosenExperts(route(logits, { topK: 2 })); // => [[0, 1], [2, 1]] */
export const chosenExperts = (routing: Routing): number[][] => choicesOf("chosenExperts", routing).experts;

/** [N] the same, with what each expert's output is multiplied by. */
export function choicesOf(operation: string, routing: Routing): { experts: number[][]; weights: number[][] } {
  checkRouting(operation, routing, "nToken", "tokens", "experts", "positions", "weights", "nNullExpert");
  const { nToken, nExpert, nNullExpert, tokens, positions } = routing;
  const [experts, weights] = [0, 1].map(() => Array.from({ length: nToken }, (): number[] => []));
  const all = read(routing.weights);
  routing.experts.forEach((expert, i) => {
    if (positions[i] < 0 || expert >= nExpert - nNullExpert) return;
    experts[tokens[i]].push(expert);
    weights[tokens[i]].push(all[i]);
  });
  return { experts, weights };
}

/** One slot of all, counted over the devices in order. */
export interface Slot {
  readonly device: number;
  /** Which of the device's slots. */
  readonly at: number;
}

/** [T] the slot that serves each choice. An expert's rows go to its replicas in turn, so that each gets as many, or one more. */
export function slotsFor(operation: string, chosen: Chosen, { nExpert, slots }: Placement): Slot[][] {
  const replicas = Array.from({ length: nExpert }, (): Slot[] => []);
  slots.forEach((own, device) => own.forEach((expert, at) => replicas[expert].push({ device, at })));
  const turns = new Uint32Array(nExpert);
  return chosen.map((experts, token) =>
    Array.from(experts, (expert) => {
      if (!(Number.isInteger(expert) && expert >= 0 && expert < nExpert))
        throw new RangeError(
          `${operation}: token ${token} must choose experts from 0 to below ${nExpert}, got ${String(expert)}`,
        );
      return replicas[expert][turns[expert]++ % replicas[expert].length];
    }),
  );
}

/** [T] the device on which each token lies: those given, or the tokens in order, on each device as many or one more. */
export function homesOf(operation: string, nToken: number, devices: number, homes?: ArrayLike<number>): number[] {
  if (!homes) return Array.from({ length: nToken }, (_, n) => Math.floor((n * devices) / nToken));
  if (homes.length !== nToken)
    throw new RangeError(`${operation}: homes must name a device for each of ${nToken} tokens, got ${homes.length}`);
  const given = Array.from(homes);
  checkIntegers(operation, Object.fromEntries(given.map((home, n) => [`the home of token ${n}`, home])), {
    from: 0,
    below: devices,
  });
  return given;
}
