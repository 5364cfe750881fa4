/** Cuts work into chunks for threads, where no number depends on the cut. */

/** `count` rows, columns or the like, from `from` on. */
export type Chunk = readonly [from: number, count: number];

/** 0..n in at most `threads` chunks of nearly equal length, cut at multiples of `unit`; none is shorter than a unit unless n is. */
export function chunks(n: number, threads: number, unit: number): Chunk[] {
  const cut = (t: number): number => (t === threads ? n : Math.floor((t * n) / threads / unit) * unit);
  return Array.from({ length: threads }, (_, t) => [cut(t), cut(t + 1) - cut(t)] as const).filter(
    ([, count]) => count > 0,
  );
}

/** Products of at most this many rows are summed in another order (kernels/src/matmul/dot.rs). */
const WHOLE = 6;
/** Minimum chunk size, so that no chunk of a taller product has WHOLE rows or fewer. */
export const ROWS = WHOLE + 2;

/** The boundaries of each thread's share of all groups' rows: the same groups, of which it sees the rows between two cuts. A
 *  group that a cut falls into is shared, unless one side would be left with WHOLE rows or fewer. */
export function shareRows(starts: Int32Array, threads: number): Int32Array[] {
  const rows = starts[starts.length - 1];
  const cuts = chunks(rows, threads, ROWS).map(([from]) => {
    const after = starts.findIndex((start) => start > from);
    const [first, end] = [starts[after - 1], starts[after]];
    if (from - first <= WHOLE) return first;
    return end - from <= WHOLE ? end : from;
  });
  return cuts.map((from, i) => {
    const end = i + 1 < cuts.length ? cuts[i + 1] : rows;
    return starts.map((start) => Math.min(Math.max(start, from), end));
  });
}

/** Whole groups for each thread, with about the same number of rows. */
export function shareGroups(starts: Int32Array, threads: number): Chunk[] {
  const groups = starts.length - 1;
  const cuts = Array.from({ length: threads + 1 }, (_, t) => {
    const row = (t * starts[groups]) / threads;
    const after = starts.findIndex((start) => start >= row);
    return t === threads ? groups : after;
  });
  return cuts
    .slice(1)
    .map((end, t) => [cuts[t], end - cuts[t]] as const)
    .filter(([, count]) => count > 0);
}
