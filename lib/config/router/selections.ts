/** Who chooses whom: one entry for each selection, with all that can be said about it without tensors, and the options that belong to
 *  one selection alone. What each does with numbers is in `lib/moe/select/`, in a table of the same words. */

import type { RouterConfig } from "./fields.js";
import { integer, number, word } from "../options.js";
import type { Option } from "./option.js";

/** E experts that are scored (null ones included), D model width, S slots of each expert: sizes that a router's tensors may have. "E·S" is a product. */
export type RouterSize = "E" | "D" | "E·S";

/** V tokens of the vocabulary, E experts that are scored, K experts per token: sizes of what a router keeps beside what it learns. */
export type StateSize = "V" | "E" | "K";

export interface SelectionFacts {
  /** Shape of what learns to choose; null where nothing does: then there is no logit, no probability, and no balance. */
  readonly weight: readonly RouterSize[] | null;
  /** What chooses but is learned by no gradient, by name: its shape. Saved, loaded and rolled back with the parameters. */
  readonly state?: Readonly<Record<string, readonly StateSize[]>>;
  /** The only number of experts per token that makes sense, and why, in words after `select "x"`. */
  readonly topK?: readonly [number, string];
  /** Tokens have different numbers of experts: `Routing.topK` is null. */
  readonly varies?: true;
  /** Experts get equally much by construction, so there is no balance term by default. */
  readonly even?: true;
  /** The choice for one token depends on other tokens: those of its sequence with capacityPer "sequence", else of the whole batch.
   *  Where it "always" does, a text cannot be read token by token: see `dependsOnBatch`. */
  readonly dependsOnBatch?: "training" | "always";
  /** It depends on the tokens of its sequence alone, whatever capacityPer says. */
  readonly perSequence?: true;
  /** Parameters at work on one token: those of K experts (at most, where the number varies by token or with null experts;
   *  on average, with "expertChoice"), or of all. */
  readonly active: "topK" | "all";
  /** Weights are divided by their sum where renormalize is not given. Default: for topK > 1. */
  readonly renormalize?: false;
  /** balance.bias may shift the scores that are compared; with "quantile", as all experts are compared, balance.quantile may too. */
  readonly biased?: "bias" | "quantile";
  /** Options that change something with this selection alone. */
  readonly owns?: readonly (keyof SelectionOptions)[];
  /** What does not make sense about its own options, in a sentence. */
  readonly problem?: (config: RouterConfig, nExpert: number) => string | null;
  /** Options that would change nothing here: a sentence for each. */
  readonly without?: { readonly [Name in keyof RouterConfig]?: (named: string, value: string) => string };
}

/** Where a null expert would get its tokens by no choice of theirs. */
const noNull = (named: string): string =>
  `a null expert is for tokens that need no other; with ${named} they do not choose by score: leave nNullExpert out`;
const noHiding = (named: string): string =>
  `expertDropout hides experts from a choice by score; with ${named} there is none`;

/** Selections that look at no logits have no router that learns. */
const blind = {
  weight: null,
  active: "topK",
  without: {
    noise: (named, noise) => `${named} does not look at logits, so noise "${noise}" would change nothing`,
    score: (named, score) => `${named} does not look at logits, so score "${score}" would change nothing`,
    straightThrough: (named) =>
      `${named} has no router that a gradient could go straight through to: leave straightThrough out`,
    routerBias: (named) => `${named} has no router that could learn, so routerBias would change nothing`,
    balance: (named) => `${named} has no router that could learn, so balance would change nothing: use balance 0`,
    expertDropout: noHiding,
    nNullExpert: noNull,
  },
} as const satisfies SelectionFacts;

