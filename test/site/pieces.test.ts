import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { groups, sourcesOf } from "../../scripts/site/pieces.mjs";
import { differences } from "../browser/site/claims.js";

let folder: string;
beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "pieces-"))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test("a name of an entry leads to the file that has it, through other indexes", () => {
  mkdirSync(path.join(folder, "inner"));
  writeFileSync(
    path.join(folder, "index.js"),
    'export { a, b, } from "./ab.js";\nexport * from "./inner/index.js";\nexport { d } from "./inner/index.js";\nexport { own as other } from "./own.js";\n',
  );
  writeFileSync(path.join(folder, "inner/index.js"), 'export { c, d } from "./cd.js";\n');
  const found = Object.entries(sourcesOf(path.join(folder, "index.js"))).map(
    ([name, file]) => `${name} ${path.relative(folder, file).split(path.sep).join("/")}`,
  );
  expect(found.sort()).toEqual(["a ab.js", "b ab.js", "c inner/cd.js", "d inner/cd.js"]);
});

test("what cells need together is one file, and the tensors are not in the ground floor", () => {
  const of = (file: string): string | undefined =>
    groups
      .filter(({ test: pattern }: { test: RegExp }) => pattern.test(file))
      .sort((a: { priority: number }, b: { priority: number }) => b.priority - a.priority)[0]?.name;
  expect(of("/any/dist/tensor/check.js")).toBe("base");
  expect(of("/any/dist/tensor/ops/matmul.js")).toBe("tensor");
  expect(of("C:\\any\\dist\\nn\\module.js")).toBe("nn");
  expect(of("/any/node_modules/d3-array/src/max.js")).toBe("arrays");
  expect(of("/any/node_modules/d3-scale/src/band.js")).toBe("charts");
  expect(of("/any/dist/account/mathjs.js")).toBeUndefined();
});

test("claims are compared exactly, but for rounding and for what is known", () => {
  const claim = (values: object, verdict = "holds") => [{ id: "C1", verdict, values }];
  const between = (a: object, b: object) => differences("05-parameters", claim(a), claim(b));
  expect(between({ count: 31, words: ["a"], tokens: 5 }, { count: 31, words: ["a"], tokens: 5 })).toEqual([]);
  expect(between({ tokens: 1e9 }, { tokens: 1e9 + 1 })).toEqual(["05-parameters C1.tokens: 1000000000 against 1000000001"]); // prettier-ignore
  expect(between({ loss: 2.5 }, { loss: 2.500001 })).toEqual([]);
  expect(between({ loss: 2.5 }, { loss: 2.501 })).toHaveLength(1);
  expect(between({ names: ["a"] }, { names: ["b"] })).toHaveLength(1);
  expect(between({ a: 1 }, { a: 1, b: 2 })).toEqual(["05-parameters C1.b: undefined against 2"]);
  expect(differences("05-parameters", claim({}), claim({}, "fails"))).toHaveLength(1);
  expect(differences("05-parameters", claim({}), [])).toEqual(["claims C1 against "]);
  const timed = (speed: number) => [{ id: "C3", verdict: "holds", values: { overTotal: { reading: speed } } }];
  expect(differences("08-inference", timed(1), timed(3))).toEqual([]);
  expect(differences("05-parameters", timed(1), timed(3))).toHaveLength(1);
});
