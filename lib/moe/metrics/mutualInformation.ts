/** How much one labelling of the same things says about another. */

import type { Generator } from "../../tensor/random.js";

/** Σ p(a, b) ln (p(a, b) / (p(a) p(b))) in nats, from paired labels (whole numbers). 0 where the two are independent. */
export function mutualInformation(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const [joint, left, right] = counted(a, b);
  let information = 0;
  for (const [pair, count] of joint) {
    const [x, y] = pair.split(",").map(Number);
    information += (count / a.length) * Math.log((count * a.length) / (left.get(x)! * right.get(y)!));
  }
  return Math.max(0, information);
}

/** Normalised: 2 I(A; B) / (H(A) + H(B)). 1 where each label tells the other, 0 where it tells nothing (or nothing varies).
 *  Finite samples lie above 0 by chance alone: compare with `shuffledNMI`. */
export function nmi(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length)
    throw new RangeError(`nmi needs two labels for each thing, got ${a.length} and ${b.length}`);
  const [, left, right] = counted(a, b);
  const sum = entropyOf(left, a.length) + entropyOf(right, a.length);
  return sum > 0 ? (2 * mutualInformation(a, b)) / sum : 0;
}

/** The NMI of labels that are shuffled against each other, several times over: what chance gives. */
export function shuffledNMI(
  a: ArrayLike<number>,
  b: ArrayLike<number>,
  rng: Generator,
  times = 20,
): { mean: number; low: number; high: number } {
  const shuffled = Array.from(b);
  const values = Array.from({ length: times }, () => {
    for (let i = shuffled.length - 1; i > 0; i--) {
      const j = rng.below(i + 1);
      [shuffled[i], shuffled[j]] = [shuffled[j], shuffled[i]];
    }
    return nmi(a, shuffled);
  });
  return { mean: values.reduce((x, y) => x + y, 0) / times, low: Math.min(...values), high: Math.max(...values) };
}

type Counts = Map<number, number>;

function counted(a: ArrayLike<number>, b: ArrayLike<number>): [Map<string, number>, Counts, Counts] {
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
