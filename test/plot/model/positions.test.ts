import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { randn, Generator } from "../../../lib/index.js";
import { sinusoidal } from "../../../lib/nn/index.js";
import { positions } from "../../../lib/plot/index.js";
import { digits } from "../../../lib/text/numbers.js";
import { geometry, read } from "../read.js";

const cosine = (a: readonly number[], b: readonly number[]): number => {
  const dot = (x: readonly number[], y: readonly number[]) => x.reduce((sum, value, i) => sum + value * y[i], 0);
  return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b));
};

describe("positions", () => {
  test("has two pictures: a cell a number, and a cell for each two positions", () => {
    const figure = positions(sinusoidal(20, 8).toArray());
    const [encodings, similarity] = read(figure).all(".slice");
    expect(encodings.querySelectorAll(".cells path")).toHaveLength(20 * 8);
    expect(similarity.querySelectorAll(".cells path")).toHaveLength(20 * 20);
    const own = Array.from(similarity.querySelectorAll(".cells title"), (title) => title.textContent);
    expect(own).toEqual(expect.arrayContaining(["[0, 0] 1", "[7, 7] 1"]));
  });

  test("says how similar neighbors are, and those half a text apart, and whether the distance decides it", () => {
    const value = fc.double({ min: -2, max: 2, noNaN: true });
    const table = fc
      .tuple(fc.integer({ min: 2, max: 12 }), fc.integer({ min: 1, max: 5 }))
      .chain(([T, D]) => fc.array(fc.array(value, { minLength: D, maxLength: D }), { minLength: T, maxLength: T }))
      .filter((rows) => rows.every((row) => row.some((one) => Math.abs(one) > 0.01)));
    fc.assert(
      fc.property(table, (rows) => {
        const half = Math.floor(rows.length / 2);
        const at = (distance: number) => {
          const all = rows.slice(distance).map((row, i) => cosine(row, rows[i]));
          return all.reduce((a, b) => a + b, 0) / all.length;
        };
        const { facts, description } = positions(rows);
        const { near, far, distance } = facts as { near: number; far: number; distance: number };
        expect(near).toBeCloseTo(at(1), 9);
        expect(far).toBeCloseTo(at(half), 9);
        expect(distance).toBe(half);
        expect(description).toContain(`Neighbors have a similarity of ${digits(near, 2)}`);
        if (half > 1) expect(description).toContain(`, ${half} apart ${digits(far, 2)}`);
      }),
      { numRuns: 50 },
    );
    expect(positions(sinusoidal(64, 32).toArray()).description).toContain("the distance alone decides");
    expect(positions(randn([64, 32], new Generator(1)).toArray()).description).not.toContain("decides");
  });

  test("of a long text draws some at equal distances, and says which", () => {
    const figure = positions(sinusoidal(2048, 256).toArray());
    expect(figure.svg()).toContain("every 50th position and every third");
    expect(figure.html().length).toBeLessThan(300_000);
    const wide = positions(sinusoidal(90, 90).toArray());
    expect(wide.svg()).not.toContain("every");
    expect(wide.html().length).toBeLessThan(300_000);
  });

  test.each([340, 680, 1280])("stays within %d pixels", (width) => {
    const figure = positions(sinusoidal(64, 64).toArray(), { width });
    expect(figure.width).toBe(width);
    for (const [, x] of geometry(figure).matchAll(/translate\(([\d.]+),/g)) expect(Number(x)).toBeLessThan(width);
  });

  test("takes rows, lists and typed arrays alike, and refuses vectors of different lengths", () => {
    const own = positions([
      [1, 0],
      [0, 1],
    ]).svg();
    expect(positions([{ values: [1, 0] }, { values: [0, 1] }]).svg()).toBe(own);
    expect(positions([Float32Array.of(1, 0), Float32Array.of(0, 1)]).svg()).toBe(own);
    expect(positions([{ p: [1, 0] }, { p: [0, 1] }], { values: "p" }).svg()).toBe(own);
    expect(() => positions([[1, 0], [1]])).toThrow("row 0 has 2 numbers, row 1 has 1");
    expect(() => positions([[]])).toThrow("above 0");
    expect(positions([]).description).toContain("No positions yet");
  });
});
