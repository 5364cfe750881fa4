import fc from "fast-check";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { circleProblems, circles, documented, importedAtRunTime, importGraph } from "../../scripts/lint/circles.mjs";

const graph = (edges: Record<string, string[]>) => new Map(Object.entries(edges));

test("lib/ has the documented circle of imports and no other", () => {
  const found = importGraph(path.resolve(import.meta.dirname, "../../lib"));
  expect(found.size).toBeGreaterThan(100);
  expect(circles(found)).toEqual(documented.length > 0 ? [documented] : []);
  expect(circleProblems(found)).toEqual([]);
});

test.each([
  ['import { a } from "./a.js";', true],
  ['import a from "./a.js";', true],
  ['import * as a from "./a.js";', true],
  ['import "./a.js";', true],
  ['export * from "./a.js";', true],
  ['export * as a from "./a.js";', true],
  ['export { a } from "./a.js";', true],
  ['import { type A } from "./a.js";', true], // the compiler leaves `import {} from "./a.js"`
  ['import { a, type A } from "./a.js";', true],
  ['import {\n  a,\n  b,\n} from\n  "./a.js";', true],
  ['import type { A } from "./a.js";', false],
  ['import type A from "./a.js";', false],
  ['import type * as a from "./a.js";', false],
  ['export type { A } from "./a.js";', false],
  ['export type * from "./a.js";', false],
  ['type A = import("./a.js").A;', false],
  ['// import { a } from "./a.js";', false],
  ['const text = `\nimport { a } from "./a.js";\n`;', false],
  ["export const a = 1;", false],
  ["export { a };", false],
])("%j imports at run time: %j", (text, does) => {
  expect(importedAtRunTime(text)).toEqual(does ? ["./a.js"] : []);
});

test("a circle of two, of three, and of one module with itself are found; a diamond is none", () => {
  expect(circles(graph({ a: ["b"], b: ["a"] }))).toEqual([["a", "b"]]);
  expect(circles(graph({ a: ["b"], b: ["c"], c: ["a"], d: ["a"] }))).toEqual([["a", "b", "c"]]);
  expect(circles(graph({ a: ["a"] }))).toEqual([["a"]]);
  expect(circles(graph({ a: ["b", "c"], b: ["d"], c: ["d"], d: [] }))).toEqual([]);
});

test("two modules are in one circle exactly if each can be reached from the other", () => {
  const edges = fc.array(fc.tuple(fc.nat(7), fc.nat(7)), { maxLength: 20 });
  fc.assert(
    fc.property(edges, (pairs) => {
      const names = Array.from({ length: 8 }, (_, i) => `m${i}`);
      const of = new Map(names.map((name, i) => [name, pairs.filter(([a]) => a === i).map(([, b]) => names[b])]));
      const reached = (from: string, seen = new Set<string>()): Set<string> => {
        for (const next of of.get(from)!) if (!seen.has(next)) reached(next, seen.add(next));
        return seen;
      };
      const found = circles(of);
      for (const a of names)
        for (const b of names) {
          const together = found.some((group) => group.includes(a) && group.includes(b));
          expect(together).toBe(reached(a).has(b) && reached(b).has(a));
        }
    }),
  );
});

test("the documented circle is allowed; a module that joins it, another circle and a list that is too long are not", () => {
  const allowed = ["a", "b"];
  expect(circleProblems(graph({ a: ["b"], b: ["a"] }), allowed)).toEqual([]);
  expect(circleProblems(graph({ a: ["b"], b: ["c"], c: ["a"] }), allowed)).toEqual([
    "lib/c is in a circle of imports: it imports a, which leads back (a, b, c)",
  ]);
  expect(circleProblems(graph({ a: ["b"], b: ["a"], c: ["d"], d: ["c"] }), allowed)).toEqual([
    "lib/c is in a circle of imports: it imports d, which leads back (c, d)",
  ]);
  expect(circleProblems(graph({ a: ["b"], b: [] }), allowed)).toEqual([
    "a, b: in no circle any more; shorten the list in scripts/lint/circles.mjs",
  ]);
});

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "twinformer-circles-"))));
afterEach(() => rmSync(folder, { recursive: true }));

test("the graph follows relative imports, also up and down folders, and knows no types and no packages", () => {
  const write = (name: string, text: string) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), text);
  };
  write("index.ts", 'export * from "./ops/add.js";\nimport { html } from "linkedom";\n');
  write("ops/add.ts", 'import { Tensor } from "../tensor.js";\nimport type { Shape } from "../shape.js";\n');
  write("tensor.ts", 'import { add } from "./ops/add.js";\n');
  write("shape.ts", 'import { add } from "./ops/add.js";\n');
  const found = importGraph(folder);
  expect(Object.fromEntries(found)).toEqual({
    "index.ts": ["ops/add.ts"],
    "ops/add.ts": ["tensor.ts"],
    "tensor.ts": ["ops/add.ts"],
    "shape.ts": ["ops/add.ts"],
  });
  expect(circles(found)).toEqual([["ops/add.ts", "tensor.ts"]]);
});
