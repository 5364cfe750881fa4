import { exercise } from "./exercise.js";

/** Notebook 05. */
export const parameters = {
  "active parameters of a layer": exercise({
    asks: "the active parameters of a layer of E experts, three tables of D · F each, and a router, for a token that uses k",
    inputs: [
      [4096, 14336, 8, 2],
      [64, 128, 16, 1],
      [10, 20, 4, 4],
    ] as [D: number, F: number, E: number, k: number][],
    right: (D, F, E, k) => k * 3 * D * F + E * D,
    mistakes: [
      {
        hint: "The router works on every token as well: it has D numbers for each expert.",
        made: (D, F, _E, k) => k * 3 * D * F,
      },
      {
        hint: "The router scores all experts before it can choose: all of its rows are active.",
        made: (D, F, _E, k) => k * (3 * D * F + D),
      },
      {
        hint: "That is the total. Only k experts work on a token.",
        made: (D, F, E) => E * (3 * D * F + D),
      },
      {
        hint: "An expert has three tables, not two.",
        made: (D, F, E, k) => k * 2 * D * F + E * D,
      },
    ],
  }),
  "bytes of a mixture": exercise({
    asks: "the bytes that a machine must hold, from total and active parameters and the bits of a number",
    inputs: [
      [46_702_792_704, 12_879_925_248, 16],
      [1000, 100, 4],
      [800, 800, 8],
    ] as [total: number, active: number, bits: number][],
    right: (total, _active, bits) => (total * bits) / 8,
    mistakes: [
      {
        hint: "Those work on one token. The next token may choose other experts: they must be at hand, too.",
        made: (_total, active, bits) => (active * bits) / 8,
      },
      { hint: "Those are bits. A byte has eight of them.", made: (total, _active, bits) => total * bits },
      { hint: "That is right for 16 bits only.", made: (total) => 2 * total },
    ],
  }),
};
