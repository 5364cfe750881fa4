import { exercise } from "./exercise.js";

const sharesOf = (scores: readonly number[]): number[] => {
  const powers = scores.map((score) => Math.exp(score - Math.max(...scores)));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
};

/** Notebook 02. */
export const attention = {
  "shares of one token": exercise({
    asks: "the shares of the token at `place` (0 is the first), from its scores with all tokens, under a causal mask",
    inputs: [
      [[1, 2, 3], 1],
      [[0, 0, 5, 5], 0],
      [[2, -1, 0.5, 3], 2],
    ] as [scores: number[], place: number][],
    right: (scores, place) => sharesOf(scores.map((score, i) => (i <= place ? score : -Infinity))),
    mistakes: [
      {
        hint: "This looks at later tokens, too. Their scores must become minus infinity before the softmax.",
        made: (scores) => sharesOf(scores),
      },
      {
        hint: "The shares do not sum to 1: the mask must come before the softmax, not after it.",
        made: (scores, place) => sharesOf(scores).map((share, i) => (i <= place ? share : 0)),
      },
      {
        hint: "A token sees itself, too: only what comes after its place is hidden.",
        made: (scores, place) => sharesOf(scores.map((score, i) => (i < place || i === 0 ? score : -Infinity))),
      },
    ],
  }),
  "scores of attention": exercise({
    asks: "how many scores attention computes for T tokens, in all H heads of all L layers, without a mask",
    inputs: [
      [4, 2, 3],
      [128, 4, 6],
      [1, 8, 2],
    ] as [tokens: number, heads: number, layers: number][],
    right: (tokens, heads, layers) => tokens * tokens * heads * layers,
    mistakes: [
      {
        hint: "Each token has a score with every token, so T tokens make T · T scores.",
        made: (tokens, heads, layers) => tokens * heads * layers,
      },
      {
        hint: "Each head has a table of scores of its own: multiply by the heads.",
        made: (tokens, _heads, layers) => tokens * tokens * layers,
      },
      {
        hint: "Each layer computes its own scores: multiply by the layers.",
        made: (tokens, heads) => tokens * tokens * heads,
      },
    ],
  }),
};
