/** Pixels left out where an axis is shortened. */
const BREAK = 12;

/** Which indices of one axis are drawn: all, or the first and the last ones with a break between. */
export interface Axis {
  /** Length of the axis. */
  readonly size: number;
  readonly indices: readonly number[];
  /** How many indices stand before the break; all of them where there is none. */
  readonly before: number;
}

export function axis(size: number, most: number): Axis {
  if (size <= most) return { size, indices: range(0, size), before: size };
  const before = Math.ceil(most / 2);
  return { size, indices: [...range(0, before), ...range(size - (most - before), size)], before };
}

const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);

/** Pixels from the start of the axis to its i-th drawn cell. @param cell pixels of one */
export const offset = (shown: Axis, i: number, cell: number): number => i * cell + (i >= shown.before ? BREAK : 0);

/** Pixels of all cells and the break. */
export const extent = (shown: Axis, cell: number): number =>
  shown.indices.length * cell + (shown.before < shown.indices.length ? BREAK : 0);

/** The runs of neighboring cells as pairs of drawn positions: one, or two around a break. */
export function runs({ indices, before }: Axis): [from: number, to: number][] {
  const all: [number, number][] = [
    [0, before],
    [before, indices.length],
  ];
  return all.filter(([from, to]) => to > from);
}

/** The drawn positions that get their index written: each, where there is room for it, else the ends of each run.
 *  @param room cells that one label takes */
export function labeled(shown: Axis, room: number): number[] {
  if (room <= 1) return shown.indices.map((_, i) => i);
  return runs(shown).flatMap(([from, to]) => (to - from > room ? [from, to - 1] : [from]));
}
