import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tokenPath, type TokenPathRow } from "../../../lib/plot/index.js";
import { percent } from "../../../lib/text/numbers.js";
import { read } from "../read.js";

/** Probabilities 1/s, 2/s, …; the last k are chosen. */
const layerOf = (layer: number, experts: number, k: number): TokenPathRow[] =>
  Array.from({ length: experts }, (_, expert) => ({
    ...{ layer, expert, logit: expert, prob: (2 * (expert + 1)) / (experts * (experts + 1)) },
    ...(expert >= experts - k
      ? { chosen: true, weight: 1 / k, place: expert, status: "kept" as const }
      : { chosen: false }),
  }));
const width = (node: Element) => Number(node.getAttribute("width"));

describe("tokenPath", () => {
  test("has a line for each expert of a small layer: the chosen first, bars as long as the probabilities", () => {
    const { all, texts } = read(tokenPath(layerOf(0, 4, 2)));
    expect(all("svg .chosen")).toHaveLength(2);
    expect(all("svg .next")).toHaveLength(2);
    const [first, second] = all("svg .chosen").map(width);
    expect(first / second).toBeCloseTo(4 / 3, 2);
    expect(texts.filter((text) => /^[0-3]$/.test(text ?? "")).slice(0, 1)).toEqual(["3"]);
    expect(texts).toEqual(expect.arrayContaining(["40 %", "30 %", "20 %", "10 %", "0.5", "layer 1"]));
  });

  test("gathers the others of many experts, whose probability is what is left", () => {
    const figure = tokenPath(layerOf(0, 64, 4));
    const { all, texts } = read(figure);
    expect(all("svg .chosen")).toHaveLength(4);
    expect(all("svg .next")).toHaveLength(2);
    expect(texts).toContain("58 others");
    expect(texts).toContain(percent((58 * 59) / (64 * 65)));
  });

  test("draws a line a layer where there are many, with all numbers of the chosen and as much bar as there is probability", () => {
    const rows = Array.from({ length: 61 }, (_, l) => layerOf(l, 256, 8)).flat();
    const figure = tokenPath(rows);
    const { all } = read(figure);
    expect(all("svg .layer")).toHaveLength(61);
    const first = all("svg .layer")[0];
    expect(Array.from(first.querySelectorAll("text")).map((text) => text.textContent)).toEqual(
      ["1", "255", "254", "253", "252", "251", "250", "249", "248"], // layer, and experts
    );
    const lengths = Array.from(first.querySelectorAll("path")).map((path) =>
      Number(/h([\d.]+)/.exec(path.getAttribute("d")!)![1]),
    );
    expect(lengths.reduce((a, b) => a + b) + 0.7 * lengths.length).toBeCloseTo(680 - 236 - 4, -1);
    expect(first.querySelector("title")!.textContent).toContain("246 others");
    expect(figure.html().length).toBeLessThan(300_000);
  });

  test("says how much the chosen hold, where least, and who was dropped", () => {
    const rows = [
      { layer: 0, expert: 0, logit: 1, prob: 0.5, chosen: true },
      { layer: 1, expert: 3, logit: 1, prob: 0.25, chosen: true, status: "dropped" as const },
    ];
    expect(tokenPath(rows).description).toBe(
      "The chosen experts hold 37.5 % of the probability on average, in layer 2 only 25 %; 1 of 2 choices were dropped; " +
        "layer 1: expert 0 (50 %); layer 2: expert 3 (25 %, dropped).",
    );
  });

  test("says so of any rows", () => {
    const step = fc.record({
      ...{ layer: fc.nat(9), expert: fc.nat(20), logit: fc.double(), chosen: fc.boolean() },
      prob: fc.double({ min: 0, max: 1, noNaN: true }),
    });
    const steps = fc.uniqueArray(step, { selector: ({ layer, expert }) => `${layer} ${expert}`, minLength: 1 });
    fc.assert(
      fc.property(steps, (rows) => {
        const layers = [...new Set(rows.map(({ layer }) => layer))].map((layer) =>
          rows.filter((row) => row.layer === layer && row.chosen).reduce((sum, { prob }) => sum + prob, 0),
        );
        const { facts, description } = tokenPath(rows);
        const { held, least, chosen } = facts as { held: number; least: number; chosen: number };
        expect(held).toBeCloseTo(layers.reduce((a, b) => a + b) / layers.length, 9);
        expect(least).toBeCloseTo(Math.min(...layers), 9);
        expect(chosen).toBe(rows.filter((row) => row.chosen).length);
        expect(description).toContain(`hold ${percent(held)} of the probability`);
      }),
    );
  });

  test("marks what is no number, and refuses two tokens at once", () => {
    const figure = tokenPath([{ layer: 0, expert: 0, logit: -Infinity, prob: NaN, chosen: true }]);
    const { texts } = read(figure);
    expect(texts).toEqual(expect.arrayContaining(["NaN", "−∞"]));
    expect(texts.join(" ")).toContain("probabilities that are no number: 1");
    expect(() => tokenPath([...layerOf(2, 3, 1), ...layerOf(2, 3, 1)])).toThrow(
      "tokenPath needs rows of one token, layer 2 has expert 0 twice",
    );
  });
});
