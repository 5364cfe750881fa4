import { capacityOf } from "../../moe/capacity/capacity.js";
import { exercise } from "./exercise.js";

/** Notebook 07. */
export const capacity = {
  "places of an expert": exercise({
    asks: "the places of one expert, from the tokens N, the experts E, the experts a token uses k, and the factor",
    inputs: [
      [32, 8, 1, 1],
      [100, 8, 1, 1.25],
      [128, 8, 2, 1],
      [10, 4, 2, 1.1],
    ] as [tokens: number, nExpert: number, topK: number, factor: number][],
    right: (tokens, nExpert, topK, factor) => capacityOf(tokens * topK, nExpert, factor),
    mistakes: [
      {
        hint: "A token that uses k experts needs k places: multiply the tokens by k.",
        made: (tokens, nExpert, _topK, factor) => Math.ceil((tokens / nExpert) * factor),
      },
      {
        hint: "There is no part of a place: round up.",
        made: (tokens, nExpert, topK, factor) => ((tokens * topK) / nExpert) * factor,
      },
      {
        hint: "Rounding down (or to the nearest) takes a place away that the rule gives: round up.",
        made: (tokens, nExpert, topK, factor) => Math.floor(((tokens * topK) / nExpert) * factor),
      },
    ],
  }),
};
