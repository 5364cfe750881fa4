import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as twinformer from "../../lib/index.js";
import * as tensor from "../../lib/tensor/index.js";
import { compile, current, root, strictOptions } from "../types/compile.js";
import { assertions, examplesIn, failures, program, type Example } from "./examples.js";

const examples = examplesIn(root, "lib/tensor");

describe("each example in a docstring does what it says", () => {
  test.each(examples)("$name ($file): $code", (example) => {
    expect(assertions(example)).toBeGreaterThan(0);
    expect(failures(example, twinformer)).toEqual([]);
  });
});

test("each public function has an example", () => {
  const shown = new Set(examples.map(({ name }) => name));
  const functions = Object.entries(tensor).filter(([, value]) => typeof value === "function" && !isClass(value));
  expect(functions.map(([name]) => name).filter((name) => !shown.has(name))).toEqual([]);
});

test("each public method of a tensor has an example", () => {
  const shown = new Set(examples.filter(({ file }) => file === "lib/tensor/tensor.ts").map(({ name }) => name));
  const methods = Object.entries(Object.getOwnPropertyDescriptors(tensor.Tensor.prototype))
    .filter(([name, { value }]) => name !== "constructor" && typeof value === "function")
    .map(([name]) => name);
  expect(methods.length).toBeGreaterThan(5);
  expect(methods.filter((name) => !shown.has(name))).toEqual([]);
});

test("the examples compile as a reader would type them", { timeout: 60_000 }, () => {
  const blocks = examples.map((example) => `{\n${program(example)}\n}`);
  const names = Object.keys(twinformer).filter((name) =>
    blocks.some((block) => new RegExp(`\\b${name}\\b`).test(block)),
  );
  const text = [
    `import { ${names.join(", ")} } from "../../lib/index.js";`,
    "declare function check(actual: unknown, expected: unknown): void;",
    ...blocks,
  ].join("\n");
  const { messages } = compile(current, strictOptions(), new Map([[join(root, "test/tensor/all.ts"), text]]));
  expect(messages.map((m) => `${text.slice(m.at, m.at + 60)}: ${m.text}`)).toEqual([]);
});

describe("the test of examples itself", () => {
  const example = (code: string): Example => ({ name: "x", file: "x.ts", code });

  test("says what a wrong example gives", () => {
    expect(failures(example("add(tensor([1]), 1) // => [3]"), twinformer)).toEqual(["it is [2], not [3]"]);
    expect(failures(example("const x = 2;\nx + 1; // => 3\nx // => 5"), twinformer)).toEqual(["it is 2, not 5"]);
  });

  test("tells NaN, infinities and close numbers apart", () => {
    const wrong = ["NaN // => 0", "1 / 0 // => NaN", "1.001 // => 1", "[1] // => [1, 2]", "null // => undefined"];
    for (const code of wrong) expect(failures(example(code), twinformer)).toHaveLength(1);
    for (const code of ["NaN // => NaN", "1 / 3 // => 0.33333", "-0 // => 0"])
      expect(failures(example(code), twinformer)).toEqual([]);
  });
});

const isClass = (value: unknown): boolean => String(value).startsWith("class");
