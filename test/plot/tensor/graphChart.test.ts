import { describe, expect, test } from "vitest";
import { graphFigure } from "../../../lib/notebook/index.js";
import { graphChart, type GraphRow } from "../../../lib/plot/index.js";
import { mul, sum, tensor } from "../../../lib/tensor/index.js";
import { geometry, read } from "../read.js";

const leaf = (id: number, name: string | null = null): GraphRow => ({
  id,
  op: "leaf",
  shape: [2, 3],
  inputs: [],
  name,
});
const op = (id: number, name: string, ...inputs: number[]): GraphRow => ({ id, op: name, shape: [2], inputs });
const small = [leaf(0, "w"), leaf(1), op(2, "mul", 0, 1), op(3, "add", 2, 2), op(4, "sum", 3)];

/** Height of the middle of each box, by its tooltip. */
const levels = (rows: readonly GraphRow[]): Map<string, number> =>
  new Map(
    read(graphChart(rows))
      .all(".boxes g")
      .map((g) => [g.querySelector("title")!.textContent, Number(g.querySelector("rect")!.getAttribute("y"))]),
  );

describe("a graph chart", () => {
  test("has a box a row with its name, shape and inputs, and a line an input", () => {
    const figure = read(graphChart(small));
    expect(figure.texts).toEqual(["3 operations from 2 leaves", "w", "[2, 3]", "leaf", "[2, 3]", "mul", "[2]", "add", "[2]", "sum", "[2]"]); // prettier-ignore
    expect(figure.all(".boxes title").map((t) => t.textContent)).toContain("#2 mul [2] from #0, #1");
    expect([figure.all(".lines path").length, figure.all(".heads path").length]).toEqual([5, 5]);
    expect(figure.facts).toEqual({ rows: 5, shown: 5, lines: 5 });
  });

  test("puts each box below all that it was computed from", () => {
    const rows = [leaf(0), op(1, "exp", 0), op(2, "mul", 1, 0), leaf(3), op(4, "add", 2, 3), op(5, "mul", 4, 0)];
    const y = [...levels(rows).values()];
    for (const { id, inputs } of rows) for (const input of inputs) expect(y[id]).toBeGreaterThan(y[input]);
  });

  test("keeps inside its width, however wide the graph", () => {
    const rows = [...Array.from({ length: 30 }, (_, i) => leaf(i, `blocks.${i}.attention.query.weight`)), op(30, "concat", ...Array.from({ length: 30 }, (_, i) => i))]; // prettier-ignore
    const figure = graphChart(rows, { width: 500 });
    expect(figure.svg()).toContain('viewBox="0 0 500');
    expect(read(figure).texts).toContain("…query.weight");
    expect(read(figure).all("title")[0].textContent).toBe("#0 blocks.0.attention.query.weight [2, 3]");
    expect(geometry(figure)).not.toMatch(/NaN|Infinity|undefined/);
  });

  test("of many rows shows the last, and says so", () => {
    const rows = [leaf(0), ...Array.from({ length: 5000 }, (_, i) => op(i + 1, "add", i))];
    const figure = graphChart(rows, { most: 20 });
    expect(read(figure).all(".boxes g")).toHaveLength(20);
    expect(figure.description).toBe("5,000 operations from 1 leaf: add 5000. shown: the last 20 of 5,001 boxes.");
  });

  test("escapes what a name might hold, draws a lone leaf, and refuses nothing at all", () => {
    expect(graphChart([leaf(0, "<b>&")]).html()).not.toContain("<b>&");
    expect(graphChart([leaf(0)]).description).toBe("0 operations from 1 leaf: one leaf [2, 3].");
    expect(() => graphChart([])).toThrow("graphChart needs at least one row, such as those of graph(loss)");
  });
});

test("graphFigure draws the graph of a loss", () => {
  const w = tensor([1, 2], { requiresGrad: true });
  const figure = graphFigure(sum(mul(w, w)), { w });
  expect(figure.description).toBe("2 operations from 1 leaf: mul 1, sum 1.");
  expect(read(figure).texts).toContain("w");
});
