/** Gives assignments their places at the experts, and decides what becomes of those that find none. */

import type { Overflow } from "../../config/router/fields.js";
import { preference, type Scored, type Selection } from "../select/selection.js";
import { placementOrder, type QueueOptions } from "./queue.js";

export interface PlaceOptions extends QueueOptions {
  /** Places of each expert; null without a limit. */
  capacity: number | null;
  overflow: Overflow;
  /** Where each sequence has places of its own: its number of tokens. Default: the batch is one. */
  sequenceLength?: number | undefined;
}

/** By assignment; see `Routing`. */
export interface Placement {
  readonly experts: Int32Array;
  readonly positions: Int32Array;
  readonly ranks: Int32Array;
}

/** "drop": whoever finds its expert full is sent to none, and passes through the residual alone (Switch, GShard).
 *  "nextBest": it goes to the best other expert with room that its token does not use yet; dropped only where there is none.
 *  "dropless", or no capacity: everybody has a place.
 *  Sources: Fedus et al. 2021, §2.2; appendix B of the same calls the second rule No-Token-Left-Behind, and found no gain in it;
 *  dropless: Gale et al. 2022 (MegaBlocks), §3, https://arxiv.org/abs/2211.15841 */
export function place(selection: Selection, scored: Scored, options: PlaceOptions): Placement {
  const { nExpert, nToken } = scored;
  const { overflow, sequenceLength = Math.max(nToken, 1) } = options;
  const capacity = overflow === "dropless" ? Infinity : (options.capacity ?? Infinity);
  const experts = selection.experts.slice();
  const ranks = selection.ranks.slice();
  const positions = new Int32Array(experts.length).fill(-1);
  const taken = new Int32Array(nExpert * Math.ceil(nToken / sequenceLength));
  const uses = overflow === "nextBest" ? new Uint8Array(nToken * nExpert) : null;
  for (const i of placementOrder(selection, scored, options)) {
    if (selection.skipped?.[i]) {
      ranks[i] = -1;
      continue;
    }
    const token = selection.tokens[i];
    const first = Math.floor(token / sequenceLength) * nExpert;
    const free = (e: number): boolean => taken[first + e] < capacity && !uses?.[token * nExpert + e];
    let [expert, rank] = [selection.experts[i], selection.ranks[i]];
    if (!free(expert)) {
      const next = uses ? nextBest(scored, token, free) : null;
      if (!next) {
        ranks[i] = -1;
        continue;
      }
      ({ expert, rank } = next);
    }
    experts[i] = expert;
    ranks[i] = rank;
    positions[i] = taken[first + expert]++;
    if (uses) uses[token * nExpert + expert] = 1;
  }
  return { experts, positions, ranks };
}

/** The token's best expert that is free. One at −∞ is hidden from it, and not among them. */
function nextBest(
  scored: Scored,
  token: number,
  free: (e: number) => boolean,
): { expert: number; rank: number } | null {
  const order = preference(scored, token);
  const rank = order.findIndex((e) => free(e) && scored.scores[token * scored.nExpert + e] !== -Infinity);
  return rank < 0 ? null : { expert: order[rank], rank };
}
