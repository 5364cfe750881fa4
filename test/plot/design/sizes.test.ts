import { describe, expect, test } from "vitest";
import * as plot from "../../../lib/plot/index.js";
import { cases, without } from "../cases/index.js";
import { outputs } from "../outputs.js";
import { wellFormed } from "../read.js";

const LIMIT = 300_000; // bytes of an output, its still image apart

test("every figure has its cases", () => {
  const figures = Object.keys(outputs).filter((name) => name in plot && !without.includes(name));
  expect(Object.keys(cases).sort()).toEqual(figures.sort());
});

describe.each(Object.entries(cases))("%s", (_, own) => {
  test.each(Object.entries(own))("is small, whole and says something: %s", (_name, draw) => {
    for (const width of [340, 680, 1280]) {
      const figure = draw({ width });
      expect(figure.html({ still: false }).length).toBeLessThan(LIMIT);
      expect(figure.description.length).toBeLessThan(2_000);
      expect(JSON.stringify(figure.facts).length).toBeLessThan(20_000);
      expect(figure.description).not.toMatch(/undefined|NaN(?! \(red)|\[object/);
      if (figure instanceof plot.Figure) {
        expect(wellFormed(figure.svg())).toBe("");
        const letters = [...figure.svg().matchAll(/font-size="([\d.]+)"/g)].map(([, size]) => Number(size));
        expect(Math.min(...letters)).toBeGreaterThanOrEqual(11);
        expect(figure.height).toBeLessThan(4_000);
        const values = figure.svg().match(/ (?:[xydrc]|[xy][12]|c[xy]|width|height|transform|points)="[^"]*"/g) ?? [];
        expect(values.filter((value) => /NaN|undefined|Infinity/.test(value))).toEqual([]);
      }
    }
  });
});
