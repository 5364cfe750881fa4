import { describe, expect, test } from "vitest";
import { routerHeatMap } from "../../../lib/plot/index.js";
import { geometry, read } from "../read.js";

const row = (token: string, layer = 0) => ({ token, layer, probs: [0.6, 0.25, 0.1, 0.05], chosen: [0, 1] });
const tooltips = (figure: ReturnType<typeof routerHeatMap>) =>
  read(figure)
    .all("svg rect > title")
    .map((title) => title.textContent);

describe("routerHeatMap", () => {
  test("has one cell an expert for each token, with its probability as a tooltip", () => {
    expect(tooltips(routerHeatMap([row("a")]))).toEqual([
      "a → expert 0: 60 %",
      "a → expert 1: 25 %",
      "a → expert 2: 10 %",
      "a → expert 3: 5 %",
    ]);
  });

  test("is blank at the fair share, orange above and blue below, as strong as the distance from it", () => {
    const cells = read(routerHeatMap([row("a")])).all("svg .cells rect");
    const opacities = cells.map((cell) => Number(cell.getAttribute("fill-opacity")));
    expect(opacities).toEqual([1, 0, 0.43, 0.57]); // 0.35, 0, 0.15 and 0.2 of 0.35
    expect(cells[0].getAttribute("fill")).toContain("--twin-moe");
    expect(cells[2].getAttribute("fill")).toContain("--twin-dense");
    const blank = read(routerHeatMap([{ token: "a", probs: [0.5, 0.5], chosen: [] }])).all("svg .cells rect");
    expect(blank.map((cell) => cell.getAttribute("fill-opacity"))).toEqual(["0", "0"]);
  });

  test("has a key whose last label stays inside the picture", () => {
    const figure = routerHeatMap([{ token: "a", probs: [0.389, 0.211, 0.2, 0.2], chosen: [0] }]);
    const label = read(figure)
      .all("svg text")
      .find((text) => text.textContent === "38.9 %")!;
    expect(Number(label.getAttribute("x")) + 7 * "38.9 %".length).toBeLessThanOrEqual(figure.width);
  });

  test("frames the chosen ones and no other", () => {
    const { all } = read(routerHeatMap([row("a"), { ...row("b"), chosen: [3] }], { topK: null }));
    const [y, left] = ["y", "x"].map((name) => all("svg .chosen").map((frame) => Number(frame.getAttribute(name))));
    expect(y).toHaveLength(3);
    expect(y[1] - y[0]).toBe(14);
    expect(y[2] - y[0]).toBe(3 * 14);
    expect(left[0]).toBe(left[1]);
    expect(left[2]).toBeGreaterThan(left[0]);
  });

  test("makes white space visible and shows what looks like markup as the words it is", () => {
    const figure = routerHeatMap([" ", "\n", "\t", "", "\u200b", "<b>"].map((token) => row(token)));
    expect(read(figure).texts).toEqual(expect.arrayContaining(["␣", "⏎", "⇥", "∅", "·", "<b>"]));
    expect(read(figure).root.querySelector("b")).toBeNull();
  });

  test("stands the labels on end where tokens are words", () => {
    const turned = (token: string) => read(routerHeatMap([row(token)])).all("svg text[transform]").length;
    expect(turned("a")).toBe(0);
    expect(turned(" whale")).toBe(1);
  });

  test("has one block a layer, in order, and says how many experts each uses", () => {
    const figure = routerHeatMap([row("a", 2), row("a", 0), row("a", 1)]);
    expect(read(figure).texts.filter((text) => text?.startsWith("layer"))).toEqual(["layer 1", "layer 2", "layer 3"]);
    expect(figure.description).toContain("layer 3: 1 tokens go to 2 of 4 experts");
    expect(figure.facts).toEqual(
      [0, 1, 2].map((layer) => ({ layer, tokens: 1, experts: 4, choices: 2, used: 2, broken: 0 })),
    );
  });

  test.each([
    [340, 20],
    [680, 46],
    [1280, 56],
  ])("shows as many of the first tokens as fit, and says so: of %d pixels %d", (width, fit) => {
    const figure = routerHeatMap(
      Array.from({ length: 100 }, () => row("x")),
      { width },
    );
    expect(read(figure).texts.filter((text) => text === "x")).toHaveLength(fit);
    expect(read(figure).texts.join(" ")).toContain(`the first ${fit} of 100 tokens`);
  });

  test("draws no number that a browser could not read", () => {
    expect(geometry(routerHeatMap([]))).not.toMatch(/NaN|Infinity|undefined/);
    expect(geometry(routerHeatMap([{ token: "a", probs: [NaN, Infinity], chosen: [] }]))).not.toMatch(
      /"(NaN|-?Infinity|undefined)"/,
    );
  });

  test("refuses rows of different lengths and experts that are not there", () => {
    expect(() => routerHeatMap([row("a"), { token: "b", probs: [1], chosen: [] }])).toThrow(
      "equally long lists 'probs', row 1 has token \"b\" and probs [1]",
    );
    expect(() => routerHeatMap([{ ...row("a"), chosen: [4] }])).toThrow("row 0 chose expert 4 of 4, which are 0 to 3");
  });

  test("refuses a row with more or fewer chosen experts than the others, unless told that they differ", () => {
    const rows = [row("a"), { ...row("b"), chosen: [1] }];
    expect(() => routerHeatMap(rows)).toThrow(
      "routerHeatMap needs 2 chosen experts in each row, row 1 has [1]; topK: null allows different numbers",
    );
    expect(() => routerHeatMap([row("a")], { topK: 1 })).toThrow(
      "needs 1 chosen experts in each row, row 0 has [0, 1]",
    );
    expect(routerHeatMap(rows, { topK: null }).facts).toMatchObject([{ tokens: 2, choices: 3 }]);
  });
});
