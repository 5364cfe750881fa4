/** What each expert of the last layer usually gets: the tokens of a stretch of text, counted by the experts that the router chose. */

import { fromArray, noGrad } from "twinformer";
import type { Transformer } from "twinformer/models";

/** [token id][expert] how often a token was sent there. */
export type Counts = Map<number, number[]>;

/** One token of an expert. */
export interface Usual {
  readonly id: number;
  /** How often the expert got it. */
  readonly count: number;
  /** Of all its occurrences. */
  readonly share: number;
}

/** Adds the tokens of a text, in blocks as long as the model reads; what is left over at its end is not counted. Returns how many were. */
export function countInto(counts: Counts, model: Transformer, ids: ArrayLike<number>): number {
  const { blockSize, nExpert } = model.config;
  const blocks = Math.floor(ids.length / blockSize);
  if (blocks === 0) return 0;
  const read = Array.from(ids).slice(0, blocks * blockSize);
  const routing = noGrad(() => model.forward(fromArray(read, [blocks, blockSize], "int32")).routings.at(-1));
  if (!routing) throw new RangeError("usual: the model has no experts");
  routing.tokens.forEach((n, i) => {
    let own = counts.get(read[n]);
    if (!own) counts.set(read[n], (own = new Array<number>(nExpert).fill(0)));
    own[routing.experts[i]]++;
  });
  return read.length;
}

/** Of each expert the `most` tokens that tell it best from the others: those of which it gets many, and other experts few (its count times
 *  its share of the token). The commonest alone would be the same few for all.
 *  @param topK how many experts each occurrence was sent to */
export function usualOf(counts: Counts, nExpert: number, topK: number, most: number): Usual[][] {
  return Array.from({ length: nExpert }, (_, expert) => {
    const rows = [...counts].map(([id, by]) => {
      const occurrences = by.reduce((sum, count) => sum + count, 0) / topK;
      return { id, count: by[expert], share: by[expert] / occurrences };
    });
    return rows
      .filter(({ count }) => count > 0)
      .sort((a, b) => b.count * b.share - a.count * a.share || a.id - b.id)
      .slice(0, most);
  });
}
