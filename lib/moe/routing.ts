/** What a router decides: which token goes to which expert, with what weight. Every router returns one of these. */

import type { Tensor } from "../tensor/tensor.js";

/** One token sent to one expert. */
export interface Assignment {
  token: number;
  expert: number;
  /** Which of the token's choices this is, 0 to topK − 1. */
  slot: number;
  /** What the expert's output is multiplied by. */
  weight: number;
  /** Place in the expert's queue. */
  position: number;
  /** Which preference of the token was used: 0 is its favourite. */
  rank: number;
  status: "kept" | "rerouted" | "dropped";
}

/** N tokens, E experts, K choices per token. */
export interface Routing {
  readonly nToken: number;
  readonly nExpert: number;
  readonly topK: number;
  /** [N, E] probability of each expert for each token, over all experts, in the graph. */
  readonly probs: Tensor;
  /** [N, K] what each chosen expert's output is multiplied by, in the graph. */
  readonly weights: Tensor;
  /** [N · K] chosen expert by token and slot, the favourite first. */
  readonly experts: Int32Array;
  /** [E] share of all assignments that each expert got; sums to 1 (all 0 where there are no tokens). */
  readonly load: number[];
  /** [E] mean probability of each expert; sums to 1. */
  readonly importance: number[];
  /** Most tokens that an expert may take, or null without a limit. */
  readonly capacity: number | null;
  /** Rows that all experts together computed, counted by the matmul kernel itself; null until the layer has run. */
  rowsExecuted: number | null;
  /** The list behind it all, made on demand. */
  assignments(): Assignment[];
}

/** [E] how often each expert occurs among the assignments, as a share. */
export function loadOf(experts: Int32Array, nExpert: number): number[] {
  const count = new Array<number>(nExpert).fill(0);
  for (const expert of experts) count[expert]++;
  return count.map((c) => (experts.length ? c / experts.length : 0));
}
