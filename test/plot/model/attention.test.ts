import fc from "fast-check";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { attention, type AttentionRow } from "../../../lib/plot/index.js";
import { sanitizers, visible } from "../../notebook/sanitizers.js";

const length = 13;
const tokens = "The cat sat on the mat because it was tired of standing up".split(" ");
const spread = (looks: (query: number) => number, share = 0.9): number[][] =>
  Array.from({ length }, (_, q) =>
    Array.from({ length }, (_key, k) => {
      const at = Math.max(0, Math.min(looks(q), q));
      const rest = q === 0 ? 0 : (1 - share) / q;
      return k > q ? 0 : q === 0 ? 1 : k === at ? share : rest;
    }),
  );
const before = { layer: 0, head: 1, weights: spread((q) => q - 1) };
const first = { layer: 0, head: 0, weights: spread(() => 0, 0.95) };
const itself = { layer: 1, head: 0, weights: spread((q) => q, 0.8) };
const nowhere = { layer: 1, head: 1, weights: spread(() => 0, 0.3) };
const four = [first, before, itself, nowhere];
const read = (figure: { html: () => string }) => {
  const { document } = parseHTML(`<!doctype html><html><body>${figure.html()}</body></html>`);
  return {
    document,
    texts: (selector: string) => Array.from(document.querySelectorAll(selector), (element) => element.textContent),
  };
};

describe("attention", () => {
  test("says where the heads look, and begins with the clearest that looks at a neighbor", () => {
    const figure = attention(four, { tokens });
    expect(figure.facts).toEqual({
      heads: 4,
      tokens: length,
      looks: { "the token before": 1, itself: 1, "the first token": 1, "no one place": 1 },
    });
    expect(figure.description).toBe(
      "Where 4 heads of attention mostly look: 1 at the token before, 1 at itself, 1 at the first token, 1 at no one place. " +
        "In layer 1, head 2, “up” looks at “standing” 90 %.",
    );
    const { document, texts } = read(figure);
    const pressed = Array.from(document.querySelectorAll("input[checked]"), (input) =>
      input.getAttribute("aria-label"),
    );
    expect(pressed).toEqual(["layer 1, head 2, looks at the token before (90 %)", null]);
    expect(texts(".tw-shelf > b")).toEqual(["layer 1", "layer 2"]);
    expect(document.querySelectorAll('input[name="head"]')).toHaveLength(4);
    expect(document.querySelectorAll('input[name="token"]')).toHaveLength(length);
  });

  test("draws a line for each weight of 5 % or more, and says it at the end of the line", () => {
    const weight = fc.array(fc.double({ min: 0.001, max: 1, noNaN: true }), { minLength: 4, maxLength: 4 });
    const head = fc.array(weight, { minLength: 4, maxLength: 4 }).map((rows) =>
      rows.map((row) => {
        const sum = row.reduce((a, b) => a + b, 0);
        return row.map((value) => value / sum);
      }),
    );
    fc.assert(
      fc.property(head, (weights) => {
        const { document, texts } = read(attention([{ layer: 0, head: 0, weights }]));
        const all = weights.flatMap((row) =>
          row.flatMap((value, k) => (value >= 0.05 ? [`${Math.round(100 * value)} % ${k}`] : [])),
        );
        expect(texts(".tw-said b")).toEqual(all);
        const lines = Array.from(
          document.querySelectorAll(".tw-lines path"),
          (path) => path.getAttribute("d")!.match(/M/g)!.length,
        );
        expect(lines.reduce((a, b) => a + b, 0)).toBe(all.length);
      }),
      { numRuns: 30 },
    );
  });

  test("starts with the head and token that are asked for", () => {
    const { description } = attention(four, { tokens, start: { layer: 1, head: 0, token: 2 } });
    expect(description).toContain("In layer 2, head 1, “sat” looks at “The” 10 %, “cat” 10 %, “sat” 80 %.");
    expect(() => attention(four, { start: { layer: 7 } })).toThrow(
      "attention has no head undefined of layer 7 to start",
    );
    expect(() => attention(four, { start: { token: 13 } })).toThrow(
      "attention needs a token below 13 to start with, got 13",
    );
  });

  test("shows of thousands of heads the clearest of each kind, within 60 kB", () => {
    const rows: AttentionRow[] = Array.from({ length: 61 * 128 }, (_, i) => ({
      ...four[i % 4],
      layer: Math.floor(i / 128),
      head: i % 128,
    }));
    const figure = attention(rows, { tokens });
    expect(figure.html().length).toBeLessThan(60_000);
    const { document, texts } = read(figure);
    expect(texts(".tw-shelf > b")[0]).toBe("the token before: 1,952\u00a0heads");
    const shown = document.querySelectorAll('input[name="head"]').length;
    expect(shown).toBeGreaterThan(12);
    expect(texts(".tw-how")[0]).toContain(`${shown} of 7,808 heads: the clearest of each kind`);
  });

  test("shows of a long text the first tokens, whatever their length, and says so", () => {
    const T = 200;
    const even = Array.from({ length: T }, (_, q) => Array.from({ length: T }, (_k, k) => (k > q ? 0 : 1 / (q + 1))));
    const rows = Array.from({ length: 12 }, (_, head) => ({ layer: 0, head, weights: even }));
    const figure = attention(rows, { tokens: Array.from({ length: T }, () => "漢字仮名交じり文".repeat(1000)) });
    expect(figure.html().length).toBeLessThan(60_000);
    expect(read(figure).texts(".tw-how")[0]).toContain("the first 24 of 200 tokens");
  });

  test("marks what is no number, and refuses what is no attention", () => {
    const broken = [
      [1, 0],
      [NaN, NaN],
    ];
    expect(read(attention([{ layer: 0, head: 0, weights: broken }])).texts(".tw-not")).toEqual(["not a number"]);
    const of = (weights: number[][]) => () => attention([{ layer: 0, head: 0, weights }]);
    expect(
      of([
        [1, 0],
        [3, -2],
      ]),
    ).toThrow("attention needs weights from 0 to 1, row 0 has 3");
    expect(
      of([
        [1, 0],
        [0.9, 0.9],
      ]),
    ).toThrow("attention needs weights of a token that sum to 1 at most, row 0 has 1.8");
    expect(of([[1, 0], [1]])).toThrow("attention needs weights of 2 tokens by 2, as row 0 has, row 0 has others");
    expect(() => attention([first, first])).toThrow("one row a head, row 1 has layer 1, head 1 again");
    expect(() => attention(four, { tokens: ["a"] })).toThrow("as many tokens as weights have rows, 13, got 1");
    expect(attention([]).description).toBe("No heads of attention yet.");
    expect(of([[1]])().description).toContain("“0” looks at “0” 100 %");
  });

  test("runs no script, and has no id that another output could have too", () => {
    expect(attention(four, { tokens }).html()).not.toMatch(/<script|\son\w+=|\sid=|https?:/i);
  });
});

test.each(Object.entries(sanitizers))("after %s a still picture of attention is left, alone", (_place, sanitize) => {
  const { words, images } = visible(sanitize(attention(four, { tokens }).html()));
  expect(words).toBe("");
  expect(images).toHaveLength(1);
  expect(images[0]).toContain("layer 1, head 2 looks at the token before (90 %)");
});
