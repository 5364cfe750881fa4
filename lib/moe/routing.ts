/** What a router is told and what it decides: which token goes to which expert, with what weight. Every router but Soft MoE returns
 *  a `Routing`. */

import { ShapeError } from "../tensor/check.js";
import type { Generator } from "../tensor/random.js";
import type { Tensor } from "../tensor/tensor.js";

/** What a router may need besides logits. */
export interface RouteContext {
  /** Noise, expert dropout and the capacity of training. Default false: evaluation. */
  training?: boolean;
  /** For everything that is drawn. */
  rng?: Generator;
  /** [N] token ids, integers from 0, for select "hash" and "table". */
  ids?: ArrayLike<number>;
  /** What the selection keeps, by name: for select "table", tid2eid int32 [V, K], as `hashTable` makes one. Default: that of a new
   *  router. */
  state?: Readonly<Record<string, Tensor>>;
  /** Tokens of one sequence, where all have equally many. Default: all tokens are one sequence. */
  sequenceLength?: number;
  /** [S + 1] sequence s holds the tokens sequenceStarts[s] to sequenceStarts[s + 1]: in place of sequenceLength. */
  sequenceStarts?: ArrayLike<number>;
  /** [N] place of each token in its text, from 0. Default: its place in its sequence. */
  textPositions?: ArrayLike<number>;
  /** [N, E] x Wₙᵀ, for noise "learned". */
  spread?: Tensor;
  /** [N, E] standard normal numbers for noise "learned"; default drawn from `rng`. */
  noise?: Tensor;
  /** [N] even draws over [0, 1) for GShard's second expert; default drawn from `rng` in training. */
  uniform?: ArrayLike<number>;
  /** [E] added to the scores for the choice alone, never to the weights (DeepSeek-V3). */
  selectionBias?: ArrayLike<number>;
  /** Places of each expert, instead of those that capacityFactor gives; an integer from 0. What finds none is dropped, but for
   *  overflow "nextBest". */
  capacity?: number;
  /** Experts that no token may choose, in training or not: the next best do their work. At least topK must be left. See `withoutExperts`. */
  off?: readonly number[];
}

/** [S + 1] where each sequence starts. Throws where the lengths do not add up to N. */
export function startsOf({ sequenceStarts, sequenceLength }: RouteContext, nToken: number): Int32Array {
  if (sequenceStarts) {
    const starts = Int32Array.from(sequenceStarts);
    if (starts[0] !== 0 || starts.at(-1) !== nToken || starts.some((start, s) => s > 0 && start < starts[s - 1]))
      throw new ShapeError(`router: sequenceStarts must rise from 0 to ${nToken} tokens, got ${starts.join(", ")}`);
    return starts;
  }
  const length = sequenceLength ?? nToken;
  if (length === 0 && nToken === 0) return new Int32Array(2);
  if (!(Number.isInteger(length) && length > 0 && nToken % length === 0))
    throw new ShapeError(`router: ${nToken} tokens cannot be divided into sequences of ${length}`);
  return Int32Array.from({ length: nToken / length + 1 }, (_, s) => s * length);
}

/** "skipped": the token chose this expert, but was not sent there (GShard's second expert): it asked for no place. "dropped": it
 *  asked, and found the expert full. */
export type Status = "kept" | "rerouted" | "dropped" | "skipped";

/** One token sent to one expert. */
export interface Assignment {
  token: number;
  /** Where it went; without a place, where it had wanted to go. */
  expert: number;
  /** Which of the token's choices this is, from 0. */
  slot: number;
  /** What the expert's output is multiplied by; 0 without a place. */
  weight: number;
  /** Place in the expert's queue; -1 without one. */
  position: number;
  /** Which preference of the token was used: 0 is its favorite; -1 without a place. */
  rank: number;
  status: Status;
}

/** N tokens, E experts, K choices per token, M assignments (N · K where each token has K). */
export interface Routing {
  readonly nToken: number;
  /** E, null experts included. */
  readonly nExpert: number;
  /** The last of the E experts that compute nothing. */
  readonly nNullExpert: number;
  /** K, or null where tokens have different numbers of experts (expert choice, top-p). */
  readonly topK: number | null;
  /** [S + 1] sequence s holds the tokens sequenceStarts[s] to sequenceStarts[s + 1]; padding is not among them. */
  readonly sequenceStarts: Int32Array;
  /** Tokens of the longest sequence; N where sequences are not known. */
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
  /** [M] 1 where the token chose the expert but was not sent to it: see `Status`. */
  readonly skipped: Uint8Array;
  /** [E] share of the assignments with a place that each expert got; sums to 1 (all 0 where there are none). */
  readonly load: number[];
  /** [E] the same before any capacity: f of the balance losses. */
  readonly demand: number[];
  /** [E] mean probability of each expert; sums to 1. */
  readonly importance: number[];
  /** Most tokens that an expert may take, or null without a limit. Where each sequence has places of its own: in the longest. */
  readonly capacity: number | null;
  /** Places of all experts together, taken or not; null without a limit. */
  readonly places: number | null;
  /** Rows that all experts together computed (null experts compute none), counted by the matmul kernel itself; null until the layer has run. */
  readonly rowsExecuted: number | null;
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
  for (let i = 0; i < experts.length; i++) {
    if (counts && !counts(i)) continue;
    count[experts[i]]++;
    all++;
  }
  return count.map((c) => (all > 0 ? c / all : 0));
}

export function statusOf(
  { positions, experts, wanted, skipped }: Pick<Routing, "positions" | "experts" | "wanted" | "skipped">,
  i: number,
): Status {
  if (skipped[i]) return "skipped";
  if (positions[i] < 0) return "dropped";
  return experts[i] === wanted[i] ? "kept" : "rerouted";
}

/** Every tensor that a loss may still read after the layer has run. */
export const tensorsOf = ({ logits, noisy, probs, weights }: Routing): Tensor[] => [
  ...(logits ? [logits] : []),
  ...(noisy ? [noisy.logits, noisy.std] : []),
  probs,
  weights,
];
