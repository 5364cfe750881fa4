/** What a routing means for single tokens. */

import { checkRouting } from "../check.js";
import { read } from "../../tensor/tensor.js";
import { type Routing, statusOf } from "../routing.js";

/** Shares of the assignments that asked for a place: those that found none, and those that went to another expert than the one they
 *  asked for; the rest was kept. What was skipped did not ask. */
export function overflowShares(routing: Pick<Routing, "positions" | "experts" | "wanted" | "skipped">): {
  dropped: number;
  rerouted: number;
} {
  const count = { kept: 0, rerouted: 0, dropped: 0, skipped: 0 };
  routing.positions.forEach((_, i) => count[statusOf(routing, i)]++);
  const asked = Math.max(routing.positions.length - count.skipped, 1);
  return { dropped: count.dropped / asked, rerouted: count.rerouted / asked };
}

/** Share of all choices that were not sent to their expert (GShard's second). */
export const skippedShare = ({ skipped }: Pick<Routing, "skipped">): number =>
  skipped.filter((isSkipped) => isSkipped).length / Math.max(skipped.length, 1);

/** Share of the places that stay empty: what a system that computes full buffers wastes. 0 without a capacity. */
export function paddingShare({ positions, places }: Routing): number {
  if (places === null || places === 0) return 0;
  return 1 - positions.filter((p) => p >= 0).length / places;
}

/** Mean over tokens of −Σ p ln p of a token's own probabilities, in nats: how undecided the router is. Not the entropy of the load:
 *  a router can be sure of each token and yet spread them evenly. */
export function routerEntropy({ probs, nToken }: Routing): number {
  let entropy = 0;
  for (const p of read(probs)) if (p > 0) entropy -= p * Math.log(p);
  return nToken > 0 ? entropy / nToken : 0;
}

/** Mean weight of the first choice over tokens that have one. */
export function firstWeight({ weights, slots, positions }: Routing): number {
  const W = read(weights);
  let [sum, count] = [0, 0];
  slots.forEach((slot, i) => {
    if (slot !== 0 || positions[i] < 0) return;
    sum += W[i];
    count++;
  });
  return count > 0 ? sum / count : 0;
}

/** [N] the favorite expert of each token; -1 where it has none. */
export function favorites(routing: Routing): Int32Array {
  checkRouting("favorites", routing, "nToken", "tokens", "wanted", "slots");
  const { nToken, tokens, wanted, slots } = routing;
  const first = new Int32Array(nToken).fill(-1);
  tokens.forEach((n, i) => {
    if (slots[i] === 0) first[n] = wanted[i];
  });
  return first;
}

/** Share of tokens whose favorite expert is another than it was: 0 for a router that has settled. Both routings must be of the same
 *  tokens. Source: OLMoE calls 1 − this "router saturation", Muennighoff et al. 2024, §4.1.1, https://arxiv.org/abs/2409.02060 */
export function flipRate(before: Routing, now: Routing): number {
  const [a, b] = [favorites(before), favorites(now)];
  if (a.length !== b.length)
    throw new RangeError(`flipRate needs two routings of the same tokens, got ${a.length} and ${b.length} tokens`);
  return changed(a, b);
}

/** Share of the places at which two lists of experts differ. */
export const changed = (before: Int32Array, now: Int32Array): number =>
  now.length > 0 ? now.filter((e, n) => e !== before[n]).length / now.length : 0;
