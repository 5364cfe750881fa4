/** How the indices of one axis are drawn: one by one, or `by` neighbors as one cell. */
export interface Axis {
  /** Length of the axis. */
  readonly size: number;
  /** Indices that one cell stands for; the last cell may have fewer. */
  readonly by: number;
  /** Number of cells. */
  readonly cells: number;
  /** The index, or row of the matrix, at each position. */
  readonly order: readonly number[];
}

/** @param most cells  @param order of the indices; default as they are */
export function axis(size: number, most: number, order?: readonly number[]): Axis {
  const by = Math.max(1, Math.ceil(size / Math.max(most, 1)));
  return { size, by, cells: Math.ceil(size / by), order: order ?? Array.from({ length: size }, (_, i) => i) };
}

/** The indices that the i-th cell stands for. */
export const indicesOf = ({ order, by }: Axis, i: number): readonly number[] => order.slice(i * by, (i + 1) * by);

/** How a cell's indices are called: "5", "5–7". */
export function nameOf(shown: Axis, i: number): string {
  const indices = indicesOf(shown, i);
  return indices.length === 1 ? String(indices[0]) : `${indices[0]}–${indices[indices.length - 1]}`;
}

/** The cells that get their index written: each, where there is room for it, else some at equal distances. @param room cells that one
 *  label takes  @param isNamed labels are words: as many as have room; indices: only round distances */
export function labeled({ cells, by }: Axis, room: number, isNamed: boolean): number[] {
  const distances =
    isNamed || by > 1 ? [room] : [1, 2, 5, 10, 20, 25, 50, 100, 200, 250, 500, 1000].filter((d) => d >= room);
  const every = Math.max(1, Math.ceil(distances[0] ?? room));
  return Array.from({ length: Math.ceil(cells / every) }, (_, i) => i * every);
}
