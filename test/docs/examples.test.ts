import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as data from "../../lib/data/index.js";
import * as twinformer from "../../lib/index.js";
import * as models from "../../lib/models/index.js";
import * as nn from "../../lib/nn/index.js";
import * as train from "../../lib/train/index.js";
import { compile, current, root, strictOptions } from "../types/compile.js";
import { assertions, type Example, examplesIn, failures, program } from "./examples.js";

const places = ["lib/nn", ...["optim", "schedule", "clip", "generate"].map((name) => `lib/train/${name}.ts`)];
const examples = places.flatMap((place) => examplesIn(root, place));
const entries = { index: twinformer, "train/index": train, "models/index": models, "data/index": data };
const names = Object.assign({}, ...Object.values(entries)) as Record<string, unknown>;

describe("each example in a docstring does what it says", () => {
  test.each(examples)("$name ($file): $code", (example) => {
    expect(assertions(example)).toBeGreaterThan(0);
    expect(failures(example, names)).toEqual([]);
  });
});

test("each public function and class has an example", () => {
  const shown = new Set(examples.map(({ name }) => name));
  const all: Record<string, unknown> = { ...nn, ...nn.init, ...train };
  const others = ["evaluate", "losses", "train", "TrainingError"]; // of lib/train, of which only some files are looked at
  const callable = Object.keys(all).filter((name) => typeof all[name] === "function" && !others.includes(name));
  expect(callable.length).toBeGreaterThan(40);
  expect(callable.filter((name) => !shown.has(name))).toEqual([]);
});

test("the examples compile as a reader would type them", { timeout: 60_000 }, () => {
  const blocks = examples.map((example) => `{\n${program(example)}\n}`);
  const imports = Object.entries(entries).map(([entry, exported]) => {
    const used = Object.keys(exported).filter((name) =>
      blocks.some((block) => new RegExp(`\\b${name}\\b`).test(block)),
    );
    return `import { ${used.join(", ")} } from "../../lib/${entry}.js";`;
  });
  const text = [...imports, "declare function check(actual: unknown, expected: unknown): void;", ...blocks].join("\n");
  const options = { ...strictOptions(), noUnusedLocals: false };
  const { messages } = compile(current, options, new Map([[join(root, "test/docs/all.ts"), text]]));
  expect(messages.map((m) => `${text.slice(m.at, m.at + 60)}: ${m.text}`)).toEqual([]);
});

describe("the test of examples itself", () => {
  const example = (code: string): Example => ({ name: "x", file: "x.ts", code });

  test("says what a wrong example gives", () => {
    expect(failures(example("add(tensor([1]), 1) // => [3]"), names)).toEqual(["it is [2], not [3]"]);
    expect(failures(example("const x = 2;\nx + 1; // => 3\nx // => 5"), names)).toEqual(["it is 2, not 5"]);
  });

  test("tells objects, NaN, infinities and close numbers apart", () => {
    const wrong = ["NaN // => 0", "1 / 0 // => NaN", "1.001 // => 1", "[1] // => [1, 2]", "null // => undefined"];
    for (const code of [...wrong, "({ a: 1 }) // => { a: 2 }", "({ a: 1 }) // => { b: 1 }", "[] // => {}"])
      expect(failures(example(code), names)).toHaveLength(1);
    for (const code of ["NaN // => NaN", "1 / 3 // => 0.33333", "-0 // => 0", "({ a: [1] }) // => { a: [1] }"])
      expect(failures(example(code), names)).toEqual([]);
  });
});
