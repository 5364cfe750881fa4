/** The order in which assignments take the experts' places. */

import type { Generator } from "../../tensor/random.js";
import type { Queue } from "../../config/router/fields.js";
import type { Scored, Selection } from "../select/selection.js";

export interface QueueOptions {
  queue: Queue;
  order: "slotMajor" | "tokenMajor";
  /** [N] for queue "random": tokens stand in the order of these numbers. Default: drawn from `rng`. */
  lots?: ArrayLike<number> | undefined;
  rng?: Generator | undefined;
}

/** Assignments in the order in which they are placed. Tokens stand in line by position; by the score of their favorite, so that
 *  unimportant ones are dropped; or at random. All first choices go before all second ones ("slotMajor"), or each token places all
 *  of its choices before the next. Sources: Lepikhin et al. 2020 (GShard), alg. 1, https://arxiv.org/abs/2006.16668; Riquelme et al.
 *  2021 (batch-prioritized routing), §4.1, https://arxiv.org/abs/2106.05974 */
export function placementOrder(selection: Selection, scored: Scored, options: QueueOptions): number[] {
  const { nToken, nExpert } = scored;
  if (options.queue === "position" && selection.topK !== null) return straight(nToken, selection.topK, options.order);
  const place = placeOfToken(selection, scored, options);
  const { tokens, slots } = selection;
  // One number for each, its index at the end: numbers are sorted much faster than anything by a function.
  const keys = Float64Array.from(tokens, (n, i) => {
    const key = options.order === "slotMajor" ? slots[i] * nToken + place[n] : place[n] * nExpert + slots[i];
    return key * tokens.length + i;
  }).sort();
  return Array.from(keys, (key) => key % tokens.length);
}

/** The same where tokens stand by position and each has K choices: assignment n · K + k is the k-th of token n. */
function straight(nToken: number, topK: number, order: QueueOptions["order"]): number[] {
  const all: number[] = [];
  for (let i = 0; i < nToken * topK; i++)
    all.push(order === "tokenMajor" ? i : (i % nToken) * topK + Math.floor(i / nToken));
  return all;
}

/** [N] place in line of each token. */
function placeOfToken(
  selection: Selection,
  { scores, nToken, nExpert }: Scored,
  { queue, lots, rng }: QueueOptions,
): Int32Array {
  const line = Array.from({ length: nToken }, (_, n) => n);
  if (queue === "probability") {
    const importance = new Float64Array(nToken).fill(-Infinity);
    selection.tokens.forEach((n, i) => {
      const score = scores[n * nExpert + selection.experts[i]];
      if (score > importance[n]) importance[n] = score;
    });
    line.sort((a, b) => importance[b] - importance[a]); // equal ones stay in the order of their position
  }
  if (queue === "random") {
    if (!lots && !rng) throw new RangeError('queue "random" needs a random generator: pass { rng }');
    const lot = lots ?? line.map(() => rng!.uniform());
    line.sort((a, b) => lot[a] - lot[b]);
  }
  const place = new Int32Array(nToken);
  line.forEach((n, i) => (place[n] = i));
  return place;
}
