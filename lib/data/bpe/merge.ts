/** Applies merges to a piece of text. */

/** Two ids in one number, for a table; below 2^53 as long as ids are below 2^26. */
export const pairKey = (left: number, right: number): number => left * 2 ** 26 + right;

/** What a pair of ids becomes, and how early: lower ranks first. */
export interface Merge {
  rank: number;
  id: number;
}

/** Replaces the pair of the lowest rank, the leftmost of equals, by its token, as long as there is one: n ids in O(n log n) steps. */
export function merged(ids: ArrayLike<number>, merges: ReadonlyMap<number, Merge>): number[] {
  const n = ids.length;
  const token = Int32Array.from(ids);
  // Ids are a chain of places: a merged token stays where its left part was, and its right part's place is taken out (-1).
  const next = Int32Array.from(ids, (_, at) => at + 1);
  const previous = Int32Array.from(ids, (_, at) => at - 1);
  const waiting = new Heap();
  const mergeAt = (at: number): Merge | undefined =>
    at >= 0 && token[at] >= 0 && next[at] < n ? merges.get(pairKey(token[at], token[next[at]])) : undefined;
  const offer = (at: number): void => {
    const merge = mergeAt(at);
    if (merge) waiting.push(merge.rank * n + at);
  };
  for (let at = 0; at < n - 1; at++) offer(at);
  for (let first = waiting.pop(); first !== undefined; first = waiting.pop()) {
    const at = first % n;
    const merge = mergeAt(at);
    if (merge?.rank !== Math.floor(first / n)) continue; // what stood there has been merged otherwise
    const right = next[at];
    token[at] = merge.id;
    token[right] = -1;
    next[at] = next[right];
    if (next[at] < n) previous[next[at]] = at;
    offer(previous[at]);
    offer(at);
  }
  return Array.from(token.filter((id) => id >= 0));
}

/** Numbers, of which the smallest is taken first: a binary heap. */
class Heap {
  readonly #items: number[] = [];

  push(item: number): void {
    const items = this.#items;
    let at = items.push(item) - 1;
    for (; at > 0; at = (at - 1) >> 1) {
      const parent = (at - 1) >> 1;
      if (items[parent] <= item) break;
      items[at] = items[parent];
    }
    items[at] = item;
  }

  pop(): number | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (last === undefined || items.length === 0) return top;
    let at = 0;
    for (let child = 1; child < items.length; child = 2 * at + 1) {
      if (items[child + 1] < items[child]) child++;
      if (items[child] >= last) break;
      items[at] = items[child];
      at = child;
    }
    items[at] = last;
    return top;
  }
}
