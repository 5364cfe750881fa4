/** Something to time: `run` does the work once, synchronously. */
export interface Contender {
  name: string;
  run: () => void;
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
export function interleave(contenders: Contender[], rounds: number, milliseconds: number): number[][] {
  const repeats = contenders.map(({ run }) => {
    // Warm-up: long enough for V8 to have replaced its baseline code.
    let count = 0;
    const start = performance.now();
    while (performance.now() - start < 150 || count < 3) {
      run();
      count++;
    }
    return Math.max(1, Math.round((milliseconds * count) / (performance.now() - start)));
  });
  const times: number[][] = contenders.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contenders.length; turn++) {
      const which = (round + turn) % contenders.length;
      const { run } = contenders[which];
      const start = performance.now();
      for (let i = 0; i < repeats[which]; i++) run();
      times[which].push((performance.now() - start) / repeats[which]);
    }
  }
  return times;
}

/** How many times as fast as `other` is `mine`, round by round. */
export function pairedRatio(mine: number[], other: number[]): Spread {
  return spread(mine.map((time, round) => other[round] / time));
}
