import { parseHTML } from "linkedom";
import { describe, expect, test } from "vitest";
import { LayerNorm, Module, tensor, transpose } from "../../lib/index.js";
import { twins } from "../../lib/models/index.js";
import { display, moduleTree, tensorFigure } from "../../lib/notebook/index.js";
import { read } from "../plot/read.js";
import { insideTslab } from "./kernels.js";

const page = (html: string) => parseHTML(`<!doctype html><html><body>${html}</body></html>`).document;

describe("a tensor in a cell", () => {
  test("is a heat map under its dtype and shape", () => {
    const messages = insideTslab();
    display(
      tensor([
        [1, -2],
        [3, 4],
      ]),
    );
    const figure = page(messages[0].html).querySelector('figure[data-figure="tensor"]')!;
    expect(figure.querySelectorAll(".cells path")).toHaveLength(4);
    expect(figure.querySelector("svg")!.textContent).toContain("float32 [2, 2]");
    expect(messages[0].html).toContain("<img"); // the one that survives in an untrusted notebook
  });

  test("shows what a view holds, not the order in memory", () => {
    const figure = tensorFigure(
      transpose(
        tensor([
          [1, 2, 3],
          [4, 5, 6],
        ]),
        0,
        1,
      ),
    );
    expect(read(figure).facts).toMatchObject({ shape: [3, 2] });
    const titles = read(figure).all(".cells title");
    expect(titles.map((title) => title.textContent)).toEqual(expect.arrayContaining(["[0, 1] 4", "[2, 0] 3"]));
  });
});

describe("a model in a cell", () => {
  const { moe } = twins({ vocabSize: 65, dModel: 32, nLayer: 2, nHead: 4, blockSize: 16 });

  test("is a tree with a line a part, its class, its shapes and its parameters", () => {
    const messages = insideTslab();
    display(moe);
    const root = page(messages[0].html).querySelector('[data-figure="modules"]')!;
    expect(JSON.parse(root.getAttribute("data-facts")!)).toMatchObject({ parameters: moe.totalParameters() });
    const lines = Array.from(root.querySelectorAll("svg .module"), (line) => line.textContent);
    expect(lines[0]).toContain("modelTransformer");
    expect(lines.find((line) => line.startsWith("experts"))).toMatch(/^expertsExpertsup \[8, 64, 32\], .*65,536$/);
  });

  test("draws bars whose lengths are the shares", () => {
    const { all } = read(moduleTree(moe));
    const bars = all(".module rect");
    const counts = all(".module").map((line) => Number(/([\d,]+)$/.exec(line.textContent)![1].replaceAll(",", "")));
    const total = moe.totalParameters();
    expect(counts[0]).toBe(total);
    bars.forEach((bar, i) => {
      expect(Number(bar.getAttribute("width"))).toBeCloseTo(Math.max(0.5, (130 * counts[i]) / total), 1);
    });
  });

  test("shows a hostile name as the words it is", () => {
    class Evil extends Module {
      readonly ["<img src=x onerror=alert(1)>"] = new LayerNorm(2);
    }
    const document = page(moduleTree(new Evil()).html());
    expect(document.querySelector("img[onerror]")).toBeNull();
    expect(document.body.textContent).toContain("<img src=x onerror=alert(1)>");
  });

  test("without any parameter shows no share", () => {
    class Nothing extends Module {}
    expect(moduleTree(new Nothing()).html()).not.toContain("NaN");
  });
});
