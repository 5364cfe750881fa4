import fc from "fast-check";
import { inspect } from "node:util";
import { parseHTML } from "linkedom";
import { afterEach, describe, expect, test, vi } from "vitest";
import { type Figure, formulaBox, lossChart, partTable, queues, slider } from "../../lib/plot/index.js";
import { COLORS } from "../../lib/plot/palette.js";
import { insideTslab } from "../notebook/kernels.js";
import { read, wellFormed } from "./read.js";
import { twinRows } from "./rows.js";

/** A page, for the rest of the test. */
const inPage = () => vi.stubGlobal("document", parseHTML("<!doctype html><html><body></body></html>").document);
afterEach(() => {
  vi.unstubAllGlobals();
});

const named = (by: string): Figure => lossChart([{ by, step: 1, loss: 3 }], { title: by, subtitle: by });

describe("a figure", () => {
  test("as a file has a namespace, a solid ground and no color that only a page could resolve", () => {
    for (const theme of ["light", "dark"] as const) {
      const svg = lossChart(twinRows(20)).svg(theme);
      expect(svg).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
      expect(svg).toContain(`<rect width="100%" height="100%" fill="${theme === "light" ? "#ffffff" : "#111111"}"/>`);
      expect(svg).not.toContain("var(");
    }
  });

  test("in a notebook carries the same picture twice: inline, and as an image that survives a sanitizer", () => {
    const { all, root } = read(lossChart(twinRows(20)));
    expect(all("svg")).toHaveLength(1);
    const [, encoded] = root.querySelector("img")!.getAttribute("src")!.split("base64,");
    expect(Buffer.from(encoded, "base64").toString("utf8")).toBe(lossChart(twinRows(20)).svg());
  });

  test("hides the second picture only by a rule that needs the first to be there", () => {
    const figure = lossChart(twinRows(20));
    expect(figure.html()).toContain(".twinformer-drawing:has(>svg)+img{display:none}");
    expect(read(figure).root.querySelector(".twinformer-drawing:has(>svg) + img")).not.toBeNull();
    expect(read(figure).root.querySelector("img")!.getAttribute("style")).not.toContain("none");
  });

  test("leaves the image out of the many states of a live chart", () => {
    const html = lossChart(twinRows(20)).html({ still: false });
    expect(html).not.toContain("<img");
    expect(html.endsWith("</svg></div></figure>")).toBe(true);
  });

  test("runs no script", () => {
    expect(lossChart(twinRows(20)).html()).not.toMatch(/<script|\son\w+=/i);
  });

  test("shows a hostile label as the words it is", () => {
    const label = `<b>&"'</b>`;
    const { texts, root } = read(named(label));
    expect(texts.filter((text) => text === label)).toHaveLength(3); // title, subtitle, end of the line
    expect(root.querySelector("b")).toBeNull();
    expect(read(named(label)).facts[label]).toEqual({ by: label, step: 1, loss: 3 });
  });

  test("is well-formed XML whatever the model is called", () => {
    const breakers = ["\u00a0", "\u0000\u0008", "]]>", "--><svg>", "&nbsp;", "𝕏", "<script>"];
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary" }), fc.constantFrom(...breakers)), (model) => {
        expect(wellFormed(named(model).svg())).toBe("");
      }),
      { numRuns: 60 },
    );
  });

  test("counts experts up to 9,999", () => {
    const drawn = (expert: number) => queues([{ token: "a", expert, status: "kept" }], { nExpert: expert + 1 });
    expect(() => drawn(9_999)).not.toThrow();
    expect(() => drawn(10_000)).toThrow("an index from 0 to 9,999");
  });

  test("is words, not coordinates, where a console prints it", () => {
    const figure = lossChart(twinRows(20)) as unknown as Record<symbol, () => string>;
    expect(figure[Symbol.for("nodejs.util.inspect.custom")]()).toContain("MoE");
  });

  test("is no element where there is no page, and says so", () => {
    expect(() => lossChart(twinRows(20)).node()).toThrow(
      "node needs a page: where there is none, svg() and html() give the same as text",
    );
  });

  test("is a new element at each call, of the theme that was asked for", () => {
    const figure = lossChart(twinRows(20));
    inPage();
    const [node, other] = [figure.node(), figure.node({ theme: "dark" })];
    expect(node).not.toBe(figure.node());
    expect(node.tagName).toBe("FIGURE");
    expect(node.parentNode).toBeNull();
    expect(node.querySelector("img")).toBeNull();
    expect(node.querySelectorAll("svg text").length).toBeGreaterThan(5);
    expect(node.getAttribute("style")).not.toContain("color-scheme");
    expect(other.getAttribute("style")).toContain("color-scheme:dark");
  });

  test("with a theme of its own has that theme in its image, too", () => {
    const figure = lossChart(twinRows(20));
    for (const theme of ["light", "dark"] as const) {
      const html = figure.html({ theme });
      expect(html).toContain(`color-scheme:${theme}`);
      const [, encoded] = /base64,([^"]*)/.exec(html)!;
      expect(Buffer.from(encoded, "base64").toString("utf8")).toBe(figure.svg(theme));
    }
  });

  test("as a file that follows the reader's system has both shades of every color that it uses", () => {
    const svg = lossChart(twinRows(20)).svg("auto");
    expect(wellFormed(svg)).toBe("");
    for (const [, name] of svg.matchAll(/var\(--twin-(\w+)/g)) {
      const { light, dark } = COLORS[name as keyof typeof COLORS];
      expect(svg).toContain(`--twin-${name}:light-dark(${light},${dark})`);
    }
  });

  test("as a text is its file", () => {
    const figure = lossChart(twinRows(20));
    expect(String(figure)).toBe(figure.svg());
  });

  test("shows itself in tslab where it ends a cell, and not from deep inside another value", () => {
    const figure = lossChart(twinRows(20));
    const messages = insideTslab();
    expect(inspect(figure)).toBe("");
    expect(messages).toEqual([{ output: 0, html: figure.html() }]);
    expect(inspect({ one: figure })).toContain('Figure "loss"');
    expect(messages).toHaveLength(1);
  });

  test("becomes a PNG of the size asked for", async () => {
    const figure = lossChart(twinRows(20));
    const sizeOf = (png: Uint8Array) => [Buffer.from(png).readUInt32BE(16), Buffer.from(png).readUInt32BE(20)];
    expect(sizeOf(await figure.png())).toEqual([1360, 580]);
    expect(sizeOf(await figure.png({ scale: 1, theme: "dark" }))).toEqual([680, 290]);
    for (const scale of [0, -1, NaN, 100])
      await expect(figure.png({ scale })).rejects.toThrow(
        `png needs a scale above 0 that keeps both sides within 16,384 pixels, got ${scale}`,
      );
  });

  test("that is a table, a formula or a slider has an element, a text and facts as well", () => {
    const part = { depth: 0, name: "model", shape: "[V]", sizes: "[2]", times: 1n, activeTimes: 1n, each: 2n };
    const table = partTable([{ ...part, total: 2n, active: 2n, buffer: false }]);
    const picture = queues([]);
    const stops = slider([["a", picture] as const, ["b", picture] as const], { label: "knob" });
    const math = `<math xmlns="http://www.w3.org/1998/Math/MathML" display="block"><mi>V</mi></math>`;
    const words = { text: "V", latex: "V", latexInNumbers: "2", mathml: math, mathmlInNumbers: math };
    const formula = formulaBox({ ...words, value: 2n, letters: [] });
    inPage();
    for (const figure of [table, formula, stops]) {
      expect(String(figure)).toBe(figure.html());
      expect(figure.node().tagName).toBe("DIV");
      expect(figure.facts).toBeTypeOf("object");
    }
    expect(table.facts).toEqual({ total: 2n, parts: 1 });
    expect(formula.facts).toEqual({ value: 2n });
  });
});
