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
      .map((path) => /,([-\d.]+)V([-\d.]+)/.exec(path.getAttribute("d")!)!.slice(1).map(Number)) // its right end
      .map(([top, bottom]) => bottom - top);
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

  test("says each layer's favorites, and has them as facts", () => {
    expect(tokenFlow(rows).description).toContain(
      "layer 1: vowel most often to 0, space most often to 2; layer 2: vowel most often to 1",
    );
    expect(tokenFlow(rows).facts).toEqual([
      { layer: 0, tokens: 60, experts: 3, favorites: { vowel: 0, space: 2 } },
      { layer: 1, tokens: 60, experts: 3, favorites: { vowel: 1, space: 1 } },
    ]);
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

  const many = (experts: number, layers: number, kinds: number) =>
    Array.from({ length: layers * kinds * experts }, (_, i) => ({
      layer: Math.floor(i / (kinds * experts)),
      from: `kind ${Math.floor(i / experts) % kinds}`,
      expert: i % experts,
      count: 1 + (i % experts) * (i % 7),
    }));

  test.each([
    [64, 1, 3],
    [256, 2, 200],
    [8, 12, 3],
    [16, 61, 2],
  ])(
    "of %i experts, %i layers and %i kinds draws the busiest and one node for the others, all inside",
    (E, L, kinds) => {
      const rows = many(E, L, kinds);
      const figure = tokenFlow(rows);
      const { all, texts } = read(figure);
      expect(all("svg .layer").length).toBe(Math.min(L, 16));
      expect(texts.join(" ").includes(`16 of ${L} layers`)).toBe(L > 16);
      expect(all("svg .layer:first-of-type .expert").length).toBeLessThanOrEqual(13);
      if (E > 12) expect(texts).toContain(`${E - 12} others`);
      if (kinds > 12) expect(texts).toContain(`${kinds - 12} others`);
      for (const node of all("svg rect")) {
        const at = (name: string) => Number(node.getAttribute(name));
        expect(at("height")).toBeGreaterThanOrEqual(0);
        expect(at("x")).toBeGreaterThanOrEqual(0);
        expect(at("x") + at("width")).toBeLessThanOrEqual(figure.width);
        expect(at("y") + at("height")).toBeLessThanOrEqual(figure.height + 0.1);
      }
      expect(figure.html({ still: false }).length).toBeLessThan(300_000);
    },
  );

  test("loses no token where it gathers", () => {
    const rows = many(64, 1, 30);
    const drawn = read(tokenFlow(rows))
      .all("svg .ribbons title")
      .map((title) => Number(/: ([\d,]+) \(/.exec(title.textContent)![1].replaceAll(",", "")));
    expect(drawn.reduce((a, b) => a + b, 0)).toBe(rows.reduce((all, { count }) => all + count, 0));
  });

  test("of rows that come from an expert is one flow through all layers", () => {
    const path = [
      { layer: 0, from: "vowel", expert: 0, count: 30 },
      { layer: 0, from: "space", expert: 1, count: 10 },
      { layer: 1, from: 0, expert: 1, count: 30 },
      { layer: 1, from: 1, expert: 1, count: 10 },
      { layer: 2, from: 1, expert: 0, count: 40 },
    ];
    const { all, texts } = read(tokenFlow(path));
    expect(all("svg .layer")).toHaveLength(1);
    expect(texts.filter((text) => text?.startsWith("layer"))).toEqual(["layer 1", "layer 2", "layer 3"]);
    const columns = new Set(all("svg .layer rect").map((node) => node.getAttribute("x")));
    expect(columns.size).toBe(4);
    expect(all("svg .ribbons path")).toHaveLength(5);
    expect(tokenFlow(path).description).toContain("layer 2: expert 0 most often to 1, expert 1 most often to 1");
  });
});
