import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lossChart } from "../../lib/plot/index.js";
import { apart, spread } from "../../lib/plot/marks/endLabels.js";
import { movingAverage, sample, thin, type Point } from "../../lib/plot/rows/series.js";
import { read } from "./read.js";

const points = (ys: readonly number[]): Point[] => ys.map((y, x) => ({ x, y }));
const heights = fc.array(fc.double({ min: -100, max: 100, noNaN: true }), { minLength: 1, maxLength: 400 });

describe("the moving average", () => {
  test("lies on a straight line where the points do, not behind it", () => {
    const line = points(Array.from({ length: 60 }, (_, i) => 5 - 0.1 * i));
    movingAverage(line, 20)
      .slice(0, -4) // the last points have nothing to their right to average with
      .forEach(({ y }, i) => expect(y).toBeCloseTo(5 - 0.1 * i, 10));
  });

  test("stays between the lowest and the highest", () => {
    fc.assert(
      fc.property(heights, (ys) => {
        for (const { y } of movingAverage(points(ys), 20)) {
          expect(y).toBeGreaterThanOrEqual(Math.min(...ys) - 1e-9);
          expect(y).toBeLessThanOrEqual(Math.max(...ys) + 1e-9);
        }
      }),
    );
  });

  test("narrows on both sides near an end, to no less than four points back", () => {
    const ys = Array.from({ length: 40 }, (_, i) => i ** 2);
    const mean = (from: number, to: number) => ys.slice(from, to + 1).reduce((sum, y) => sum + y, 0) / (to + 1 - from);
    const averaged = movingAverage(points(ys), 20).map(({ y }) => y);
    for (const [i, from, to] of [
      [39, 35, 39],
      [38, 34, 39],
      [36, 32, 39],
      [34, 29, 39],
      [30, 21, 39],
      [29, 19, 39],
      [20, 10, 30],
      [5, 0, 10],
      [1, 0, 2],
      [0, 0, 0],
    ])
      expect(averaged[i]).toBeCloseTo(mean(from, to), 9);
  });

  test("leaves a gap where there is no number, and averages around it", () => {
    const averaged = movingAverage(points([1, 1, NaN, 1, 1]), 4).map(({ y }) => y);
    expect(averaged).toEqual([1, 1, NaN, 1, 1]);
  });
});

describe("thinning", () => {
  test("keeps the ends, the extremes and the order, within the limit", () => {
    fc.assert(
      fc.property(heights, (ys) => {
        const kept = thin(points(ys), 50);
        expect(kept.length).toBeLessThanOrEqual(54);
        expect([kept[0].x, kept[kept.length - 1].x]).toEqual([0, ys.length - 1]);
        expect(Math.max(...kept.map(({ y }) => y))).toBe(Math.max(...ys));
        expect(Math.min(...kept.map(({ y }) => y))).toBe(Math.min(...ys));
        kept.slice(1).forEach(({ x }, i) => expect(x).toBeGreaterThan(kept[i].x));
      }),
    );
  });

  test("keeps a gap of one point", () => {
    const ys = Array.from({ length: 500 }, (_, i) => (i === 250 ? NaN : 1));
    expect(thin(points(ys), 50).some(({ y }) => Number.isNaN(y))).toBe(true);
  });

  test("samples evenly, with both ends", () => {
    expect(sample(points(Array.from({ length: 101 }, () => 0)), 5).map(({ x }) => x)).toEqual([0, 25, 50, 75, 100]);
  });
});

describe("labels at line ends", () => {
  test("keep their distance and their order, inside the frame where there is room", () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 300, noNaN: true }), { minLength: 1, maxLength: 6 }), (wanted) => {
        const placed = spread(wanted, 30, 10, 290);
        const order = wanted.map((_, i) => i).sort((a, b) => wanted[a] - wanted[b] || a - b);
        order
          .slice(1)
          .forEach((label, k) => expect(placed[label] - placed[order[k]]).toBeGreaterThanOrEqual(30 - 1e-9));
        for (const y of placed) expect(y).toBeGreaterThanOrEqual(10 - 1e-9);
        for (const y of placed) expect(y).toBeLessThanOrEqual(290 + 1e-9);
      }),
    );
  });

  test("lose only what they have in common with another one that is cut to the same letters", () => {
    expect(apart(["learning rate 0.05", "learning rate 0.14", "SGD"], 14)).toEqual(["0.05", "0.14", "SGD"]);
    expect(apart(["a rate of 1", "a rate of 2", "a rate in all"], 7)).toEqual(["of 1", "of 2", "in all"]);
    expect(apart(["learning rate 0.05", "learning rate 0.14"], 40)).toEqual([
      "learning rate 0.05",
      "learning rate 0.14",
    ]);
    const names = fc.array(fc.string(), { maxLength: 6 });
    fc.assert(
      fc.property(names, fc.integer({ min: 1, max: 9 }), (all, limit) => {
        apart(all, limit).forEach((name, i) =>
          expect(all[i].endsWith(name) && (name !== "" || all[i] === "")).toBe(true),
        );
      }),
    );
  });

  test("are whole up to 17 characters, and shortened from 18 on", () => {
    const labels = (by: string) =>
      read(lossChart([{ by, step: 1, loss: 2 }]))
        .all(".end-labels text")
        .map((one) => one.textContent);
    expect(labels("x".repeat(17))).toContain("x".repeat(17));
    expect(labels("x".repeat(18))).toContain(`${"x".repeat(16)}…`);
  });

  test("stay where they want to be if nothing is near", () => {
    expect(spread([200, 50], 30, 10, 290)).toEqual([200, 50]);
  });
});
