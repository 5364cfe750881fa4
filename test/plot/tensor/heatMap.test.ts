import { describe, expect, test } from "vitest";
import { heatMap } from "../../../lib/plot/index.js";
import { read } from "../read.js";

const numbers = (count: number): number[] => Array.from({ length: count }, (_, i) => Math.sin(i * 1.7));
const titles = (figure: ReturnType<typeof heatMap>) =>
  read(figure)
    .all(".cells title")
    .map((title) => title.textContent);
const tints = (figure: ReturnType<typeof heatMap>): number[] =>
  read(figure)
    .all(".cells g[data-tint]")
    .map((group) => Number(group.getAttribute("data-tint")));

describe("a heat map", () => {
  test("has one cell a number, and its indices and value as tooltip", () => {
    const figure = heatMap([1, -0.25, 3, 4.5, 5, 1e-7], [2, 3]);
    expect(titles(figure).sort()).toEqual(
      ["[0, 0] 1", "[0, 1] −0.25", "[0, 2] 3", "[1, 0] 4.5", "[1, 1] 5", "[1, 2] 1e−7"].sort(),
    );
  });

  test("writes few numbers into their cells and leaves many to the tooltips", () => {
    expect(read(heatMap([1, -0.25], [1, 2])).texts).toEqual(expect.arrayContaining(["1", "−0.25"]));
    expect(read(heatMap(numbers(900), [30, 30])).all("svg text").length).toBeLessThan(80);
  });

  test.each([
    ["46 pixels a cell", [1, 5], 263, 46],
    ["45.8 pixels a cell", [1, 5], 262, 0],
    ["more than 72 pixels a cell", [1, 2], 400, 72],
    ["16 rows", [16, 2], 200, 72],
    ["17 rows", [17, 2], 200, 0],
  ])(
    "with room for %s writes them where a cell is at least 46 pixels wide, and 16 high at most",
    (_, shape, width, wide) => {
      const figure = heatMap(numbers(shape[0] * shape[1]), shape, { width });
      const cell = read(figure).all(".cells path")[0].getAttribute("d")!;
      const written = read(figure).all(".slice > g > g[pointer-events] text").length;
      expect(written).toBe(wide > 0 ? shape[0] * shape[1] : 0);
      if (wide > 0) expect(cell).toMatch(new RegExp(`h${wide - 1}$`)); // a pixel is left free between two
    },
  );

  test("gives numbers of equal magnitude and different sign tints of equal strength around 0", () => {
    const figure = heatMap([-2, -1, 0, 1, 2], [5]);
    expect(tints(figure).sort((a, b) => a - b)).toEqual([-16, -8, 0, 8, 16]);
    const look = (tint: number) => read(figure).all(`.cells g[data-tint="${tint}"]`)[0];
    expect(look(-8).getAttribute("stroke-opacity")).toBe(look(8).getAttribute("stroke-opacity"));
    expect(look(-8).getAttribute("stroke")).toContain("--twin-dense");
    expect(look(8).getAttribute("stroke")).toContain("--twin-moe");
    expect(look(0).getAttribute("stroke-opacity")).toBe("0");
  });

  test("marks what is no number, counts it, and keeps it out of the scale", () => {
    const figure = heatMap([NaN, 1, Infinity, -Infinity, NaN, -3], [2, 3]);
    expect(read(figure).all("path.nan")).toHaveLength(2);
    expect(read(figure).all(".cells .not path")).toHaveLength(4);
    expect(read(figure).facts).toMatchObject({ nan: 2, infinite: 2, min: -3, max: 1, mean: -1 });
    expect(figure.description).toContain("min −3 · mean −1 · max 1 · 2 NaN (red ×) · 2 infinite (red)");
    expect(titles(figure)).toEqual(expect.arrayContaining(["[0, 0] NaN", "[0, 2] ∞", "[1, 0] −∞"]));
  });

  test("draws no number as an attribute that a browser could not read", () => {
    for (const value of [NaN, Infinity, 0])
      expect(geometry(heatMap([value], []))).not.toMatch(/NaN|Infinity|undefined/);
    for (const shape of [[0], [0, 4], [4, 0], [0, 3, 3], [2, 0, 3]])
      expect(geometry(heatMap([], shape))).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("shows a single number, a vector and an array without numbers for what they are", () => {
    expect(titles(heatMap([3.25], []))).toEqual(["[] 3.25"]);
    expect(titles(heatMap([1, 2], [2]))).toEqual(expect.arrayContaining(["[0] 1", "[1] 2"]));
    const empty = heatMap([], [0, 4]);
    expect(titles(empty)).toEqual([]);
    expect(empty.description).toBe("[0, 4]: empty: no numbers.");
  });

  test("shows a matrix whole: attention over 64 tokens, 128 experts beside each other", () => {
    for (const n of [30, 64, 128]) {
      const figure = heatMap(numbers(n * n), [n, n]);
      expect(figure.facts).toMatchObject({ shown: { slices: 1, rows: n, columns: n } });
      expect(read(figure).texts.join(" ")).not.toContain("mean of");
      expect(figure.html({ still: false }).length).toBeLessThan(300_000);
    }
  });

  test("makes one cell of neighbors, their mean, where there is no room for each, and says of how many", () => {
    const values = Array.from({ length: 256 * 256 }, (_, i) => (Math.floor(i / 256) % 2) + ((i % 256) % 2) - 1);
    const figure = heatMap(values, [256, 256]); // −1, 0, 0, 1 in each square of 2 × 2
    expect(read(figure).texts).toContain("a square: the mean of 2 × 2 numbers");
    expect(figure.facts).toMatchObject({ min: -1, max: 1, shown: { rows: 128, columns: 128 } });
    expect(read(figure).all(".cells path")).toEqual([]); // all means are 0, the ground's own color
    values[0] = NaN;
    expect(read(heatMap(values, [256, 256])).all("path.nan")).toHaveLength(1);
  });

  test("names its rows and columns, in the tooltips too", () => {
    const figure = heatMap([0.9, 0.1, 0.2, 0.8], [2, 2], { rowNames: ["the", "<b>"], columnNames: ["a", "b"] });
    expect(read(figure).texts).toEqual(expect.arrayContaining(["the", "<b>", "a", "b"]));
    expect(titles(figure)).toContain("<b>, b: 0.8");
    expect(() => heatMap([1, 2], [1, 2], { columnNames: ["a"] })).toThrow(
      "heatMap needs as many columnNames as there are, 2, got 1",
    );
  });

  test("has the scale that it is given: 0.9 and 1 are as far apart as its ends", () => {
    const tintsOf = (domain: [number, number]) =>
      tints(heatMap([0.9, 0.95, 1, 2], [4], { domain })).sort((a, b) => a - b);
    expect(tintsOf([0.9, 1])).toEqual([0, 8, 16]);
    expect(tints(heatMap([-1, 1], [2], { domain: [-2, 4] }))).toEqual([-8, 4]);
    for (const domain of [[1, 1], [2, 1], [0, NaN], [0]] as never[])
      expect(() => heatMap([1], [1], { domain })).toThrow("heatMap needs a domain of two numbers, the lower first");
  });

  test("puts rows that are alike beside each other", () => {
    const group = [0, 1, 2, 0, 1, 2, 0, 1, 2]; // experts that work together
    const values = group.flatMap((a) => group.map((b) => (a === b ? 1 : 0)));
    const names = group.map((g, i) => `${"abc"[g]}${i}`);
    const shown = read(
      heatMap(values, [9, 9], { rowNames: names, columnNames: names, order: "cluster", domain: [0, 1] }),
    );
    const order = Array.from(shown.all('.indices text[text-anchor="end"]'), (text) => text.textContent[0]).join("");
    expect(["aaabbbccc", "aaacccbbb", "bbbaaaccc", "bbbcccaaa", "cccaaabbb", "cccbbbaaa"]).toContain(order);
    expect(() => heatMap(numbers(600), [600, 1], { order: "cluster" })).toThrow("heatMap can cluster up to 512 rows");
  });

  test("shows the first slices of an array of more axes, by name, and says of how many", () => {
    const figure = heatMap(numbers(3 * 4 * 5 * 6), [3, 4, 5, 6]);
    expect(read(figure).all(".slice")).toHaveLength(8);
    expect(read(figure).texts).toEqual(expect.arrayContaining(["[0, 0, :, :]", "[1, 3, :, :]"]));
    expect(read(figure).texts).toContain("shown: the first 8 of 12 slices");
    expect(titles(figure)).toContain(`[1, 3, 4, 5] ${Number(Math.sin(239 * 1.7).toPrecision(6))}`.replace("-", "−"));
  });

  test("stays within its width, and within some hundred kilobytes", () => {
    for (const shape of [[5000], [1000, 1000], [300, 4, 60, 60], [7, 9, 90], [2, 11], [3, 3, 3], [12, 4, 4]])
      for (const width of [680, 400, 120]) {
        const size = shape.reduce((a, b) => a * b, 1);
        const figure = heatMap(new Float32Array(size).fill(-0.1234567), shape, { width });
        for (const slice of read(figure).all(".slice")) {
          const from = Number(/translate\((\d+)/.exec(slice.parentElement!.getAttribute("transform")!)![1]);
          const left = Number(
            /translate\((\d+)/.exec(slice.querySelector("g[transform]")!.getAttribute("transform")!)![1],
          );
          const ends = Array.from(slice.querySelectorAll(".frame rect"), (rect) =>
            ["x", "width"].reduce((sum, name) => sum + Number(rect.getAttribute(name)), from + left),
          );
          expect(Math.max(...ends), `[${shape.join(", ")}] in ${width} pixels`).toBeLessThanOrEqual(width);
        }
        expect(figure.html().length).toBeLessThan(400_000);
      }
  });

  test("refuses a shape that does not fit the numbers", () => {
    expect(() => heatMap([1, 2, 3], [2, 2])).toThrow("heatMap: shape [2, 2] has 4 cells, got 3 numbers");
  });

  test("shows a hostile title as the words it is", () => {
    const { texts, root } = read(heatMap([1], [1], { title: "<script>&" }));
    expect(texts).toContain("<script>&");
    expect(root.querySelector("script")).toBeNull();
  });
});

/** The attributes of the drawing, without its words. */
const geometry = (figure: ReturnType<typeof heatMap>): string =>
  (figure.svg().match(/<(?:path|rect|text|g|svg)\b[^>]*>/g) ?? []).join("").replace(/aria-label="[^"]*"/, "");
