import fc from "fast-check";
import { expect, it } from "vitest";
import { descend, steadiest } from "../../scripts/labs/crossover/descent.js";

it("finds the lowest of all rates that are neighbors by doubling, from wherever it begins, and asks for each once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: -6, max: 6 }),
      fc.double({ min: 0.1, max: 3, noNaN: true }),
      async (valley, slope) => {
        const asked: number[] = [];
        const { best, tried } = await descend(1, (rate) => {
          asked.push(rate);
          return Promise.resolve(slope * Math.abs(Math.log2(rate) - valley));
        });
        expect(best).toBe(2 ** valley);
        expect(tried).toEqual([...new Set(asked)].sort((a, b) => a - b));
        expect(asked).toHaveLength(tried.length);
        expect([tried[0], tried.at(-1)]).not.toContain(best); // both sides are known
      },
    ),
  );
});

it("says no best rate where a run is missing, and goes round a training that fell apart", async () => {
  const losses = new Map([[1, 2], [2, Infinity], [0.5, 1.5], [0.25, 1.9]]); // prettier-ignore
  expect((await descend(1, (rate) => Promise.resolve(losses.get(rate) ?? null))).best).toBe(0.5);
  losses.delete(0.25);
  expect(await descend(1, (rate) => Promise.resolve(losses.get(rate) ?? null))).toEqual({
    best: null,
    tried: [0.5, 1, 2],
  });
});

it("the steadiest rate has the lowest mean of all seeds, and only those are asked that may have it", async () => {
  const asked: number[] = [];
  const at = (losses: Record<number, number>, means: Record<number, number | null>) =>
    steadiest(new Map(Object.entries(losses).map(([rate, loss]) => [Number(rate), loss])), (rate) => {
      asked.push(rate);
      return Promise.resolve(means[rate]);
    });
  expect(await at({ 2: 1.88, 4: 1.89, 8: 1.87 }, { 8: 2.0, 2: 1.885 })).toBe(2);
  expect(asked).toEqual([8, 2]);
  expect(await at({ 2: 1.88, 8: 1.87 }, { 8: 1.875 })).toBe(8);
  expect(await at({ 2: 1.88, 8: 1.87 }, { 8: null })).toBe(8);
  expect(await at({ 2: 1.88, 8: 1.87 }, { 8: 2.0, 2: null })).toBe(null);
  expect(await at({ 2: Infinity, 8: 1.87 }, { 8: Infinity, 2: Infinity })).toBe(8);
});
