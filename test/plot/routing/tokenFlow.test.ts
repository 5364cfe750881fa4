import { describe, expect, test } from "vitest";
import { tokenFlow } from "../../../lib/plot/index.js";
import { geometry, read } from "../read.js";

const rows = [
  { layer: 0, from: "vowel", expert: 0, count: 30 },
  { layer: 0, from: "vowel", expert: 2, count: 10 },
  { layer: 0, from: "space", expert: 2, count: 20 },
  { layer: 1, from: "vowel", expert: 1, count: 40 },
  { layer: 1, from: "space", expert: 1, count: 20 },
];
const heights = (selector: string) =>
  read(tokenFlow(rows))
    .all(selector)
    .map((node) => Number(node.getAttribute("height")));

describe("tokenFlow", () => {
  test("has one ribbon for each kind and expert that share tokens, as thick as they are many", () => {
    const widths = read(tokenFlow(rows))
      .all("svg .layer:first-of-type .ribbons path")
      .map((path) => Number(path.getAttribute("stroke-width")));
    expect(widths).toHaveLength(3);
    expect(widths[0] / widths[1]).toBeCloseTo(3, 1);
    expect(widths[2] / widths[1]).toBeCloseTo(2, 1);
  });

  test("makes the nodes of both sides as high as their tokens: nothing is lost on the way", () => {
    const sum = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0);
    expect(sum(heights("svg .layer:first-of-type .kind"))).toBeCloseTo(
      sum(heights("svg .layer:first-of-type .expert")),
      0,
    );
    const [vowels, spaces] = heights("svg .layer:first-of-type .kind");
    expect(vowels / spaces).toBeCloseTo(2, 1);
  });

  test("keeps the place of an expert without tokens, and alarms about it", () => {
    const { texts, all } = read(tokenFlow(rows, { nExpert: 5 }));
    expect(texts.filter((text) => /^\d$/.test(text ?? ""))).toEqual(["0", "1", "2", "3", "4", "0", "1", "2", "3", "4"]);
    const alarmed = all("svg text").filter((text) => text.getAttribute("fill")?.includes("alarm"));
    expect(alarmed.map((text) => text.textContent)).toEqual(["1", "3", "4", "0", "2", "3", "4"]);
  });

  test("moves the labels of thin nodes apart", () => {
    const thin = ["a", "b", "c", "d"].map((from, i) => ({ from, expert: 0, count: i === 0 ? 1000 : 1 }));
    const y = read(tokenFlow(thin))
      .all('svg text[text-anchor="end"]')
      .map((text) => Number(text.getAttribute("y")));
    y.slice(1).forEach((at, i) => expect(at - y[i]).toBeGreaterThanOrEqual(11.99));
  });

  test("says each layer's favorites and ends in the rows of the last layer", () => {
    expect(tokenFlow(rows).description).toContain(
      "layer 1: vowel most often to 0, space most often to 2; layer 2: vowel most often to 1",
    );
    expect(read(tokenFlow(rows)).facts).toEqual(rows.slice(3));
  });

  test("shows a hostile kind as the words it is", () => {
    const { texts, root } = read(tokenFlow([{ from: "<b>&", expert: 0, count: 1 }], { name: () => "<i>" }));
    expect(texts).toEqual(expect.arrayContaining(["<b>&", "<i>"]));
    expect(root.querySelector("b, i")).toBeNull();
  });

  test("draws no number that a browser could not read", () => {
    const nothing = [{ from: "a", expert: 0, count: 0 }];
    for (const some of [[], nothing]) expect(geometry(tokenFlow(some))).not.toMatch(/NaN|Infinity|undefined/);
  });
});
