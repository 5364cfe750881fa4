import { exercise } from "./exercise.js";

export const softmaxOf = (z: readonly number[]): number[] => {
  const powers = z.map((value) => Math.exp(value - Math.max(...z)));
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((power) => power / sum);
};

/** Notebook 01. */
export const tensors = {
  "multiplications of a product": exercise({
    asks: "the multiplications of a product of an [m, k] and a [k, n] matrix",
    inputs: [
      [2, 3, 5],
      [7, 1, 4],
      [10, 64, 32],
    ] as [m: number, k: number, n: number][],
    right: (m, k, n) => m * k * n,
    mistakes: [
      {
        hint: "That is how many numbers the result has. Each of them is a sum: of how many products?",
        made: (m, _k, n) => m * n,
      },
      {
        hint: "That counts each addition as well (FLOPs). Only multiplications are asked for.",
        made: (m, k, n) => 2 * m * k * n,
      },
      {
        hint: "That is how many numbers go in. A number of the left meets every column of the right.",
        made: (m, k, n) => m * k + k * n,
      },
    ],
  }),
  "slope of a squared error": exercise({
    asks: "the slope of (w · x − y)² with respect to w",
    inputs: [
      [3, 2, 5],
      [0, 4, 1],
      [-1, 0.5, 2],
    ] as [w: number, x: number, y: number][],
    right: (w, x, y) => 2 * x * (w * x - y),
    mistakes: [
      {
        hint: "Almost: when w grows by a little, w · x grows by x times as much. That factor is missing.",
        made: (w, x, y) => 2 * (w * x - y),
      },
      { hint: "Almost: the slope of a square is *twice* what is squared.", made: (w, x, y) => x * (w * x - y) },
      { hint: "The sign is turned around: the error is w · x − y.", made: (w, x, y) => 2 * x * (y - w * x) },
    ],
  }),
  "softmax of a list": exercise({
    asks: "softmax of a list of logits: positive shares that sum to 1, also for large logits",
    inputs: [[[2, 1, 0, -1]], [[0, 0]], [[1000, 999, 0]]] as [z: number[]][],
    right: softmaxOf,
    mistakes: [
      {
        hint: "e to the power of 1000 is infinite, and infinity by infinity is no number. Subtract the largest logit first.",
        made: (z) => {
          const powers = z.map(Math.exp);
          const sum = powers.reduce((a, b) => a + b);
          return powers.map((power) => power / sum);
        },
      },
      {
        hint: "The shares do not sum to 1: divide by the sum.",
        made: (z) => z.map((value) => Math.exp(value - Math.max(...z))),
      },
      {
        hint: "That treats each logit alone (a sigmoid). Shares compete: divide by the sum over all of them.",
        made: (z) => z.map((value) => 1 / (1 + Math.exp(-value))),
      },
    ],
  }),
};
