import { expertsTouched } from "../../cost/coverage.js";
import { exercise } from "./exercise.js";

const SHARE = 0.9; // of a card's memory that weights may take

/** Notebook 08. */
export const inference = {
  "experts that a batch touches": exercise({
    asks: "the experts that a batch touches on average, from the experts E, those of a token k, and the tokens B",
    inputs: [
      [8, 2, 1],
      [8, 2, 8],
      [256, 8, 64],
    ] as [nExpert: number, topK: number, batch: number][],
    right: (nExpert, topK, batch) => expertsTouched(nExpert, topK, batch),
    mistakes: [
      {
        hint: "That is the share of the experts: multiply it by E.",
        made: (nExpert, topK, batch) => 1 - (1 - topK / nExpert) ** batch,
      },
      {
        hint: "Tokens may want the same experts: B · k is the most they can touch, not what they touch on average.",
        made: (nExpert, topK, batch) => Math.min(nExpert, batch * topK),
      },
      {
        hint: "These are the experts that nobody chose: take them from E.",
        made: (nExpert, topK, batch) => nExpert * (1 - topK / nExpert) ** batch,
      },
    ],
  }),
  "tokens per second of one text": exercise({
    asks: "tokens a second at most, from total and active parameters, bytes of a number, and bytes a second",
    inputs: [
      [46.7e9, 12.9e9, 2, 3.35e12],
      [6.9e9, 1.3e9, 0.5, 102e9],
    ] as [total: number, active: number, bytesEach: number, bytesPerSecond: number][],
    right: (_total, active, bytesEach, bytesPerSecond) => bytesPerSecond / (active * bytesEach),
    mistakes: [
      {
        hint: "One token does not need all parameters: which of the two numbers is read for it?",
        made: (total, _active, bytesEach, bytesPerSecond) => bytesPerSecond / (total * bytesEach),
      },
      {
        hint: "The memory gives bytes, and a parameter has several (or half of one): where do the bytes of a number belong?",
        made: (_total, active, _bytesEach, bytesPerSecond) => bytesPerSecond / active,
      },
      {
        hint: "These are the seconds of one token: turn them around.",
        made: (_total, active, bytesEach, bytesPerSecond) => (active * bytesEach) / bytesPerSecond,
      },
    ],
  }),
  "cards that hold the weights": exercise({
    asks: "the cards, from total and active parameters, bytes of a number, and the memory of a card",
    inputs: [
      [46.7e9, 12.9e9, 2, 80e9],
      [671e9, 37.6e9, 1, 80e9],
      [46.7e9, 12.9e9, 0.5, 24e9],
    ] as [total: number, active: number, bytesEach: number, memory: number][],
    right: (total, _active, bytesEach, memory) => Math.ceil((total * bytesEach) / (SHARE * memory)),
    mistakes: [
      {
        hint: "The next token may choose any expert: all must be in memory, not only those that work.",
        made: (_total, active, bytesEach, memory) => Math.ceil((active * bytesEach) / (SHARE * memory)),
      },
      {
        hint: "There is no part of a card: round up.",
        made: (total, _active, bytesEach, memory) => (total * bytesEach) / (SHARE * memory),
      },
      {
        hint: "Weights may take 90 % of a card, not all of it.",
        made: (total, _active, bytesEach, memory) => Math.ceil((total * bytesEach) / memory),
      },
    ],
  }),
};
