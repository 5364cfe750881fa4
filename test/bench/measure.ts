/** Something to time: `run` does the work once, synchronously. */
export interface Contender {
  name: string;
  run: () => void;
}

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

/**
 * Milliseconds per run, `times[contender][round]`. In each round all contenders run one after another, in turns beginning
 * with another one: a machine that slows down then slows all of them, and their ratios stay what they are.
 * @param milliseconds about how long a contender runs in a round
 */
export function interleave(
  contenders: Contender[],
  rounds: number,
  milliseconds: number,
  clock: Clock = "wall",
): number[][] {
  const repeats = contenders.map(({ run }) => {
    // Warm-up: long enough for V8 to have replaced its baseline code.
    let count = 0;
    const start = now(clock);
    while (now(clock) - start < 150 || count < 3) {
      run();
      count++;
    }
    return Math.max(1, Math.round((milliseconds * count) / (now(clock) - start)));
  });
  const times: number[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const which = (round + turn) % contenders.length;
      const { run } = contenders[which];
      const start = now(clock);
      for (let i = 0; i < repeats[which]; i++) run();
      times[which].push((now(clock) - start) / repeats[which]);
    }
  }
  return times;
}

/** How many times as fast as `other` is `mine`, round by round. */
export function pairedRatio(mine: number[], other: number[]): Spread {
  return spread(mine.map((time, round) => other[round] / time));
}

/** As `Contender`, for what runs elsewhere or counts its own time: `time` runs the work `repeats` times. */
export interface TimedContender {
  name: string;
  /** Milliseconds per run. */
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

/** As `interleave`, with the same number of repeats for all, after `warmUp` rounds that do not count. */
export async function interleaveTimed(
  contenders: TimedContender[],
  rounds: number,
  repeats: number,
  warmUp = 2,
): Promise<number[][]> {
  const times: number[][] = contenders.map(() => []);
  for (let round = -warmUp; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const which = (round + warmUp + turn) % contenders.length;
      const ms = await contenders[which].time(repeats);
      if (round >= 0) times[which].push(ms);
    }
  }
  return times;
}
