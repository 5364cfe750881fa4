import { exercise } from "./exercise.js";

/** The fewest shares, from the largest on, that sum to `share` or more. */
function needed(sorted: readonly number[], share: number): number {
  let [sum, count] = [0, 0];
  while (sum < share - 1e-9 && count < sorted.length) sum += sorted[count++];
  return count;
}

/** Notebook 11. */
export const adapting = {
  "numbers of an adapter": exercise({
    asks: "the numbers that are trained, from layers, matrices in each, their width, and the rank r",
    inputs: [
      [96, 2, 12_288, 4],
      [4, 2, 128, 4],
      [32, 4, 4096, 16],
    ] as [layers: number, matrices: number, width: number, r: number][],
    right: (layers, matrices, width, r) => layers * matrices * 2 * r * width,
    mistakes: [
      {
        hint: "A and B are both trained: r · width numbers each.",
        made: (layers, matrices, width, r) => layers * matrices * r * width,
      },
      {
        hint: "That is a correction of full size: with rank r there are two thin matrices in place of width · width numbers.",
        made: (layers, matrices, width) => layers * matrices * width * width,
      },
      {
        hint: "Every layer has adapters of its own: multiply by the layers.",
        made: (_layers, matrices, width, r) => matrices * 2 * r * width,
      },
    ],
  }),
  "adapters of experts, for a token": exercise({
    asks: "the trained numbers of one layer that work on a token, from D, F, experts E, those of a token k, and r",
    inputs: [
      [128, 176, 8, 2, 4],
      [4096, 14_336, 8, 2, 8],
    ] as [D: number, F: number, E: number, k: number, r: number][],
    right: (D, F, _E, k, r) => k * 3 * r * (D + F),
    mistakes: [
      {
        hint: "These are all that are trained. How many experts does one token meet?",
        made: (D, F, E, _k, r) => E * 3 * r * (D + F),
      },
      {
        hint: "An expert has three matrices, and each has an adapter.",
        made: (D, F, _E, k, r) => k * r * (D + F),
      },
      {
        hint: "A reads D numbers and B writes F (or the other way round): add the two, do not multiply them.",
        made: (D, F, _E, k, r) => k * 3 * r * D * F,
      },
    ],
  }),
  "relevant experts": exercise({
    asks: "how many experts have `share` of the weight or more, at least, from the weight of each expert",
    inputs: [
      [[0.1, 0.4, 0.3, 0.2], 0.5],
      [[0.25, 0.25, 0.25, 0.25], 0.5],
      [[0.3, 0.1, 0.1, 0.5], 0.75],
    ] as [weights: number[], share: number][],
    right: (weights, share) => needed([...weights].sort((a, b) => b - a), share), // prettier-ignore
    mistakes: [
      {
        hint: "Take the largest first: sort the list from the largest to the smallest.",
        made: (weights, share) => needed(weights, share),
      },
      {
        hint: "That is sorted the wrong way round: the smallest come last.",
        made: (weights, share) => needed([...weights].sort((a, b) => a - b), share), // prettier-ignore
      },
      {
        hint: "Experts are not used alike: add their weights, instead of counting a share of the experts.",
        made: (weights, share) => Math.ceil(weights.length * share),
      },
    ],
  }),
};
