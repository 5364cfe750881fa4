import { join } from "node:path";
import { expect, test } from "vitest";
import { compile, current, root, strictOptions } from "./compile.js";

/** Instantiations of a program with so many calls, each with sizes of its own, so that nothing is answered from a cache. */
function instantiations(line: (n: number) => string, count: number): number {
  const lines = Array.from({ length: count }, (_, i) => line(16 + i));
  const text = `import * as t from "../../lib/index.js";\nconst rng = new t.Generator(1);\n${lines.join("\n")}\n`;
  const found = compile(current, strictOptions(), new Map([[join(root, "test/types/nn-budget.ts"), text]]));
  expect(found.messages).toEqual([]);
  return found.instantiations;
}

const CALLS = 20;
const calls: [string, budget: number, (n: number) => string][] = [
  ["Linear", 500, (n) => `new t.Linear(${n}, 4, { rng }).forward(t.zeros([2, 3, ${n}]));`],
  ["FeedForward", 500, (n) => `new t.FeedForward(${n}, 4, { rng }).forward(t.zeros([2, 3, ${n}]));`],
  ["MultiHeadAttention", 600, (n) => `new t.MultiHeadAttention(${n}, 1, { rng }).forward(t.zeros([2, 3, ${n}]));`],
  ["LSTM", 600, (n) => `new t.LSTM(${n}, 4, { rng }).forward(t.zeros([2, 3, ${n}]));`],
];

test.each(calls)(
  "a call of %s costs the compiler at most %i instantiations",
  { timeout: 60_000 },
  (_, budget, line) => {
    const perCall = (instantiations(line, CALLS + 1) - instantiations(line, 1)) / CALLS;
    expect(perCall).toBeLessThan(budget);
    expect(perCall).toBeGreaterThan(0);
  },
);
