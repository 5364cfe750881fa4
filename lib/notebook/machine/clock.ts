/** Times on a machine that others use, too. */

import { tick } from "../../train/tick.js";

export interface Rounds {
  /** How often everything is timed. Default 7. */
  rounds?: number;
  /** No round begins after so many seconds. Default 120. */
  seconds?: number;
}

/** What each contender gives, `results[contender][round]`. In a round each runs once, one after another, and every round begins with
 *  another one: a machine that slows down for a while slows down all of them. A first round, in which code is compiled, does not count. */
export async function interleaved<T>(
  contenders: readonly (() => T)[],
  { rounds = 7, seconds = 120 }: Rounds,
): Promise<T[][]> {
  const results: T[][] = contenders.map(() => []);
  const end = performance.now() + 1000 * seconds;
  for (let round = -1; round < rounds; round++) {
    if (round > 0 && performance.now() > end) break;
    for (let turn = 0; turn < contenders.length; turn++) {
      const which = (round + 1 + turn) % contenders.length;
      const result = contenders[which]();
      if (round >= 0) results[which].push(result);
      await tick();
    }
  }
  return results;
}

/** Seconds that it took. */
export function secondsOf(run: () => void): number {
  const start = performance.now();
  run();
  return (performance.now() - start) / 1000;
}

/** The middle one of an odd number, the slower of the two in the middle of an even one: always one that was measured. */
export const medianBy = <T>(all: readonly T[], seconds: (one: T) => number): T =>
  [...all].sort((a, b) => seconds(a) - seconds(b))[Math.floor(all.length / 2)];
