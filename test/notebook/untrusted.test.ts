import { describe, expect, test } from "vitest";
import { Generator, randn } from "../../lib/index.js";
import { twins } from "../../lib/models/index.js";
import { claim, moduleTree, tensorFigure } from "../../lib/notebook/index.js";
import { loadChart, lossChart } from "../../lib/plot/index.js";
import { twinRows } from "../plot/rows.js";
import { insideTslab } from "./kernels.js";
import { sanitizers, visible } from "./sanitizers.js";

const figures = {
  "the loss chart": lossChart(twinRows(20)),
  "the load chart": loadChart(twinRows(20)),
  "a heat map": tensorFigure(randn([2, 6, 7], new Generator(1))),
  "the tree of a model": moduleTree(twins({ vocabSize: 65, dModel: 32, nLayer: 2, nHead: 4, blockSize: 16 }).moe),
};

describe.each(Object.entries(sanitizers))("an output that went through %s", (_place, sanitize) => {
  test.each(Object.entries(figures))("still shows %s, as one picture and no stray words", (_name, figure) => {
    const { words, images } = visible(sanitize(figure.html()));
    expect(words).toBe("");
    expect(images).toEqual([figure.svg().replace(/<title>[^<]*<\/title>/g, "")]);
    expect(images[0]).toMatch(/^<svg xmlns="http:\/\/www.w3.org\/2000\/svg"/);
    expect(images[0]).not.toContain("var("); // an image has no style sheet around it
  });

  test("still says a claim in words", () => {
    const messages = insideTslab();
    claim("C1", { verdict: { "a part": true, another: false }, numbers: { total: 1234 }, total: 1234 });
    expect(visible(sanitize(messages[0].html)).words).toMatch(
      /^≈ half true ?Mixtral 8x7B has 46\.7 billion.+✓.a part.· ✗.another ?total 1,234 ?Claim C1, made in: /,
    );
  });
});

/** nbviewer and an exported page sanitize nothing, but have no JupyterLab around the output. */
describe.each(Object.entries(figures))("on a page without JupyterLab, %s", (_name, figure) => {
  test("has a value for every color", () => {
    const colors = figure.html().match(/var\(--(?!twin-background|jp-|vscode-)[^)]*\)/g) ?? [];
    expect(colors.length).toBeGreaterThan(0);
    for (const used of colors) expect(used).toMatch(/, #[0-9a-f]{6}\)$/);
    expect(figure.html()).toContain("--twin-background:var(--jp-layout-color0,var(--vscode-editor-background,Canvas))");
  });

  test("asks for nothing from outside", () => {
    const addresses = figure.html().match(/https?:[^"' )]*/g) ?? [];
    expect(addresses).toEqual([]);
    expect(figure.html()).not.toMatch(/<script|<link|@import|\surl\(/);
  });
});
