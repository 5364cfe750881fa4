import { capacityOf } from "../../moe/capacity/capacity.js";
import { exercise } from "./exercise.js";

const total = (asked: readonly number[]): number => asked.reduce((a, b) => a + b);
const kept = (asked: readonly number[], places: number): number => total(asked.map((count) => Math.min(count, places)));
const dropped = (asked: readonly number[], places: number): number => total(asked) - kept(asked, places);

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
  "share that is dropped": exercise({
    asks: "the share of the tokens that find no place, from the tokens that ask at each expert and the places of one expert",
    inputs: [
      [[7, 3, 1, 5], 4],
      [[2, 2, 2, 2], 2],
      [[12, 0, 0, 4], 4],
    ] as [asked: number[], places: number][],
    right: (asked, places) => dropped(asked, places) / total(asked),
    mistakes: [
      {
        hint: "That is a number of tokens. A share is a part of all tokens: divide.",
        made: (asked, places) => dropped(asked, places),
      },
      {
        hint: "That lets free places of one expert make up for too few at another. With drop nobody moves on.",
        made: (asked, places) => Math.max(0, total(asked) - places * asked.length) / total(asked),
      },
      {
        hint: "That is the share of experts that are asked too often. Count the tokens that they turn away.",
        made: (asked, places) => asked.filter((count) => count > places).length / asked.length,
      },
    ],
  }),
  "share of empty places": exercise({
    asks: "the share of all places that stay empty, from the tokens that ask at each expert and the places of one expert",
    inputs: [
      [[7, 3, 1, 5], 4],
      [[0, 2, 2, 1], 2],
      [[12, 0, 0, 4], 8],
    ] as [asked: number[], places: number][],
    right: (asked, places) => 1 - kept(asked, places) / (places * asked.length),
    mistakes: [
      {
        hint: "An expert cannot take more tokens than it has places: count at most `places` for each.",
        made: (asked, places) => 1 - total(asked) / (places * asked.length),
      },
      {
        hint: "That is the share of places that are taken. The others are empty.",
        made: (asked, places) => kept(asked, places) / (places * asked.length),
      },
      {
        hint: "That is the share of experts nobody asks. Also the experts in use have empty places.",
        made: (asked) => asked.filter((count) => count === 0).length / asked.length,
      },
    ],
  }),
};
