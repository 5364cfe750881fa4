/** An order in which rows that are alike stand beside each other: the two groups whose rows differ least on average become one, until
 *  one is left (agglomerative clustering, average linkage), each joined at the ends that are more alike.
 *  @param rows of equal length; NaN counts as 0. For some hundred rows. */
export function clusterOrder(rows: readonly ArrayLike<number>[]): number[] {
  const apart = rows.map((a) => rows.map((b) => distance(a, b)));
  let groups = rows.map((_, i) => [i]);
  const between = (a: readonly number[], b: readonly number[]): number =>
    a.reduce((sum, i) => sum + b.reduce((all, j) => all + apart[i][j], 0), 0) / (a.length * b.length);
  const near = groups.map((a) => groups.map((b) => between(a, b))); // kept up to date, by the number of a group's first row
  const names = groups.map((_, i) => i);
  while (groups.length > 1) {
    let [best, at, other] = [Infinity, 0, 1];
    for (let a = 0; a < groups.length; a++)
      for (let b = a + 1; b < groups.length; b++)
        if (near[names[a]][names[b]] < best) [best, at, other] = [near[names[a]][names[b]], a, b];
    const [a, b] = [groups[at], groups[other]];
    for (let c = 0; c < groups.length; c++) {
      if (c === at || c === other) continue;
      const [x, y, z] = [names[at], names[other], names[c]];
      near[x][z] = near[z][x] = (a.length * near[x][z] + b.length * near[y][z]) / (a.length + b.length);
    }
    groups[at] = joined(a, b, apart);
    groups = groups.filter((_, i) => i !== other);
    names.splice(other, 1);
  }
  return groups[0] ?? [];
}

/** Both groups in a row, each turned so that the rows that meet are as alike as they can be. */
function joined(a: readonly number[], b: readonly number[], apart: readonly (readonly number[])[]): number[] {
  const ways = [
    [a, b],
    [a, [...b].reverse()],
    [[...a].reverse(), b],
    [[...a].reverse(), [...b].reverse()],
  ];
  const gap = ([left, right]: readonly (readonly number[])[]): number => apart[left[left.length - 1]][right[0]];
  return ways.reduce((best, way) => (gap(way) < gap(best) ? way : best)).flat();
}

function distance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    const difference = (Number.isFinite(a[i]) ? a[i] : 0) - (Number.isFinite(b[i]) ? b[i] : 0);
    sum += difference * difference;
  }
  return Math.sqrt(sum);
}
