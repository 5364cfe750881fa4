import { exercise } from "./exercise.js";

const meanOf = (load: readonly number[]): number => load.reduce((a, b) => a + b, 0) / load.length;
const pairs = (f: readonly number[], P: readonly number[]): number =>
  f.reduce((sum, share, e) => sum + share * P[e], 0);

/** Notebook 06. */
export const imbalance = {
  "balance loss": exercise({
    asks: "E · Σ f · P, from the shares of the tokens and the mean probabilities of E experts",
    inputs: [
      [
        [0.6, 0.4],
        [0.306, 0.694],
      ],
      [
        [1, 0, 0, 0],
        [0.7, 0.1, 0.1, 0.1],
      ],
      [
        [0.5, 0.25, 0.25],
        [0.2, 0.3, 0.5],
      ],
    ] as [f: number[], P: number[]][],
    right: (f, P) => f.length * pairs(f, P),
    mistakes: [
      { hint: "With an even load that is 1/E. Multiply by the number of experts.", made: (f, P) => pairs(f, P) },
      {
        hint: "That is the mean of the products. Their sum, times E, is asked for.",
        made: (f, P) => pairs(f, P) / f.length,
      },
      { hint: "Those are the shares squared: the probabilities take no part.", made: (f) => f.length * pairs(f, f) },
      {
        hint: "Those are the probabilities squared: the choices take no part.",
        made: (f, P) => f.length * pairs(P, P),
      },
    ],
  }),
  "bias after a step": exercise({
    asks: "the new biases, from the biases, the load and the rate",
    inputs: [
      [[0, 0, 0, 0], [8, 4, 2, 2], 0.1],
      [[0.5, -0.5, 0], [1, 1, 7], 0.02],
      [[1, 2], [0.25, 0.75], 0.5],
    ] as [bias: number[], load: number[], rate: number][],
    right: (bias, load, rate) => bias.map((b, e) => b + rate * Math.sign(meanOf(load) - load[e])),
    mistakes: [
      {
        hint: "The sign is turned around: that helps the busy experts.",
        made: (bias, load, rate) => bias.map((b, e) => b - rate * Math.sign(meanOf(load) - load[e])),
      },
      {
        hint: "Only the sign of the difference counts, not its size.",
        made: (bias, load, rate) => bias.map((b, e) => b + rate * (meanOf(load) - load[e])),
      },
      {
        hint: "Experts with too many tokens lose bias, too.",
        made: (bias, load, rate) => bias.map((b, e) => b + (load[e] < meanOf(load) ? rate : 0)),
      },
      {
        hint: "The step is added to the bias that was there before.",
        made: (_bias, load, rate) => load.map((l) => rate * Math.sign(meanOf(load) - l)),
      },
    ],
  }),
};