export const selections = {
  topK: { weight: ["E", "D"], active: "topK", biased: "quantile" },
  gshard: { weight: ["E", "D"], active: "topK", topK: [2, "sends each token to two experts"] },
  groupLimited: {
    weight: ["E", "D"],
    active: "topK",
    biased: "bias",
    owns: ["nGroup", "topKGroup"],
    problem: ({ topK, nGroup, topKGroup }, nExpert) => {
      if (nExpert % nGroup !== 0) return `${nExpert} experts cannot be divided into ${nGroup} equal groups (nGroup)`;
      if (topKGroup > nGroup) return `topKGroup ${topKGroup} must not exceed nGroup ${nGroup}`;
      const allowed = (topKGroup * nExpert) / nGroup;
      return topK <= allowed
        ? null
        : `topK ${topK} must not exceed the ${allowed} experts of topKGroup ${topKGroup} groups`;
    },
    without: {
      expertDropout: (named) =>
        `expertDropout may hide all experts of the groups that ${named} allows: use select "topK"`,
      nNullExpert: (named) =>
        `${named} limits a token to few groups, of which null experts are in none: use select "topK"`,
    },
  },
  topP: { weight: ["E", "D"], active: "topK", varies: true },
  adaptive: { weight: ["E", "D"], active: "topK", varies: true },
  expertChoice: {
    weight: ["E", "D"],
    active: "topK",
    varies: true,
    even: true,
    dependsOnBatch: "always",
    renormalize: false,
    without: {
      expertDropout: noHiding,
      nNullExpert: noNull,
      overflow: (named) => `${named} fills each expert exactly, so nothing flows over: leave overflow out`,
      queue: (named) => `${named} lets every expert choose its tokens, so there is no queue: leave queue out`,
      order: (named) => `${named} lets every expert choose its tokens, so there is no queue: leave order out`,
    },
  },
  hash: blind,
  table: {
    weight: ["E", "D"],
    state: { tid2eid: ["V", "K"] },
    active: "topK",
    without: {
      noise: (named, noise) => `${named} chooses by id, so noise "${noise}" would change no choice: leave noise out`,
      balance: (named) => `${named} chooses by id, which no balance could change: use balance 0`,
      expertDropout: noHiding,
      nNullExpert: noNull,
    },
  },
  random: blind,
  pool: {
    weight: ["E", "D"],
    active: "topK",
    dependsOnBatch: "always",
    perSequence: true,
    owns: ["nPool", "minPool"],
    problem: (config, nExpert) => {
      const { topK, overflow } = config;
      const { nPool, minPool } = poolSizes(config, nExpert);
      if (nPool > nExpert) return `nPool ${nPool} must not exceed nExpert ${nExpert}`;
      if (minPool > nPool) return `minPool ${minPool} must not exceed nPool ${nPool}`;
      if (topK > minPool)
        return `topK ${topK} must not exceed minPool ${minPool}, which is nPool where it is not given`;
      return overflow === "nextBest"
        ? 'overflow "nextBest" might leave the pool of the document: use overflow "drop"'
        : null;
    },
    without: {
      nNullExpert: (named) =>
        `${named} is about the experts that a document needs, and null ones are none: leave nNullExpert out`,
    },
  },
  sinkhorn: { weight: ["E", "D"], active: "topK", dependsOnBatch: "training" },
  base: {
    weight: ["E", "D"],
    active: "topK",
    topK: [1, "gives each token one expert"],
    even: true,
    dependsOnBatch: "training",
    without: { expertDropout: noHiding, nNullExpert: noNull },
  },
  soft: {
    weight: ["E·S", "D"],
    active: "all",
    even: true,
    dependsOnBatch: "always",
    renormalize: false,
    without: {
      capacityFactor: (named) => `${named} mixes all tokens into fixed slots, so capacityFactor has no meaning`,
      capacityPer: (named) => `${named} mixes within each sequence in any case: leave capacityPer out`,
      noise: (named, noise) => `${named} chooses nothing that noise "${noise}" could change`,
      score: (named) => `${named} takes softmaxes over tokens and slots: use score "softmax"`,
      balance: (named) => `${named} gives every expert equally much: use balance 0`,
      straightThrough: (named) => `${named} has no hard choice to send a gradient through: leave straightThrough out`,
      routerBias: (named) => `${named} has no offset per expert: leave routerBias out`,
      nSharedExpert: (named) => `${named} already gives every token a part of every expert: leave nSharedExpert out`,
      dLatent: (named) => `${named} mixes tokens in the model's own width: leave dLatent out`,
      scale: (named) => `${named} weighs by softmaxes over the slots: leave scale out`,
      expertDropout: noHiding,
      nNullExpert: noNull,
    },
  },
} as const satisfies Record<string, SelectionFacts>;

/** How many experts a document's pool has, at most and, in training, at least. */
export function poolSizes(
  { topK, nPool, minPool }: Pick<RouterConfig, "topK" | "nPool" | "minPool">,
  nExpert: number,
): { nPool: number; minPool: number } {
  const most = nPool ?? Math.max(topK, Math.ceil(nExpert / 4));
  return { nPool: most, minPool: minPool ?? most };
}

/** Who chooses whom; each has a file in `lib/moe/select/`. */
export type Select = keyof typeof selections;

/** The selections with a state. */
export type Stateful = {
  [S in Select]: (typeof selections)[S] extends { readonly state: object } ? S : never;
}[Select];
/** The names of a selection's state. */
export type StateName<S extends Stateful> = keyof (typeof selections)[S]["state"] & string;

/** What is known of a selection; of a word that is none, which `routerProblem` refuses, the same as of "topK". */
export const factsOf = (select: string): SelectionFacts =>
  Object.hasOwn(selections, select) ? selections[select as Select] : selections.topK;

/** Options that belong to one selection. */
export interface SelectionOptions {
  /** Groups of neighboring experts, with "groupLimited". Default 1. */
  nGroup: number;
  /** Groups that a token may use. Default 1. */
  topKGroup: number;
  /** Score of a group: its best expert (DeepSeek-V2) or the sum of its best two (V3). Default "top2". */
  groupScore: "max" | "top2";
  /** Probability that a token's experts must cover together, with "topP". Default 0.5. */
  topP: number;
  /** When GShard's second expert is used: always, with probability 2·g₂ (GShard) or g₂ / 0.2 (ST-MoE). Default "random". */
  secondExpert: "all" | "random" | "threshold";
  /** Slots of each expert, with "soft". Default 1. */
  nSlot: number;
  /** Experts that one document may use, with "pool". Null: a quarter of them, but no fewer than topK. Default null. */
  nPool: number | null;
  /** In training each document's pool has from this many to nPool experts, drawn evenly. Null: nPool. Default null. */
  minPool: number | null;
}

const poolSize = {
  ok: (value: unknown): boolean => value === null || integer(1).ok(value),
  must: "an integer from 1, or null",
};

export const selectionOptions: {
  readonly [Name in keyof SelectionOptions]: Option<SelectionOptions[Name], RouterConfig>;
} = {
  nGroup: { standard: 1, ...integer(1) },
  topKGroup: { standard: 1, ...integer(1) },
  groupScore: { standard: "top2", ...word(["max", "top2"]) },
  topP: { standard: 0.5, ...number("above 0 and at most 1", (p) => p > 0 && p <= 1) },
  secondExpert: { standard: "random", ...word(["all", "random", "threshold"]) },
  nSlot: { standard: 1, ...integer(1) },
  nPool: { standard: null, ...poolSize },
  minPool: { standard: null, ...poolSize },
};
