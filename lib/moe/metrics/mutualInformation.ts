/** How much one labeling of the same things says about another. */

import { checkLabels } from "../check.js";
import { checkIntegers } from "../../config/options.js";
import { checkGenerator, type Generator } from "../../tensor/random.js";

/** Σ p(a, b) ln (p(a, b) / (p(a) p(b))) in nats, from paired labels (integers). 0 where the two are independent. */
export function mutualInformation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [joint, left, right] = counted(a, b);
  let information = 0;
  for (const [pair, count] of joint) {
    const [x, y] = pair.split(",").map(Number);
    information += (count / a.length) * Math.log((count * a.length) / (left.get(x)! * right.get(y)!));
  }
  return Math.max(0, information);
}

/** Normalized: 2 I(A; B) / (H(A) + H(B)). 1 where each label tells the other, 0 where it tells nothing (or nothing varies).
 *  Finite samples lie above 0 by chance alone: compare with `shuffledNMI`. */
export function nmi(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [, left, right] = counted(a, b);
  const sum = entropyOf(left, a.length) + entropyOf(right, a.length);
  return sum > 0 ? (2 * mutualInformation(a, b)) / sum : 0;
}

export interface ShuffleOptions {
  /** Shuffles. Default 40. */
  times?: number;
  /** Shuffle in blocks of this many consecutive tokens, since tokens of one sequence are correlated. Default 1. */
  together?: number;
  /** [b.length] Labels are shuffled only among things with an equal number here, such as equal characters. */
  within?: ArrayLike<number>;
}

/** Mean of the shuffled values, and the range that holds 95 % of them. */
export interface Baseline {
  mean: number;
  low: number;
  high: number;
}

/** The NMI after b's labels were shuffled against a's: what chance gives. With `within`: what its groups alone explain.
 *  Throws where `together` leaves nothing to shuffle. */
export function shuffledNMI(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  rng: Generator,
  { times = 40, together = 1, within }: ShuffleOptions = {},
): Baseline {
  checkIntegers("shuffledNMI", { times, together }, { from: 1 });
  checkLabels("shuffledNMI", b);
  checkGenerator("shuffledNMI", rng);
  if (together > Math.max(b.length, 1))
    throw new RangeError(`shuffledNMI: together ${together} must not exceed the ${b.length} labels that there are`);
  if (within && within.length !== b.length)
    throw new RangeError(`shuffledNMI: within needs one number for each label, got ${within.length} for ${b.length}`);
  const groups = new Map<number, number[]>();
  for (let at = 0; at + together <= b.length; at += together) {
    const key = within ? within[at] : 0;
    const group = groups.get(key);
    if (group) group.push(at);
    else groups.set(key, [at]);
  }
  const values = Array.from({ length: times }, () => {
    const shuffled = Array.from(b);
    for (const group of groups.values()) {
      const from = [...group];
      for (let i = from.length - 1; i > 0; i--) {
        const j = rng.below(i + 1);
        [from[i], from[j]] = [from[j], from[i]];
      }
      group.forEach((to, i) => {
        for (let k = 0; k < together; k++) shuffled[to + k] = b[from[i] + k];
      });
    }
    return nmi(a, shuffled);
  }).sort((x, y) => x - y);
  const at = (share: number): number => values[Math.round(share * (times - 1))];
  return { mean: values.reduce((x, y) => x + y, 0) / times, low: at(0.025), high: at(0.975) };
}

type Counts = Map<number, number>;

function counted(a: ArrayLike<number>, b: ArrayLike<number>): [Map<string, number>, Counts, Counts] {
  checkLabels("nmi", a);
  checkLabels("nmi", b);
  if (a.length !== b.length)
    throw new RangeError(`nmi needs two labels for each thing, got ${a.length} and ${b.length}`);
  const joint = new Map<string, number>();
  const left: Counts = new Map();
  const right: Counts = new Map();
  for (let i = 0; i < a.length; i++) {
    const pair = `${a[i]},${b[i]}`;
    joint.set(pair, (joint.get(pair) ?? 0) + 1);
    left.set(a[i], (left.get(a[i]) ?? 0) + 1);
    right.set(b[i], (right.get(b[i]) ?? 0) + 1);
  }
  return [joint, left, right];
}

const entropyOf = (counts: Counts, n: number): number =>
  -[...counts.values()].reduce((h, c) => h + (c / n) * Math.log(c / n), 0);
