/** What time is: on a machine that others use too, only the processor time of a process says what its work costs. */
export type Clock = "wall" | "cpu";

/** Milliseconds by a clock. */
function now(clock: Clock): number {
  if (clock === "wall") return performance.now();
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Median with the quartiles around it. */
export interface Spread {
  median: number;
  low: number;
  high: number;
}

export function spread(values: number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))];
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

/** How many times as fast as `other` is `mine`, round by round. */
export function pairedRatio(mine: number[], other: number[]): Spread {
  return spread(mine.map((time, round) => other[round] / time));
}

/** Something to time. */
export interface TimedContender {
  name: string;
  /** Does the work `repeats` times; milliseconds per run. */
  time: (repeats: number) => number | Promise<number>;
}

/** Times a synchronous function by either clock. */
export function timed(name: string, clock: Clock, run: () => void): TimedContender {
  return {
    name,
    time(repeats) {
      const start = now(clock);
      for (let i = 0; i < repeats; i++) run();
      return (now(clock) - start) / repeats;
    },
  };
}

/** As `timed`, for a function that has done its work when its promise says so. */
export function timedAsync(name: string, clock: Clock, run: () => Promise<unknown>): TimedContender {
  return {
    name,
    async time(repeats) {
      const start = now(clock);
      for (let i = 0; i < repeats; i++) await run();
      return (now(clock) - start) / repeats;
    },
  };
}

/** Warms all contenders up, long enough for V8 to have replaced its baseline code, and counts how often each runs in about
 *  `milliseconds`. */
export async function repeatsFor(contenders: readonly TimedContender[], milliseconds: number): Promise<number[]> {
  const counts = [];
  for (const { time } of contenders) {
    let [repeats, last] = [1, 0];
    for (const start = now("wall"); now("wall") - start < 150; repeats *= 2) last = await time(repeats);
    counts.push(Math.max(1, Math.round(milliseconds / last)));
  }
  return counts;
}

/**
 * Milliseconds per run, `times[contender][round]`. In each round all contenders run one after another, in turns beginning
 * with another one: a machine that slows down then slows all of them, and their ratios stay what they are.
 * @param repeats how often a contender runs in a round: one number for all, or one for each
 * @param warmUp rounds at the beginning that do not count
 * @param watch is called with the times so far after each round that counts
 */
export async function interleaveTimed(
  contenders: readonly TimedContender[],
  rounds: number,
  repeats: number | readonly number[],
  warmUp = 2,
  watch: (times: number[][]) => void | Promise<void> = () => undefined,
): Promise<number[][]> {
  const times: number[][] = contenders.map(() => []);
  for (let round = -warmUp; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const which = (round + warmUp + turn) % contenders.length;
      const ms = await contenders[which].time(typeof repeats === "number" ? repeats : repeats[which]);
      if (round >= 0) times[which].push(ms);
    }
    if (round >= 0) await watch(times);
  }
  return times;
}
