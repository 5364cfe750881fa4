import { describe, expect, test } from "vitest";
import { compareWithWorld } from "../../../lib/cost/index.js";
import { type Figure, modelMap, predictedMeasured } from "../../../lib/plot/index.js";
import { read } from "../read.js";

// Without a pointer to hover with: each point has its name, or a number that the list below the picture explains.
const many = (n: number) => Array.from({ length: n }, (_, i) => 2 ** (i / 4));
const figures: Readonly<Record<string, (width: number) => { figure: Figure; names: readonly string[] }>> = {
  "predictedMeasured of the measurements of others": (width) => {
    const rows = compareWithWorld().slice(0, 40);
    const figure = predictedMeasured(rows, {
      width,
      by: ({ by }) => by,
      name: ({ measurement }) => measurement.model,
      predicted: "bound",
      measured: ({ measurement }) => measurement.tokensPerSecond,
    });
    return { figure, names: rows.map(({ measurement }) => measurement.model) };
  },
  "modelMap of 40 models side by side": (width) => {
    const rows = many(40).map((x, i) => ({ by: `model number ${i}`, total: 1e9 * x, active: 1e9 * x }));
    return { figure: modelMap(rows, { width }), names: rows.map(({ by }) => by) };
  },
};

describe.each(Object.entries(figures))("%s", (_, draw) => {
  test.each([340, 680, 1280])("names each point, in %d pixels", (width) => {
    const { figure, names } = draw(width);
    const { all } = read(figure);
    const own = all(".names text").map(({ textContent }) => textContent);
    const listed = all(".legend text").map(({ textContent }) => textContent);
    const cut = (text: string): string => text.replace(/…$/, "");
    const known = [...own.filter((text) => !/^\d+$/.test(text)), ...listed].map(cut);
    for (const name of names) expect(known.some((text) => name.startsWith(text) && text.length > 4)).toBe(true);
    // As many words as points: of those that lie on one another, too.
    const ofShares = own.filter((text) => text === "dense: all of it" || text.endsWith(" %"));
    expect(own.length - ofShares.length).toBe(names.length);
    for (const number of own.filter((text) => /^\d+$/.test(text))) expect(listed).toContain(number);
  });
});

test("more points than that keep their names where there is room, and have no list", () => {
  const rows = many(60).map((x, i) => ({ name: `row ${i}`, predicted: x, measured: x / 2 }));
  expect(read(predictedMeasured(rows)).all(".legend text")).toEqual([]);
});
