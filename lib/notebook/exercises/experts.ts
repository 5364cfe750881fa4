import { exercise } from "./exercise.js";

/** Notebook 09. */
export const experts = {
  "two tokens in one expert": exercise({
    asks: "how often two random tokens have the same expert, from the load: the share of each expert",
    inputs: [[[0.25, 0.25, 0.25, 0.25]], [[0.5, 0.3, 0.2]], [[1, 0]]] as [load: number[]][],
    right: (load) => load.reduce((sum, share) => sum + share * share, 0),
    mistakes: [
      {
        hint: "That is right for an even load only: a busy expert is met more often than one in E.",
        made: (load) => 1 / load.length,
      },
      {
        hint: "These shares sum to 1: the second token must go to the same expert, too.",
        made: (load) => load.reduce((sum, share) => sum + share, 0),
      },
      {
        hint: "They may meet in any expert, not in the busiest alone: add over all.",
        made: (load) => Math.max(...load) ** 2,
      },
    ],
  }),
  "more than the token": exercise({
    asks: "what an expert says about the domain beyond the token, from its NMI and both shuffled ones",
    inputs: [
      [0.24, 0.006, 0.22],
      [0.18, 0.004, 0.08],
      [0.01, 0.005, 0.02],
    ] as [domain: number, byChance: number, byToken: number][],
    right: (domain, _byChance, byToken) => Math.max(0, domain - byToken),
    mistakes: [
      {
        hint: "A shuffle over all texts destroys what the token says, too: compare with the one among equal tokens.",
        made: (domain, byChance) => Math.max(0, domain - byChance),
      },
      {
        hint: "Below the baseline there is nothing more: give 0, not a negative number.",
        made: (domain, _byChance, byToken) => domain - byToken,
      },
      {
        hint: "The second baseline holds the first already: subtract one of them.",
        made: (domain, byChance, byToken) => Math.max(0, domain - byChance - byToken),
      },
    ],
  }),
  "what is left of a pruned mixture": exercise({
    asks: "the share of the parameters that is left, from those outside experts, layers, experts, one expert, and the kept",
    inputs: [
      [200_000, 4, 8, 67_584, 1],
      [1_600_000_000, 32, 8, 176_000_000, 2],
    ] as [other: number, layers: number, experts: number, each: number, kept: number][],
    right: (other, layers, of, each, kept) => (other + layers * kept * each) / (other + layers * of * each),
    mistakes: [
      {
        hint: "Attention and embeddings are not cut: they stay whole in both sums.",
        made: (_other, _layers, of, _each, kept) => kept / of,
      },
      {
        hint: "Every layer has experts of its own: multiply by the layers, above and below.",
        made: (other, _layers, of, each, kept) => (other + kept * each) / (other + of * each),
      },
      {
        hint: "That is the share that is gone: what is left?",
        made: (other, layers, of, each, kept) => 1 - (other + layers * kept * each) / (other + layers * of * each),
      },
    ],
  }),
};
