import fc from "fast-check";
import { expect, test } from "vitest";
import { clusterOrder } from "../../../lib/plot/tensor/clusterOrder.js";

/** The definition: each step looks at all pairs of groups, and takes the mean of the distances between their rows. */
function byDefinition(rows: readonly (readonly number[])[]): number[] {
  const finite = (value: number): number => (Number.isFinite(value) ? value : 0);
  const apart = rows.map((a) =>
    rows.map((b) => Math.sqrt(a.reduce((sum, value, k) => sum + (finite(value) - finite(b[k])) ** 2, 0))),
  );
  let groups = rows.map((_, i) => [i]);
  let near = apart.map((own) => [...own]); // of groups
  while (groups.length > 1) {
    let [x, y] = [0, 1];
    for (let a = 0; a < groups.length; a++)
      for (let b = a + 1; b < groups.length; b++) if (near[a][b] < near[x][y]) [x, y] = [a, b];
    const [a, b] = [groups[x], groups[y]];
    const means = near[x].map((_, z) => (a.length * near[x][z] + b.length * near[y][z]) / (a.length + b.length));
    near = near.map((own, z) => (z === x ? means : own.map((value, other) => (other === x ? means[z] : value))));
    const ways = [
      [...a, ...b],
      [...a, ...[...b].reverse()],
      [...[...a].reverse(), ...b],
      [...[...a].reverse(), ...[...b].reverse()],
    ];
    const gap = (way: number[]): number => apart[way[a.length - 1]][way[a.length]];
    groups[x] = ways.reduce((best, way) => (gap(way) < gap(best) ? way : best));
    groups = groups.filter((_, z) => z !== y);
    near = near.filter((_, z) => z !== y).map((own) => own.filter((_, z) => z !== y));
  }
  return groups[0] ?? [];
}

const matrix = (cell: fc.Arbitrary<number>) =>
  fc
    .integer({ min: 1, max: 4 })
    .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { maxLength: 24 }));

test.each([
  ["any numbers", fc.double({ min: -1e3, max: 1e3, noNaN: true })],
  ["few numbers, so that many pairs are equally near", fc.integer({ min: 0, max: 2 })],
  ["no numbers among them", fc.constantFrom(NaN, Infinity, -1, 0, 3, 1e200)],
])("the order is that of the definition: %s", (_, cell) => {
  fc.assert(
    fc.property(matrix(cell), (rows) => {
      expect(clusterOrder(rows)).toEqual(byDefinition(rows));
    }),
    { numRuns: 300 },
  );
});
