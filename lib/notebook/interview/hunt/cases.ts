/** The right diagnosis of each patient, and why three others are not it. */

import { type Exercise, exercise } from "../../exercises/exercise.js";
import type { Letter } from "./diagnoses.js";

interface Case {
  readonly is: Letter;
  /** The line of the figures that gives it away. */
  readonly seenIn: string;
  readonly not: Partial<Record<Letter, string>>;
}

export const cases: Readonly<Record<number, Case>> = {
  1: {
    is: "J",
    seenIn: "gradient from the task",
    not: {
      E: "The gradient from the balance loss is there. Which of the two is missing?",
      I: "The router's weights did move: something trains them. But does the task?",
      A: "Look at the two gradients of the router. One of them is exactly 0.",
    },
  },
  2: {
    is: "E",
    seenIn: "gradient from the balance",
    not: {
      H: "Then the balance term would be 1 whatever the load is. Here it sees the load, and rises.",
      J: "Then the gradient from the task would be 0. It is the other one.",
      A: "Few experts are left. What should have kept them: does it push the router at all?",
    },
  },
  3: {
    is: "C",
    seenIn: "two tests differ by",
    not: {
      A: "A tested model has no dice: two tests of the same pages must agree.",
      D: "Then the places of a batch would be filled from its front. And a test would still repeat itself.",
      G: "That would show where the biases are raised. And a test would still repeat itself.",
    },
  },
  4: {
    is: "A",
    seenIn: "all lines",
    not: {
      E: "The gradient from the balance loss is there, as in the healthy twins.",
      D: "Then early and late tokens would differ widely. Between the two healthy twins, chance alone moves both.",
      F: "Look at what is added per unit: 1 is right.",
    },
  },
  5: {
    is: "D",
    seenIn: "no place, first and last quarter",
    not: {
      A: "Compare the first quarter of the batch with the last one.",
      B: "Tokens without a place get nothing, as they should. But which tokens are without one?",
      C: "Two tests of the same pages agree. Look at who finds no place.",
    },
  },
  6: {
    is: "F",
    seenIn: "added per unit of it",
    not: {
      A: "Look at what is added to the loss, for each unit of the term.",
      H: "Then the term would be 1, and its gradient 0. Here the gradient is larger than it should be.",
      E: "The gradient from the balance loss is there. Is it too small or too large?",
    },
  },
  7: {
    is: "G",
    seenIn: "weights, biases raised",
    not: {
      A: "Raising all biases by the same changes no choice. Should it change a weight?",
      I: "The router's weights moved. Look at what the biases do.",
      C: "Two tests of the same pages agree. Look at what the biases do.",
    },
  },
  8: {
    is: "H",
    seenIn: "balance term and effective experts",
    not: {
      E: "Near: the gradient is as good as 0. But a term that only lacks its gradient still sees the load. What is this one's value?",
      A: "One expert has nearly all the work. What does the balance term say of that?",
      F: "What is added for each unit is right. Look at the term itself.",
    },
  },
  9: {
    is: "I",
    seenIn: "router moved by",
    not: {
      J: "Then the gradient from the task would be exactly 0. It arrives. What becomes of it?",
      E: "Both gradients arrive at the router. What becomes of them?",
      A: "Experts look busy, as at the start. How far has the router moved?",
    },
  },
  10: {
    is: "B",
    seenIn: "output without a place",
    not: {
      A: "What should the layer give a token that found no place?",
      D: "Early and late tokens lose about equally often, as in the healthy twins. Look at what the losers get.",
      G: "Raising the biases changes no weight here. Look at the tokens without a place.",
    },
  },
};

/** The cases as exercises: check("patient 1", "A"). */
export const patients: Readonly<Record<string, Exercise>> = Object.fromEntries(
  Object.entries(cases).map(([number, { is, not }]) => [
    `patient ${number}`,
    exercise({
      asks: "the letter of the diagnosis",
      inputs: [[]],
      right: () => is,
      mistakes: Object.entries(not).map(([letter, hint]) => ({ hint, made: () => letter })),
    }),
  ]),
);
