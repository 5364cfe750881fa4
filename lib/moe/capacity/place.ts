/** Gives assignments their places at the experts, and decides what becomes of those that find none. */

import { checkScored } from "../check.js";
import type { Overflow } from "../../config/router/fields.js";
import { preference, type Scored, type Selection } from "../select/selection.js";
import { placementOrder, type QueueOptions } from "./queue.js";

export interface PlaceOptions extends QueueOptions {
  /** Places of each expert: one number, or one for each sequence; null without a limit. */
  capacity: number | ArrayLike<number> | null;
  overflow: Overflow;
  /** Where each sequence has places of its own, [S + 1]: where each starts. Default: the batch is one. */
  sequenceStarts?: ArrayLike<number> | undefined;
}

/** By assignment; see `Routing`. */
export interface Placement {
  readonly experts: Int32Array;
  readonly positions: Int32Array;
  readonly ranks: Int32Array;
}

/** Where an expert is full: "drop" sends the token to none, so that it passes through the residual alone (Switch, GShard).
 *  "nextBest" sends it to the best other expert with room that it does not use yet, and drops it only where there is none.
 *  "dropless", or no capacity: every assignment has a place. One that is skipped takes none.
 *  Sources: Fedus et al. 2021, §2.2; appendix B of the same calls the second rule No-Token-Left-Behind, and found no gain in it;
 *  dropless: Gale et al. 2022 (MegaBlocks), §3, https://arxiv.org/abs/2211.15841 */
export function place(selection: Selection, scored: Scored, options: PlaceOptions): Placement {
  checkScored("place", scored);
  const { nExpert, nToken } = scored;
  const { overflow, sequenceStarts = [0, nToken] } = options;
  const capacity = overflow === "dropless" ? null : options.capacity;
  const places = (s: number): number =>
    capacity === null ? Infinity : typeof capacity === "number" ? capacity : capacity[s];
  const sequence = sequenceOf(sequenceStarts, nToken);
  const experts = selection.experts.slice();
  const positions = new Int32Array(experts.length).fill(-1);
  const ranks = positions.slice();
  const taken = new Int32Array(nExpert * (sequenceStarts.length - 1));
  const uses = overflow === "nextBest" ? new Set<number>() : null; // token · E + expert
  const free = (token: number, e: number): boolean =>
    taken[sequence[token] * nExpert + e] < places(sequence[token]) && !uses?.has(token * nExpert + e);
  for (const i of placementOrder(selection, scored, options)) {
    if (selection.skipped?.[i]) continue;
    const token = selection.tokens[i];
    let [expert, rank] = [selection.experts[i], selection.ranks[i]];
    if (!free(token, expert)) {
      const next = uses ? nextBest(scored, token, free) : null;
      if (!next) continue;
      ({ expert, rank } = next);
    }
    experts[i] = expert;
    ranks[i] = rank;
    positions[i] = taken[sequence[token] * nExpert + expert]++;
    uses?.add(token * nExpert + expert);
  }
  return { experts, positions, ranks };
}

/** [N] which sequence each token belongs to. */
export function sequenceOf(starts: ArrayLike<number>, nToken: number): Int32Array {
  const sequence = new Int32Array(nToken);
  for (let s = 0; s + 1 < starts.length; s++) sequence.fill(s, starts[s], starts[s + 1]);
  return sequence;
}

/** The token's best expert that is free. One at −∞ is hidden from it, and not among them. */
function nextBest(
  scored: Scored,
  token: number,
  free: (token: number, e: number) => boolean,
): { expert: number; rank: number } | null {
  const order = preference(scored, token);
  const rank = order.findIndex((e) => free(token, e) && scored.scores[token * scored.nExpert + e] !== -Infinity);
  return rank < 0 ? null : { expert: order[rank], rank };
}
