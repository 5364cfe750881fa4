import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { numbersOf, tensorOf, type WrittenTensor } from "../../scripts/golden/data.js";
import { type OpCase, runOps } from "../../scripts/golden/ops.js";
import { runOptim } from "../../scripts/golden/optim.js";
import { detachOnEveryAllocation } from "../../lib/kernels/memory.js";
import { zeros } from "../../lib/tensor/index.js";
import { read } from "../../lib/tensor/tensor.js";
import { inEveryMemory, type Layout, layouts } from "./layouts.js";

const load = (name: string): { cases: OpCase[] } =>
  JSON.parse(readFileSync(new URL(`../golden/data/ops/${name}`, import.meta.url), "utf8")) as { cases: OpCase[] };
/** The reference cases, and ours: other shapes and options (made by test/golden/python/ops_more.py). */
const content = { cases: [...load("ops.json").cases, ...load("ops-more.json").cases] };

const build = (layout: Layout) => (written: WrittenTensor) =>
  layout.view(layout.store(tensorOf(written)), numbersOf(written).shape);

describe("every op equals PyTorch, forward and backward", () => {
  inEveryMemory(() => {
    test.each(layouts)("with inputs and gradients that are $name", (layout) => {
      const failed = runOps("ops.json", content, build(layout)).filter((outcome) => !outcome.ok);
      expect(failed.map(String)).toEqual([]);
    });
  });
});

test("every optimizer equals PyTorch, step by step", () => {
  const outcomes = [
    ...runOptim("optim.json", load("optim.json")),
    ...runOptim("optim-more.json", load("optim-more.json")),
  ];
  expect(outcomes.filter((outcome) => !outcome.ok).map(String)).toEqual([]);
  expect(outcomes.length).toBeGreaterThanOrEqual(5);
});

test("a view taken before an allocation reads nothing where every allocation detaches", () => {
  detachOnEveryAllocation(true);
  try {
    const x = zeros([3]);
    const early = read(x);
    zeros([3]);
    expect([early.length, read(x).length]).toEqual([0, 3]);
  } finally {
    detachOnEveryAllocation(false);
  }
});
