import fc from "fast-check";
import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { table, type TableOptions } from "../../../lib/plot/index.js";

const parsed = (rows: readonly object[], options?: TableOptions) =>
  parseHTML(`<!doctype html><body>${table(rows, options).html()}</body>`).document;
const wordsOf = (rows: readonly object[], options?: TableOptions): string[][] =>
  [...parsed(rows, options).querySelectorAll("tr")].map((row) => [...row.children].map((cell) => cell.textContent));
/** The cells of the one column 'x'. */
const written = (...values: unknown[]): string[] =>
  wordsOf(values.map((x) => ({ x })))
    .slice(1)
    .map(([word]) => word);

describe("table", () => {
  test("has each column that any row has, in the order in which they come, and a dash where a row lacks it", () => {
    expect(wordsOf([{ a: 1 }, { b: "x", a: null }])).toEqual([
      ["a", "b"],
      ["1", "–"],
      ["–", "x"],
    ]);
  });

  test("shows of many rows the first and the last, of many columns the first, of a long text its beginning, and says so", () => {
    const many = Array.from({ length: 10_000 }, (_, i) => ({ i, twice: 2 * i }));
    const [, ...lines] = wordsOf(many);
    const gap = lines.findIndex((line) => line.length === 1);
    expect(lines[gap]).toEqual([`… ${(10_000 - lines.length + 1).toLocaleString("en")} rows more …`]);
    expect(lines[gap - 1]).toEqual([String(gap - 1), (2 * (gap - 1)).toLocaleString("en")]);
    expect(lines.at(-1)).toEqual(["9,999", "19,998"]);
    expect(table(many).description).toContain("10,000 rows");
    const wide = [Object.fromEntries(Array.from({ length: 256 }, (_, i) => [`c${i}`, i]))];
    expect(parsed(wide).querySelector("figure")!.textContent).toMatch(/and 196 columns more$/);
    expect(wordsOf([{ text: "x".repeat(1e6) }])[1][0].length).toBeLessThan(400);
  });

  test("is never larger than 300 kB", () => {
    const word = fc.string({ maxLength: 40 });
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 400 }), fc.integer({ min: 1, max: 90 }), word, (rows, columns, word) => {
        const row = Object.fromEntries(Array.from({ length: columns }, (_, i) => [`${word} ${i}`, `${word}${i / 7}`]));
        expect(table(Array.from({ length: rows }, () => row)).html().length).toBeLessThan(300_000);
      }),
      { numRuns: 30 },
    );
  });

  test("writes numbers with commas and equally many decimals, as many as the largest needs for four digits", () => {
    expect(written(1104192, -5)).toEqual(["1,104,192", "−5"]);
    expect(written(46_702_792_704n)).toEqual(["46,702,792,704"]);
    expect(written(2.64159, 2.5, -0.0071)).toEqual(["2.642", "2.500", "−0.007"]);
    expect(written(0.5, 0.25)).toEqual(["0.50", "0.25"]);
    expect(written(0.5, 1.86e-8)).toEqual(["0.5", "1.9e−8"]);
    expect(written(NaN, Infinity)).toEqual(["NaN", "∞"]);
    expect(written([1.3, 1.25], 2)).toEqual(["1.30, 1.25", "2.00"]);
  });

  test("sets numbers to the right and words to the left, heads like their column, without quotes", () => {
    const cells = [...parsed([{ name: "46.7 billion", n: 3, mixed: 1 }, { name: "x", n: 4, mixed: "?" }]).querySelectorAll("th,td")]; // prettier-ignore
    expect(cells.map((cell) => cell.getAttribute("align"))).toEqual(
      Array.from({ length: 3 }, () => ["left", "right", "left"]).flat(),
    );
    expect(cells[3].textContent).toBe("46.7 billion");
    expect(cells[3].outerHTML).toMatch(/^<th [^>]*scope="row"|scope="row"/);
  });

  test("has labels, units and formats by column, a caption, and notes that are folded", () => {
    const options = {
      title: "Losses",
      notes: ["from a run"],
      columns: { loss: { unit: "nats" }, step: "after", share: { format: (x: unknown) => `${100 * Number(x)} %` } },
    };
    const page = parsed([{ step: 1, loss: 2, share: 0.5 }], options);
    expect([...page.querySelectorAll("thead th")].map((th) => th.textContent)).toEqual([
      "after",
      "loss (nats)",
      "share",
    ]);
    expect(page.querySelector("figcaption")!.textContent).toBe("Losses");
    expect(page.querySelector("details")!.textContent).toBe("1 notefrom a run");
    expect(page.querySelectorAll("td")[1].textContent).toBe("50 %");
    expect(page.querySelectorAll("td")[1].getAttribute("align")).toBe("right");
  });

  test("keeps its rows as facts", () => {
    expect(table([{ a: 5n, b: [1, 2], c: undefined }]).facts).toEqual([{ a: 5, b: [1, 2], c: null }]);
  });

  test.each([
    [[[1]], {}, "table needs rows that are objects, such as { step: 1, loss: 2.5 }, row 0 is a list of 1"],
    [{ a: { b: 1 } }, {}, "table needs an array of rows, got an object"],
    [[{ a: 1 }], { columns: { b: "x" } }, "table has no column 'b' for its option columns: its rows have a"],
    [[{ a: 1 }], { columns: { a: { format: "x" } } }, "table needs a function as the format of 'a', got \"x\""],
  ])("of %o with %o is refused in a sentence", (rows, options, sentence) => {
    expect(() => table(rows as never, options as never)).toThrow(new TypeError(sentence));
  });
});

test("a column without a name has a cell as its head, and is not in the description", () => {
  const figure = table([{ "": "dense", loss: 2 }]);
  expect(figure.description).toBe("table: 1 row of loss");
  const { document } = parseHTML(`<!doctype html><body>${figure.html()}</body>`);
  expect(Array.from(document.querySelectorAll("thead tr > *"), ({ tagName }) => tagName)).toEqual(["TD", "TH"]);
});
