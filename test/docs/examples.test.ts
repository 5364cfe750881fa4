import { join } from "node:path";
import { describe, expect, test } from "vitest";
import * as account from "../../lib/account/index.js";
import * as data from "../../lib/data/index.js";
import * as twinformer from "../../lib/index.js";
import * as models from "../../lib/models/index.js";
import * as moe from "../../lib/moe/index.js";
import * as interactive from "../../lib/interactive/index.js";
import * as notebook from "../../lib/notebook/index.js";
import * as nn from "../../lib/nn/index.js";
import * as parallel from "../../lib/parallel/index.js";
import * as plot from "../../lib/plot/index.js";
import * as tensor from "../../lib/tensor/index.js";
import * as tokenizers from "../../lib/tokenizers/index.js";
import * as clip from "../../lib/train/clip.js";
import * as generate from "../../lib/train/generate.js";
import * as train from "../../lib/train/index.js";
import * as optim from "../../lib/train/optim.js";
import * as schedule from "../../lib/train/schedule.js";
import { compile, current, root, strictOptions } from "../types/compile.js";
import { assertions, type Example, examplesIn, failures, program } from "./examples.js";

const places = [
  "lib/tensor",
  "lib/nn",
  "lib/models/pretrained/load.ts",
  "lib/notebook/opened/open.ts",
  "lib/data/bpe",
  "lib/data/tokenizerJson.ts",
  "lib/tokenizers",
  "lib/interactive",
  "lib/plot/interactive",
  "lib/plot/experts",
  "lib/plot/model",
  ...["optim", "schedule", "clip", "generate", "labs/routingTrace"].map((name) => `lib/train/${name}.ts`),
  ...["placement", "replicas", "owners", "allToAll", "limits", "project"].map((name) => `lib/parallel/${name}.ts`),
];
const examples = places.flatMap((place) => examplesIn(root, place));
const entries = {
  index: twinformer,
  "train/index": train,
  "models/index": models,
  "data/index": data,
  "notebook/index": notebook,
  "tokenizers/index": tokenizers,
  "moe/index": moe,
  "account/index": account,
  "parallel/index": parallel,
  "plot/index": plot,
  "interactive/index": interactive,
};
const names = Object.assign({}, ...Object.values(entries)) as Record<string, unknown>;

describe("each example in a docstring does what it says", () => {
  test.each(examples)("$name ($file): $code", async (example) => {
    expect(assertions(example)).toBeGreaterThan(0);
    expect(await failures(example, names)).toEqual([]);
  });
});

test("each public function and class has an example", () => {
  const shown = new Set(examples.map(({ name }) => name));
  const all: Record<string, unknown> = { ...tensor, ...nn, ...nn.init, ...clip, ...generate, ...optim, ...schedule };
  const others = ["ShapeError", "Tensor"]; // one is thrown; the other's methods have examples
  const callable = Object.keys(all).filter((name) => typeof all[name] === "function" && !others.includes(name));
  expect(callable.length).toBeGreaterThan(100);
  expect(callable.filter((name) => !shown.has(name))).toEqual([]);
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
  const imports = Object.entries(entries).map(([entry, exported]) => {
    const used = Object.keys(exported).filter((name) =>
      blocks.some((block) => new RegExp(`\\b${name}\\b`).test(block)),
    );
    return `import { ${used.join(", ")} } from "../../lib/${entry}.js";`;
  });
  const text = [...imports, "declare function gives(actual: unknown, expected: unknown): void;", ...blocks].join("\n");
  const options = { ...strictOptions(), noUnusedLocals: false };
  const { messages } = compile(current, options, new Map([[join(root, "test/docs/all.ts"), text]]));
  expect(messages.map((m) => `${text.slice(m.at, m.at + 60)}: ${m.text}`)).toEqual([]);
});

describe("the test of examples itself", () => {
  const example = (code: string): Example => ({ name: "x", file: "x.ts", code });

  test("says what a wrong example gives, also one that waits", async () => {
    expect(await failures(example("add(tensor([1]), 1) // => [3]"), names)).toEqual(["it is [2], not [3]"]);
    expect(await failures(example("const x = 2;\nx + 1; // => 3\nx // => 5"), names)).toEqual(["it is 2, not 5"]);
    expect(await failures(example("const x = await Promise.resolve(2);\nx // => 5"), names)).toEqual([
      "it is 2, not 5",
    ]);
  });

  test("tells objects, NaN, infinities and close numbers apart", async () => {
    const wrong = ["NaN // => 0", "1 / 0 // => NaN", "1.001 // => 1", "[1] // => [1, 2]", "null // => undefined"];
    for (const code of [...wrong, "({ a: 1 }) // => { a: 2 }", "({ a: 1 }) // => { b: 1 }", "[] // => {}"])
      expect(await failures(example(code), names)).toHaveLength(1);
    for (const code of ["NaN // => NaN", "1 / 3 // => 0.33333", "-0 // => 0", "({ a: [1] }) // => { a: [1] }"])
      expect(await failures(example(code), names)).toEqual([]);
  });
});
