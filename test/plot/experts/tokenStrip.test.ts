import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { tokenStrip, tokenStripByLayer } from "../../../lib/plot/index.js";
import { percent } from "../../../lib/text/numbers.js";
import { read } from "../read.js";

const rows = [" the", " whale", ",", " the", " sea"].map((token, i) => ({ token, expert: [1, 1, 0, 2, 2][i] }));
const row = fc.record({ token: fc.string({ maxLength: 12 }), expert: fc.nat(5), layer: fc.nat(2) });

describe("tokenStrip", () => {
  test("writes each expert once below its stretch of tokens, in its color", () => {
    const { all, texts } = read(tokenStrip(rows));
    const numbers = all("svg .numbers text");
    expect(numbers.map((node) => node.textContent)).toEqual(["1", "0", "2"]);
    expect(numbers.map((node) => /twin-(\w+)/.exec(node.getAttribute("fill")!)![1])).toEqual(["moe", "dense", "third"]);
    expect(texts.join("|")).toContain("\u00a0the");
    expect(all("svg .tokens title").map((title) => title.textContent)[0]).toBe("␣the: expert 1");
  });

  test("compares neighbors with the same tokens in any other order", () => {
    const figure = tokenStrip(rows);
    expect(figure.facts).toEqual({ tokens: 5, experts: 3, neighbors: 0.5, chance: 0.2 }); // of 4 pairs 2; (2 + 2) of 20
    expect(figure.description).toBe(
      "Neighbors share an expert in 50 % of cases, 20 % by chance; 5 tokens at 3 experts, most at expert 1 (40 %).",
    );
  });

  test("says of any rows what is in them", () => {
    fc.assert(
      fc.property(fc.array(row, { minLength: 1, maxLength: 60 }), (all) => {
        const layers = [...new Set(all.map(({ layer }) => layer))].map((l) => all.filter(({ layer }) => layer === l));
        const pairs = layers.flatMap((own) => own.slice(1).map(({ expert }, i) => expert === own[i].expert));
        const { description, facts } = tokenStrip(all);
        expect(facts).toMatchObject({ tokens: all.length, experts: new Set(all.map(({ expert }) => expert)).size });
        if (pairs.length > 0)
          expect(description).toContain(
            `share an expert in ${percent(pairs.filter(Boolean).length / pairs.length)} of`,
          );
        const counts = description.match(/\d+ tokens? at/g)!.map((words) => Number.parseInt(words, 10));
        expect(counts.reduce((a, b) => a + b)).toBe(all.length);
      }),
    );
  });

  test("breaks lines within its width, whatever the tokens are, and leaves none out", () => {
    const any = fc.array(fc.record({ token: fc.string({ unit: "grapheme", maxLength: 90 }), expert: fc.nat(300) }));
    fc.assert(
      fc.property(any, fc.constantFrom(340, 680), (all, width) => {
        const figure = tokenStrip(all.slice(0, 20), { width });
        const { all: find } = read(figure);
        expect(find("svg .tokens text")).toHaveLength(Math.min(all.length, 20));
        for (const node of find("svg .tokens text, svg .numbers text")) {
          expect(Number(node.getAttribute("x"))).toBeLessThan(width);
          expect(Number(node.getAttribute("y"))).toBeLessThan(figure.height);
        }
      }),
    );
  });

  test("gives of many experts the busiest a color, and says so", () => {
    const many = Array.from({ length: 400 }, (_, i) => ({ token: "ab ", expert: i % 5 === 0 ? 77 : i % 256 }));
    const figure = tokenStrip(many, { nExpert: 256 });
    const { texts, all } = read(figure);
    expect(texts.join(" ")).toContain("in color: the 8 busiest of 256 experts");
    expect(all("svg .legend text").map((node) => node.textContent)).toContain("expert 77");
    expect(all("svg .legend path")).toHaveLength(8);
  });

  test("shows the beginning of a long text, and four layers of many, and says so", () => {
    const long = Array.from({ length: 10_000 }, (_, i) => ({ token: " word", expert: i % 3 }));
    expect(read(tokenStrip(long)).texts.join(" ")).toMatch(/the first \d+ of 10,000 tokens/);
    const deep = Array.from({ length: 61 }, (_, layer) => ({ token: "a", expert: 0, layer }));
    const { texts } = read(tokenStrip(deep));
    expect(texts.filter((text) => text?.startsWith("layer"))).toEqual(["layer 1", "layer 21", "layer 41", "layer 61"]);
    expect(texts.join(" ")).toContain("4 of 61 layers");
    expect(read(tokenStrip(deep, { onlyLayer: 7 })).all("svg .strip")).toHaveLength(1);
  });

  test("marks a weight that is no number, and takes the first of several experts", () => {
    const figure = tokenStrip([{ token: "a", expert: [3, 1], weight: NaN }]);
    const { texts, all } = read(figure);
    expect(texts.join(" ")).toContain("in red: 1 without a number as weight");
    expect(all("svg .tokens text")[0].getAttribute("fill")).toContain("alarm");
    expect(all("svg .tokens title")[0].textContent).toBe("a: expert 3, weight NaN, then 1");
    expect(() => tokenStrip([{ token: "a", expert: [] }])).toThrow("tokenStrip needs an index from 0 to 9,999");
  });
});

describe("tokenStripByLayer", () => {
  test("has a button and a picture of one height for each layer, of many twelve", () => {
    const layers = (count: number) =>
      Array.from({ length: count }, (_, l) => rows.map((one) => ({ ...one, layer: l })));
    const chooser = tokenStripByLayer(layers(3).flat(), { onlyLayer: 1 }).html();
    expect(chooser.match(/type="radio"/g)).toHaveLength(3);
    expect(chooser).toMatch(/value="1"[^>]* checked/);
    expect(new Set(chooser.match(/viewBox="[^"]*"/g)).size).toBe(1);
    const deep = tokenStripByLayer(layers(61).flat());
    expect(deep.html().match(/type="radio"/g)).toHaveLength(12);
    expect(deep.html()).toContain("12 of 61 layers");
    expect(deep.html().length).toBeLessThan(300_000);
    expect(tokenStripByLayer([]).description).toContain("no tokens");
  });
});
