import { exercise } from "./exercise.js";

/** Notebook 10. */
export const which = {
  "dense width of equal total size": exercise({
    asks: "the width of the dense layer of equal total size, as a multiple of its twin's, from the experts E and those of a token k",
    inputs: [
      [8, 2],
      [16, 2],
      [64, 8],
    ] as [nExpert: number, topK: number][],
    right: (nExpert, topK) => nExpert / topK,
    mistakes: [
      {
        hint: "Each expert is narrower than the twin's layer: by which factor?",
        made: (nExpert) => nExpert,
      },
      {
        hint: "That is the share of the experts that work: turn it around.",
        made: (nExpert, topK) => topK / nExpert,
      },
      {
        hint: "All experts are stored, those at work included.",
        made: (nExpert, topK) => (nExpert - topK) / topK,
      },
    ],
  }),
  "dense steps in the same time": exercise({
    asks: "the steps of the dense model, from the steps of the MoE and the milliseconds of a step of both",
    inputs: [
      [1000, 12, 10],
      [500, 30, 40],
    ] as [steps: number, moe: number, dense: number][],
    right: (steps, moe, dense) => (steps * moe) / dense,
    mistakes: [
      {
        hint: "The model with the shorter step makes more steps in the same time: divide by its own time.",
        made: (steps, moe, dense) => (steps * dense) / moe,
      },
      { hint: "These are milliseconds: how many dense steps fit into them?", made: (steps, moe) => steps * moe },
      {
        hint: "These are the steps that the dense model makes more: add those of the MoE.",
        made: (steps, moe, dense) => (steps * moe) / dense - steps,
      },
    ],
  }),
  "dense width with the same loss": exercise({
    asks: "the width with the MoE's loss, from two widths a and b, their losses, and the loss of the MoE",
    inputs: [
      [1, 2, 2.1, 2, 2.05],
      [2, 4, 1.9, 1.8, 1.82],
    ] as [a: number, b: number, lossA: number, lossB: number, moe: number][],
    right: (a, b, lossA, lossB, moe) => a * (b / a) ** ((lossA - moe) / (lossA - lossB)),
    mistakes: [
      {
        hint: "That is straight in the width: here the line is straight in its logarithm.",
        made: (a, b, lossA, lossB, moe) => a + ((b - a) * (lossA - moe)) / (lossA - lossB),
      },
      {
        hint: "You went from b to a: start at a.",
        made: (a, b, lossA, lossB, moe) => b * (a / b) ** ((lossA - moe) / (lossA - lossB)),
      },
      {
        hint: "That is the logarithm of the width: take it back by the exponential function.",
        made: (a, b, lossA, lossB, moe) =>
          Math.log(a) + ((Math.log(b) - Math.log(a)) * (lossA - moe)) / (lossA - lossB),
      },
    ],
  }),
};
