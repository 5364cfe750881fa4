import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { lossChart, queues, type Figure } from "../../lib/plot/index.js";
import { read, wellFormed } from "./read.js";
import { twinRows } from "./rows.js";

const named = (model: string): Figure => lossChart([{ model, step: 1, loss: 3 }], { title: model, subtitle: model });

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
    expect(read(named(label)).last[label]).toEqual({ model: label, step: 1, loss: 3 });
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
    const drawn = (expert: number) => queues([{ token: "a", expert, status: "kept" }], { experts: 1 });
    expect(() => drawn(9_999)).not.toThrow();
    expect(() => drawn(10_000)).toThrow("an index from 0 to 9,999");
  });

  test("is words, not coordinates, where a console prints it", () => {
    const figure = lossChart(twinRows(20)) as unknown as Record<symbol, () => string>;
    expect(figure[Symbol.for("nodejs.util.inspect.custom")]()).toContain("MoE");
  });
});
