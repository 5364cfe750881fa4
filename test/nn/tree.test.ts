import { describe, expect, test } from "vitest";
import { Embedding, Generator, LayerNorm, Linear, Module, treeRows } from "../../lib/index.js";
import { twins } from "../../lib/models/index.js";

const rng = new Generator(1);
const { dense, moe } = twins({ vocabSize: 65, dModel: 32, nLayer: 3, nHead: 4, blockSize: 16, bias: true });

class Tied extends Module {
  readonly tokens = new Embedding(10, 4, { rng });
  readonly head = new Linear(4, 10, { rng, bias: false });
  constructor() {
    super();
    Object.assign(this.head, { weight: this.tokens.weight });
  }
}

class Stack extends Module {
  readonly layers = [4, 4, 8, 8, 8].map((size) => new LayerNorm(size));
}

describe("the tree of a model", () => {
  test("prints one line a module: name, class, shapes and number of parameters", () => {
    expect(String(new Stack())).toBe(
      [
        "Stack                                              64 parameters",
        "  layers.0-1  LayerNorm  weight [4], bias [4]   2 × 8",
        "  layers.2-4  LayerNorm  weight [8], bias [8]  3 × 16",
      ].join("\n"),
    );
  });

  test("stays as it is, line by line", async () => {
    await expect(`${String(dense)}\n\n${String(moe)}\n\n${String(new Tied())}\n`).toMatchFileSnapshot(
      "../golden/nn/trees.txt",
    );
  });

  test("keeps apart what is not alike, or not in a row", () => {
    class Gaps extends Module {
      readonly layers = [new LayerNorm(4), null, new LayerNorm(4), new LayerNorm(4)];
      readonly norm1 = new LayerNorm(4);
      readonly norm2 = new LayerNorm(4);
      readonly norm = new LayerNorm(4);
    }
    const names = treeRows(new Gaps()).map(({ name, copies }) => [name, copies]);
    expect(names).toEqual([["", 1], ["layers.0", 1], ["layers.2-3", 2], ["norm1-2", 2], ["norm", 1]]); // prettier-ignore
  });

  test("separates thousands", () => {
    expect(String(new Linear(100, 100, { rng, bias: false }))).toBe("Linear    weight [100, 100]  10,000 parameters");
  });

  test.each([
    ["dense", dense],
    ["MoE", moe],
  ])("counts the parameters of the %s twin so that the parts add up", (_name, model) => {
    const rows = treeRows(model);
    expect(rows[0].count).toBe(model.totalParameters());
    const parts = rows.filter(({ depth }) => depth === 1);
    expect(parts.reduce((sum, { copies, count }) => sum + copies * count, 0)).toBe(rows[0].count);
    const own = rows.flatMap((row) => row.own.map(({ shape }) => row.copies * shape.reduce((a, b) => a * b, 1)));
    expect(own.reduce((a, b) => a + b, 0)).toBe(rows[0].count);
  });

  test("takes equal neighbors of an array together, and says how many they are", () => {
    const block = treeRows(dense).find(({ kind }) => kind === "Block")!;
    expect(block).toMatchObject({ name: "blocks.0-2", copies: 3 });
    expect(treeRows(dense).filter(({ kind }) => kind === "MultiHeadAttention")).toHaveLength(1);
  });

  test("counts a shared tensor once and says with what it is shared", () => {
    const rows = treeRows(new Tied());
    expect(rows[0].count).toBe(40);
    expect(rows.find(({ name }) => name === "head")).toMatchObject({ count: 0 });
    expect(String(new Tied())).toContain("weight [10, 4] shared with tokens.weight");
  });

  test("is what a console prints", () => {
    const inspect = Symbol.for("nodejs.util.inspect.custom");
    expect((dense as unknown as Record<symbol, () => string>)[inspect]()).toBe(String(dense));
  });
});
