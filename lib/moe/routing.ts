/** What a router decides: which token goes to which expert, with what weight. Every router but Soft MoE returns one of these. */

import type { Tensor } from "../tensor/tensor.js";

export type Status = "kept" | "rerouted" | "dropped";

/** One token sent to one expert. */
export interface Assignment {
  token: number;
  /** Where it went; for a dropped one, where it had wanted to go. */
  expert: number;
  /** Which of the token's choices this is, from 0. */
  slot: number;
  /** What the expert's output is multiplied by; 0 for a dropped one. */
  weight: number;
  /** Place in the expert's queue; -1 for a dropped one. */
  position: number;
  /** Which preference of the token was used: 0 is its favorite; -1 for a dropped one. */
  rank: number;
  status: Status;
}

/** N tokens, E experts, K choices per token, M assignments (N · K where each token has K). */
export interface Routing {
  readonly nToken: number;
  readonly nExpert: number;
  /** K, or null where tokens have different numbers of experts (expert choice, top-p). */
  readonly topK: number | null;
  /** Tokens of one sequence, which lie together; N where it is not known. */
  readonly sequenceLength: number;
  /** [N, E] what the router said, without noise, in the graph; null for routers that look at no logits. */
  readonly logits: Tensor | null;
  /** What noise did to the logits; null without noise of a known spread. */
  readonly noisy: Noisy | null;
  /** [N, E] probability of each expert for each token, over all experts, in the graph. */
  readonly probs: Tensor;
  /** What each output is multiplied by, in the graph: [N, K] where each token has K choices, else [M]. */
  readonly weights: Tensor;
  /** [M] token of each assignment; where each token has K, assignment n · K + k is its k-th choice. */
  readonly tokens: Int32Array;
  /** [M] expert of each assignment, a token's favorite first. */
  readonly experts: Int32Array;
  /** [M] the expert that was asked first, before any capacity. */
  readonly wanted: Int32Array;
  /** [M] see `Assignment`. */
  readonly slots: Int32Array;
  readonly positions: Int32Array;
  readonly ranks: Int32Array;
  /** [E] share of the assignments with a place that each expert got; sums to 1 (all 0 where there are none). */
  readonly load: number[];
  /** [E] the same before any capacity: f of the balance losses. */
  readonly demand: number[];
  /** [E] mean probability of each expert; sums to 1. */
  readonly importance: number[];
  /** Most tokens that an expert may take (in each sequence, if counted there), or null without a limit. */
  readonly capacity: number | null;
  /** Places of all experts together, taken or not; null without a limit. */
  readonly places: number | null;
  /** Rows that all experts together computed, counted by the matmul kernel itself; null until the layer has run. */
  rowsExecuted: number | null;
  /** The list behind it all, made on demand. */
  assignments(): Assignment[];
}

/** H = clean + std · noise, all [N, E]. */
export interface Noisy {
  readonly logits: Tensor;
  readonly std: Tensor;
}

/** [E] how often each expert occurs among the assignments that `counts`, as a share. */
export function loadOf(experts: Int32Array, nExpert: number, counts?: (i: number) => boolean): number[] {
  const count = new Array<number>(nExpert).fill(0);
  let all = 0;
  experts.forEach((expert, i) => {
    if (counts && !counts(i)) return;
    count[expert]++;
    all++;
  });
  return count.map((c) => (all > 0 ? c / all : 0));
}

export const statusOf = (
  { positions, experts, wanted }: Pick<Routing, "positions" | "experts" | "wanted">,
  i: number,
): Status => (positions[i] < 0 ? "dropped" : experts[i] === wanted[i] ? "kept" : "rerouted");

/** Every tensor that a loss may still read after the layer has run. */
export const tensorsOf = ({ logits, noisy, probs, weights }: Routing): Tensor[] => [
  ...(logits ? [logits] : []),
  ...(noisy ? [noisy.logits, noisy.std] : []),
  probs,
  weights,
];
