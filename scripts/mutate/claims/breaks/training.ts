/** Troubles in training and their remedies: claims D. */

import { type Break, broken, edit } from "../break.js";

export const training: readonly Break[] = [
  broken(
    "D1",
    "06-imbalance",
    "the model that is said to have no balance loss has one",
    edit("lib/train/labs/collapse.ts", "none: { balance: 0 }", "none: { balance: { switch: 0.1 } }"),
  ),
  broken(
    "D2",
    "04-routing",
    "noise is added with a spread of 0",
    edit(
      "lib/moe/noise.ts",
      "randn([nToken, nExpert], rng, { std })",
      "randn([nToken, nExpert], rng, { std: 0 * std })",
    ),
  ),
  broken(
    "D3",
    "04-routing",
    "a token goes to two experts that it does not like most",
    edit(
      "lib/moe/select/topK.ts",
      "topIndices(scored.logits ?? scored.scores,",
      "topIndices(scored.scores.map((_, i) => (i * 7) % 5),",
    ),
  ),
  broken(
    "D4",
    "06-imbalance",
    "the deviations of a load cancel each other out",
    edit("lib/moe/metrics/load.ts", "(x - mean) ** 2", "(x - mean)"),
  ),
  broken(
    "D5",
    "07-capacity",
    "a token that found no place is computed all the same",
    edit("lib/moe/weights.ts", "  weights = masked(weights, placed);", ""),
    edit(
      "lib/moe/dispatch.ts",
      "positions[i] >= 0 && experts[i] >= first",
      "positions[i] >= -1 && experts[i] >= first",
    ),
  ),
  broken(
    "D6",
    "07-capacity",
    "no token asks its next best expert",
    edit("lib/moe/capacity/place.ts", "const next = uses ? nextBest(", "const next = uses && nToken < 0 ? nextBest("),
  ),
  broken(
    "D7",
    "06-imbalance",
    "the remedy that is called balance loss has a strength of 0",
    edit("lib/train/labs/collapse.ts", "switch: { balance: { switch: 0.01 } }", "switch: { balance: { switch: 0 } }"),
  ),
  broken(
    "D8",
    "10-which",
    "a model that is told to have no balance loss has one all the same",
    edit(
      "lib/config/router/defaults.ts",
      'typeof balance === "number" ? { switch: balance } : balance',
      'typeof balance === "number" ? { switch: balance || 0.01 } : balance',
    ),
  ),
  broken(
    "D9",
    "07-capacity",
    "the balance loss has no gradient",
    edit("lib/moe/balance/switch.ts", "overTokens(probs)", "overTokens(probs.detach())"),
  ),
  broken(
    "D10",
    "10-which",
    "equal total size puts the dense model of equal active size beside the mixture",
    edit(
      "lib/notebook/crossover/contracts.ts",
      "return { size: experts / 2, end: null }",
      "return { size: 1, end: null }",
    ),
  ),
  broken(
    "D11",
    "07-capacity",
    "no token asks its next best expert",
    edit("lib/moe/capacity/place.ts", "const next = uses ? nextBest(", "const next = uses && nToken < 0 ? nextBest("),
  ),
  broken(
    "E1",
    "10-which",
    "one expert more runs for each token than the config says",
    edit(
      "lib/models/twins.ts",
      "...routerPart(config), topK, vocabSize }",
      "...routerPart(config), topK: Math.min(nExpert, topK + 1), vocabSize }",
    ),
  ),
  broken(
    "E2",
    "10-which",
    "mixtures do not count as such",
    edit("lib/account/models/index.ts", "experts: experts.total,", "experts: null,"),
  ),
];
