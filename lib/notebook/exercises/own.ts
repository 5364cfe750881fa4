import { exercise } from "./exercise.js";

const bits = (shares: readonly number[], log: (x: number) => number): number =>
  shares.reduce((sum, share) => (share > 0 ? sum - share * log(share) : sum), 0);
const sharesOf = (counts: readonly number[]): number[] => {
  const all = counts.reduce((a, b) => a + b, 0);
  return counts.map((count) => count / all);
};
const busiest = (counts: readonly number[]): number[] =>
  [...counts.keys()].sort((a, b) => counts[b] - counts[a] || a - b);

/** Notebook 13. */
export const own = {
  "times that a text is read": exercise({
    asks: "how often a text of length tokens is read in steps of batchSize pieces of blockSize tokens",
    inputs: [
      [200, 12, 64, 108_024],
      [1000, 16, 128, 40_000],
    ] as [steps: number, batchSize: number, blockSize: number, length: number][],
    right: (steps, batchSize, blockSize, length) => (steps * batchSize * blockSize) / length,
    mistakes: [
      {
        hint: "A step reads batchSize pieces, not one.",
        made: (steps, _batchSize, blockSize, length) => (steps * blockSize) / length,
      },
      {
        hint: "A piece has blockSize tokens: count tokens, not pieces.",
        made: (steps, batchSize, _blockSize, length) => (steps * batchSize) / length,
      },
      {
        hint: "That is how many tokens are read. How many times does the text fit into them?",
        made: (steps, batchSize, blockSize) => steps * batchSize * blockSize,
      },
    ],
  }),
  "the three busiest experts": exercise({
    asks: "the numbers of the three experts with the highest counts, the highest first",
    inputs: [[[3, 9, 4, 0, 12, 5]], [[7, 7, 1, 8]], [[20, 3, 100, 9, 9]]] as [counts: number[]][],
    right: (counts) => busiest(counts).slice(0, 3),
    mistakes: [
      {
        hint: "These are the counts. Which experts do they belong to?",
        made: (counts) => [...counts].sort((a, b) => b - a).slice(0, 3),
      },
      {
        hint: "These are the three that have least to do: sort the other way round.",
        made: (counts) => [...counts.keys()].sort((a, b) => counts[a] - counts[b] || a - b).slice(0, 3),
      },
      {
        hint: "sort() without a rule compares words: 9 comes after 12 then. Give it (a, b) => …",
        made: (counts) => {
          const words = [...counts].sort().reverse();
          const taken = new Set<number>();
          return words.slice(0, 3).map((count) => {
            const expert = counts.findIndex((one, e) => one === count && !taken.has(e));
            taken.add(expert);
            return expert;
          });
        },
      },
    ],
  }),
  "entropy of a trace in bits": exercise({
    asks: "the entropy of a load in bits, from the counts of the experts",
    inputs: [[[10, 10, 10, 10]], [[30, 0, 10, 0]], [[5, 1, 1, 1, 0, 0, 0, 0]]] as [counts: number[]][],
    right: (counts) => bits(sharesOf(counts), Math.log2),
    mistakes: [
      {
        hint: "These are nats: Math.log is the natural logarithm. Bits take Math.log2.",
        made: (counts) => bits(sharesOf(counts), Math.log),
      },
      {
        hint: "The sign: a share is below 1, so its logarithm is below 0. The entropy is minus the sum.",
        made: (counts) => -bits(sharesOf(counts), Math.log2),
      },
      {
        hint: "Counts are no shares: divide each by their sum first.",
        made: (counts) => bits(counts, Math.log2),
      },
    ],
  }),
};
