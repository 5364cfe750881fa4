import { describe, expect, test } from "vitest";
import { expertsPerToken } from "../../../lib/plot/index.js";
import { geometry, read } from "../read.js";

const rows = [
  { by: "top-p", experts: 3, tokens: 10 },
  { by: "top-p", experts: 1, tokens: 20 },
  { by: "top-p", experts: 1, tokens: 10 },
  { by: "top-2", experts: 2, tokens: 7 },
];
const number = (element: Element, name: string) => Number(element.getAttribute(name));
const columnsOf = (figure: ReturnType<typeof expertsPerToken>) => read(figure).all("svg .column");

describe("expertsPerToken", () => {
  test("has a column for each number of experts, as tall as its share, over one axis for all routers", () => {
    const [one, three, two] = columnsOf(expertsPerToken(rows));
    expect(number(one, "height") / number(two, "height")).toBeCloseTo(0.75, 2);
    expect(number(three, "height") / number(two, "height")).toBeCloseTo(0.25, 2);
    const step = number(two, "x") - number(one, "x");
    expect(number(three, "x") - number(two, "x")).toBeCloseTo(step, 1);
    expect(number(one, "y") + number(one, "height")).toBeCloseTo(number(three, "y") + number(three, "height"), 1);
  });

  test("puts the triangle at the average", () => {
    const figure = expertsPerToken(rows);
    const middles = columnsOf(figure).map((column) => number(column, "x") + number(column, "width") / 2);
    const [topP, top2] = read(figure)
      .all("svg .average")
      .map((path) => Number(/^M([\d.]+),/.exec(path.getAttribute("d")!)![1]));
    expect(topP).toBeCloseTo(middles[0] + (middles[1] - middles[0]) / 4, 1); // (30 · 1 + 10 · 3) / 40 = 1.5
    expect(top2).toBeCloseTo(middles[2], 1);
    expect(read(figure).texts).toEqual(expect.arrayContaining(["1.5 on average", "2 on average", "75 %", "25 %"]));
    expect(read(figure).facts).toEqual([
      { by: "top-p", mean: 1.5 },
      { by: "top-2", mean: 2 },
    ]);
  });

  test("shows tokens that no expert worked on in another color", () => {
    const [none, one] = columnsOf(expertsPerToken([0, 1].map((experts) => ({ experts, tokens: 5 }))));
    expect(none.getAttribute("fill")).toContain("sixth");
    expect(one.getAttribute("fill")).toContain("moe");
  });

  test("of 256 experts keeps to its width, and names the largest share alone", () => {
    const many = Array.from({ length: 257 }, (_, experts) => ({ experts, tokens: 1000 - Math.abs(experts - 100) }));
    for (const width of [340, 680]) {
      const figure = expertsPerToken(many, { width });
      const columns = columnsOf(figure);
      expect(columns).toHaveLength(257);
      expect(number(columns[0], "x")).toBeGreaterThanOrEqual(0);
      expect(number(columns[256], "x") + number(columns[256], "width")).toBeLessThanOrEqual(width);
      expect(read(figure).texts.filter((text) => text?.includes("%"))).toEqual(["< 1 %"]);
    }
  });

  test("keeps room for experts that no token had, and a router without tokens its line", () => {
    const wide = columnsOf(expertsPerToken([{ experts: 1, tokens: 1 }], { nExpert: 31, width: 340 }))[0];
    expect(number(wide, "x") + number(wide, "width")).toBeLessThan(340 / 8);
    expect(read(expertsPerToken([{ by: "a", experts: 2, tokens: 0 }])).texts).toContain("no tokens");
    expect(read(expertsPerToken([])).texts).toContain("no tokens yet");
    expect(geometry(expertsPerToken([]))).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("refuses counts that are none", () => {
    for (const tokens of [-1, NaN, Infinity])
      expect(() => expertsPerToken([{ experts: 1, tokens }])).toThrow("a number from 0 as 'tokens'");
    expect(() => expertsPerToken([{ experts: 1.5, tokens: 1 }])).toThrow("'experts', row 0 has 1.5");
  });
});
