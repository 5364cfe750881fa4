/** An order in which rows that are alike stand beside each other: the two groups whose rows differ least on average become one, until
 *  one is left (agglomerative clustering, average linkage), each joined at the ends that are more alike. Each group remembers which of
 *  those behind it is nearest, so that as a rule a step looks at the groups and not at all pairs of them.
 *  @param rows of equal length; NaN counts as 0. For some hundred rows. */
export function clusterOrder(rows: readonly ArrayLike<number>[]): number[] {
  const n = rows.length;
  const apart = distances(rows); // [n·n] of rows
  const near = apart.slice(); // of groups, each by the number of its first row
  const groups = rows.map((_, i) => [i]);
  const left = rows.map((_, i) => i);
  const nearest = new Int32Array(n).fill(-1); // of the groups with larger numbers the first of the nearest; −1: none
  const gap = new Float64Array(n).fill(Infinity);
  const look = (a: number): void => {
    [nearest[a], gap[a]] = [-1, Infinity];
    for (const b of left) if (b > a && near[a * n + b] < gap[a]) [nearest[a], gap[a]] = [b, near[a * n + b]];
  };
  left.forEach(look);
  while (left.length > 1) {
    let x = left[0];
    for (const a of left) if (gap[a] < gap[x]) x = a;
    const y = nearest[x] < 0 ? left[1] : nearest[x];
    const [a, b] = [groups[x], groups[y]];
    left.splice(left.indexOf(y), 1);
    for (const c of left) {
      if (c === x) continue;
      const mean = (a.length * near[x * n + c] + b.length * near[y * n + c]) / (a.length + b.length);
      near[x * n + c] = near[c * n + x] = mean;
    }
    groups[x] = joined(a, b, (i, j) => apart[i * n + j]);
    for (const c of left) {
      const own = near[c * n + x];
      if (c === x || nearest[c] === x || nearest[c] === y) look(c);
      else if (c < x && (own < gap[c] || (own === gap[c] && x < nearest[c]))) [nearest[c], gap[c]] = [x, own];
    }
  }
  return groups[left[0]] ?? [];
}

/** Both groups in a row, each turned so that the rows that meet are as alike as they can be. */
function joined(a: readonly number[], b: readonly number[], apart: (i: number, j: number) => number): number[] {
  const ways = [
    [a, b],
    [a, [...b].reverse()],
    [[...a].reverse(), b],
    [[...a].reverse(), [...b].reverse()],
  ];
  const gap = ([left, right]: readonly (readonly number[])[]): number => apart(left[left.length - 1], right[0]);
  return ways.reduce((best, way) => (gap(way) < gap(best) ? way : best)).flat();
}

/** [n·n] Euclidean distances between each two rows. */
function distances(rows: readonly ArrayLike<number>[]): Float64Array {
  const n = rows.length;
  const numbers = rows.map((row) => Float64Array.from(row, (value) => (Number.isFinite(value) ? value : 0)));
  const apart = new Float64Array(n * n);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < i; j++) {
      const [a, b] = [numbers[i], numbers[j]];
      let sum = 0;
      for (let k = 0; k < a.length; k++) {
        const difference = a[k] - b[k];
        sum += difference * difference;
      }
      apart[i * n + j] = apart[j * n + i] = Math.sqrt(sum);
    }
  return apart;
}
