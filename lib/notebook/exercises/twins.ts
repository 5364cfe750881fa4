import { combinations } from "../../moe/fineGrained.js";
import { exercise } from "./exercise.js";

type Model = [shared: number, expert: number, nExpert: number, topK: number];
type Layer = [dModel: number, dExpert: number, nExpert: number, topK: number];

/** Notebooks 00 and 03. */
export const twins = {
  "loss of guessing evenly": exercise({
    asks: "the loss, in nats, of a model that thinks all V tokens equally likely",
    inputs: [[2], [89], [50257]] as [vocabSize: number][],
    right: (vocabSize) => Math.log(vocabSize),
    mistakes: [
      {
        hint: "That is the probability of the right token. The loss is minus its natural logarithm.",
        made: (vocabSize) => 1 / vocabSize,
      },
      {
        hint: "Nats use the natural logarithm: Math.log. Math.log2 gives bits.",
        made: (vocabSize) => Math.log2(vocabSize),
      },
      {
        hint: "The sign is turned around. A loss is 0 for a sure and right answer, and above 0 else.",
        made: (vocabSize) => -Math.log(vocabSize),
      },
    ],
  }),
  "total and active parameters": exercise({
    asks: "[total, active] of a mixture, from its shared parameters, those of one expert, E experts and k for a token",
    inputs: [
      [60_416, 16_384, 32, 8],
      [10, 3, 4, 1],
      [1_600, 5_600, 8, 2],
    ] as Model[],
    right: (shared, expert, nExpert, topK) => [shared + nExpert * expert, shared + topK * expert],
    mistakes: [
      {
        hint: "The shared parts are there once. Only the experts are there E times: so 8 × 7 billion is not 56 billion.",
        made: (shared, expert, nExpert, topK) => [nExpert * (shared + expert), topK * (shared + expert)],
      },
      {
        hint: "A token passes through the shared parts as well: they are active, too.",
        made: (shared, expert, nExpert, topK) => [shared + nExpert * expert, topK * expert],
      },
      {
        hint: "Each token uses k experts, not one.",
        made: (shared, expert, nExpert) => [shared + nExpert * expert, shared + expert],
      },
    ],
  }),
  "sets of experts": exercise({
    asks: "how many different sets of k experts a layer of E experts has",
    inputs: [
      [8, 2],
      [16, 4],
      [5, 5],
      [64, 8],
    ] as [nExpert: number, topK: number][],
    right: combinations,
    mistakes: [
      {
        hint: "That lets the same expert be chosen twice, and counts each order of a set.",
        made: (nExpert, topK) => nExpert ** topK,
      },
      {
        hint: "That counts the orders of a set as different: A and B are the same two experts as B and A. Divide by k · (k − 1) · … · 1.",
        made: (nExpert, topK) => Array.from({ length: topK }, (_, i) => nExpert - i).reduce((a, b) => a * b, 1),
      },
      {
        hint: "That is how many experts stand for one choice each. Choose one after the other: E ways, then E − 1, and so on.",
        made: (nExpert, topK) => nExpert * topK,
      },
    ],
  }),
  "active weights of an MoE layer": exercise({
    asks: "the weights that work on one token, from D, the width F of an expert, E experts and k for a token",
    inputs: [
      [64, 128, 8, 2],
      [64, 16, 64, 16],
      [8, 4, 2, 1],
    ] as Layer[],
    right: (dModel, dExpert, nExpert, topK) => topK * 2 * dModel * dExpert + nExpert * dModel,
    mistakes: [
      {
        hint: "The router is missing: it has one row of D weights for each of the E experts, and it scores all of them.",
        made: (dModel, dExpert, _nExpert, topK) => topK * 2 * dModel * dExpert,
      },
      {
        hint: "That is the total: all E experts. Only k of them work on a token.",
        made: (dModel, dExpert, nExpert) => nExpert * 2 * dModel * dExpert + nExpert * dModel,
      },
      {
        hint: "An expert has two tables: one leads from D to F numbers, the other back.",
        made: (dModel, dExpert, nExpert, topK) => topK * dModel * dExpert + nExpert * dModel,
      },
    ],
  }),
};
