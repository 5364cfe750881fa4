import { combinations } from "../../moe/fineGrained.js";
import { exercise } from "./exercise.js";
import { softmaxOf } from "./tensors.js";

/** Softmax of the logits, each counted as the mask says: as it is, as −∞, or as something else. */
const softmaxWith = (z: readonly number[], k: number, mask: (logit: number, isKept: boolean) => number): number[] => {
  const least = [...z].sort((a, b) => b - a)[k - 1];
  return softmaxOf(z.map((logit) => mask(logit, logit >= least)));
};

/** Notebook 04. */
export const routing = {
  "weights of a router": exercise({
    asks: "the weights of all experts, from the logits z of one token: softmax over the k largest, exactly 0 for the others",
    inputs: [
      [[2, 1, 0, -1], 2],
      [[0.5, 3, -2], 1],
      [[1, 1.5, -1.2, 0.3], 3],
    ] as [z: number[], k: number][],
    right: (z, k) => softmaxWith(z, k, (logit, isKept) => (isKept ? logit : -Infinity)),
    mistakes: [
      {
        hint: "That is the softmax over all. Only the k largest may keep a weight.",
        made: (z) => softmaxWith(z, 1, (logit) => logit),
      },
      {
        hint: "The others have the logit 0 now, and exp(0) is 1. What is left out needs −∞.",
        made: (z, k) => softmaxWith(z, k, (logit, isKept) => (isKept ? logit : 0)),
      },
      {
        hint: "The weights of the chosen do not sum to 1: choose first, then take the softmax, or divide by their sum.",
        made: (z, k) => {
          const least = [...z].sort((a, b) => b - a)[k - 1];
          return softmaxWith(z, k, (logit) => logit).map((p, e) => (z[e] >= least ? p : 0));
        },
      },
    ],
  }),
  "paths through a model": exercise({
    asks: "how many different paths a token can take: E experts, k of them for a token, L layers",
    inputs: [
      [8, 2, 3],
      [16, 4, 2],
      [64, 1, 1],
    ] as [nExpert: number, topK: number, nLayer: number][],
    right: (nExpert, topK, nLayer) => combinations(nExpert, topK) ** nLayer,
    mistakes: [
      {
        hint: "That adds the ways of the layers. Each way in one layer can go on with every way in the next: multiply.",
        made: (nExpert, topK, nLayer) => combinations(nExpert, topK) * nLayer,
      },
      {
        hint: "That is one layer. Every further layer multiplies the number of paths.",
        made: (nExpert, topK) => combinations(nExpert, topK),
      },
      {
        hint: "That lets a token choose one expert twice, and counts the order. A choice is a set of k different experts.",
        made: (nExpert, topK, nLayer) => nExpert ** (topK * nLayer),
      },
    ],
  }),
  "experts that a batch uses": exercise({
    asks: "the share of the E experts that B tokens use on average, where each picks k of them by even chance",
    inputs: [
      [8, 2, 8],
      [64, 6, 10],
      [4, 1, 1],
    ] as [nExpert: number, topK: number, batch: number][],
    right: (nExpert, topK, batch) => 1 - (1 - topK / nExpert) ** batch,
    mistakes: [
      {
        hint: "That is the share that *no* token uses. The rest is in use.",
        made: (nExpert, topK, batch) => (1 - topK / nExpert) ** batch,
      },
      {
        hint: "Two tokens may pick the same expert, so the shares do not simply add up.",
        made: (nExpert, topK, batch) => Math.min(1, (batch * topK) / nExpert),
      },
      {
        hint: "Each token picks k experts, not one: the chance that it leaves an expert out is 1 − k/E.",
        made: (nExpert, _topK, batch) => 1 - (1 - 1 / nExpert) ** batch,
      },
    ],
  }),
};
