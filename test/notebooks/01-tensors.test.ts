import { describe, expect, it } from "vitest";
import { account, componentRows } from "../../lib/account/index.js";
import { exercises } from "../../lib/notebook/exercises/index.js";
import { executed } from "./executed.js";

const notebook = executed("01-tensors");
const printed = (pattern: RegExp) => {
  const found = pattern.exec(notebook.printed);
  if (!found) throw new Error(`the notebook 01-tensors prints nothing like ${pattern}`);
  return found.slice(1);
};

describe("what notebook 01 shows", () => {
  it("the picture of the twins has the sizes that the accounting has", () => {
    const sizes = { model_type: "twinformer", vocabSize: 89, blockSize: 64, nLayer: 4, nHead: 4, dModel: 64 };
    const total = (config: Record<string, unknown>) =>
      componentRows(account(config)).reduce((sum, row) => sum + row.total, 0);
    const [figure] = notebook.figures("twins") as { dense: { total: number }; moe: { total: number } }[];
    expect(figure.dense.total).toBe(total(sizes));
    expect(figure.moe.total).toBe(total({ ...sizes, nExpert: 8, topK: 2 }));
  });

  it("a reshaped tensor has the same memory, and shapes that do not fit are named at run time as by the compiler", () => {
    expect(notebook.printed).toContain("the same memory: true");
    const [message] = printed(/(cannot matmul .*?) \(you wrote/);
    expect(notebook.source("shape")).toContain(`// @ts-expect-error ${message}\n`);
  });

  it("asks for a guess in each section, and says beside the answer what was written", () => {
    expect(notebook.printed.match(/\(you wrote null\)/g)).toHaveLength(8);
  });

  it("the kernel counts two FLOPs for each multiplication of the formula", () => {
    const [counted, formula] = printed(/counted ([\d,]+) FLOPs, formula ([\d,]+)/);
    expect(counted).toBe(formula);
    expect(counted.replaceAll(",", "")).toBe(String(2 * 256 ** 3));
  });

  it("the kernel takes less time than three loops in the same run", () => {
    expect(Number(printed(/kernel is ([\d.]+) times as fast/)[0])).toBeGreaterThan(1);
  });

  it("loops and kernel agree up to rounding, and not in every bit", () => {
    const [differ] = printed(/([\d,]+) of 65,536 numbers differ/);
    expect(Number(differ.replaceAll(",", ""))).toBeGreaterThan(0);
    // A sum of 256 products of normal numbers: its standard deviation is 16, and float32 keeps 24 bits.
    expect(Number(printed(/largest difference is ([\d.e-]+)/)[0])).toBeLessThan(256 * 16 * 2 ** -24);
  });

  it("gradients are 15 · (w − 2), and nudging finds the same", () => {
    const rows = [...notebook.printed.matchAll(/w ([\d.]+): gradient ([-\d.]+), by nudging ([-\d.]+)/g)];
    expect(rows).toHaveLength(4);
    for (const [, w, gradient, nudged] of rows) {
      expect(Number(gradient)).toBeCloseTo(15 * (Number(w) - 2), 4);
      expect(Number(nudged)).toBeCloseTo(Number(gradient), 2);
    }
  });

  it("the loss after ten steps is what each step's factor 1 − 15 · rate says, and only the largest rate climbs", () => {
    const [chart] = notebook.figures("lines") as Record<string, { end: { x: number; y: number } }>[];
    for (const rate of [0.01, 0.14])
      expect(chart[`learning rate ${rate}`].end.y / (7.5 * (1 - 15 * rate) ** 20)).toBeCloseTo(1, 3);
    const drawn = notebook.pictures.find((picture) => picture.includes('data-figure="lines"'))!;
    const [labels] = /<g [^>]*class="end-labels"[^]*?<\/g>/.exec(drawn)!;
    for (const rate of ["0.01", "0.05", "0.14"]) expect(labels).toContain(`>${rate}<`);
    expect(printed(/lowest: (learning rate [\d.]+)/)).toEqual(["learning rate 0.05"]);
    expect(printed(/higher than at the start: (.*)/)).toEqual(["learning rate 0.14"]);
  });

  it("its exercises are there, and wait for an answer", () => {
    const asked = [...notebook.html.matchAll(/data-check="([^"]*)" data-state="(\w+)"/g)];
    expect(asked.map(([, name]) => name)).toEqual([
      "multiplications of a product",
      "slope of a squared error",
      "softmax of a list",
    ]);
    for (const [, name, state] of asked) {
      expect(exercises).toHaveProperty([name]);
      expect(state).toBe("open");
    }
  });
});
