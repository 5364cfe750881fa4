/** How many places an expert has. */

import { checkIntegers, checkNumbers } from "../../config/options.js";

/** C = max(minimum, ceil(factor · M / E)): places of one expert, as a multiple of its fair share of M assignments (M = N · K).
 *  At factor 1 an even load fits exactly; chance alone already makes loads uneven, so some are dropped even then. Exact: the factor
 *  counts as the decimal that it is written as, so that 1.1 · 100 / 10 is 11, though the float product lies above it.
 *  Source: Fedus et al. 2021 (Switch), §2.2, eq. 3, https://arxiv.org/abs/2101.03961 */
export function capacityOf(nAssignment: number, nExpert: number, factor: number, minimum = 1): number {
  checkIntegers("capacityOf", { minimum }, { from: 0 });
  return Math.max(minimum, placesOf(nAssignment, nExpert, factor).ceil);
}

/** More powers of ten than any float has below its point, so that both sides of the fraction are integers. */
const POWERS = 400n;

/** factor · M / E, rounded down and up, without rounding before that. Throws a RangeError unless M and E are integers and the factor
 *  is a finite number from 0. */
export function placesOf(nAssignment: number, nExpert: number, factor: number): { floor: number; ceil: number } {
  checkIntegers("capacity", { nAssignment }, { from: 0 });
  checkIntegers("capacity", { nExpert }, { from: 1 });
  checkNumbers("capacity", { factor }, { from: 0 });
  const [digits, exponent = 0] = String(factor).split("e"); // the shortest decimal: 1.1, or 1e-7
  const [whole, decimals = ""] = digits.split(".");
  const power = BigInt(exponent) - BigInt(decimals.length); // factor = digits without the point · 10 ** power
  const above = BigInt(whole + decimals) * BigInt(nAssignment) * 10n ** (POWERS + power);
  const below = BigInt(nExpert) * 10n ** POWERS;
  const floor = above / below;
  return { floor: Number(floor), ceil: Number(floor * below === above ? floor : floor + 1n) };
}

/** Share of assignments that find no place when every choice is even chance: E[max(X − C, 0)] / E[X] with X ~ Bin(N, p = K/E), the
 *  load of one expert when each of N tokens picks K of E different experts.
 *  Probabilities are computed relative to that of the likeliest load, by P(x + 1) = P(x) · (N − x) / (x + 1) · p / (1 − p) to both
 *  sides, and divided by their sum: P(0) itself is too small for a float from about 2,600 tokens on. */
export function chanceDropShare(nToken: number, topK: number, nExpert: number, capacity: number): number {
  checkIntegers("chanceDropShare", { nToken, topK }, { from: 0 });
  checkIntegers("chanceDropShare", { nExpert }, { from: 1 });
  checkNumbers("chanceDropShare", { capacity }, { from: 0, orInfinity: true });
  const p = topK / nExpert;
  if (!(nToken > 0 && p > 0)) return 0;
  if (p >= 1) return Math.max(0, nToken - capacity) / nToken;
  const likeliest = Math.floor((nToken + 1) * p);
  let [all, over] = [0, 0];
  const count = (x: number, probability: number): void => {
    all += probability;
    over += Math.max(0, x - capacity) * probability;
  };
  let probability = 1;
  for (let x = likeliest; probability > 0; x++) {
    count(x, probability);
    probability *= ((nToken - x) / (x + 1)) * (p / (1 - p));
  }
  probability = 1;
  for (let x = likeliest; probability > 0; x--) {
    probability *= (x / (nToken - x + 1)) * ((1 - p) / p);
    count(x - 1, probability);
  }
  return over / all / (nToken * p);
}
