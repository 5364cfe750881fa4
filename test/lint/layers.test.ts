import { Linter } from "eslint";
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import tseslint from "typescript-eslint";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { layerOf, layerProblem, mayImport } from "../../scripts/lint/layers.mjs";
import plugin from "../../scripts/lint/plugin.mjs";
import { sizeProblems, treeProblems } from "../../scripts/lint/tree.mjs";

const root = path.resolve(import.meta.dirname, "../..");

test("each folder of lib/ is a layer", () => {
  const folders = readdirSync(path.join(root, "lib"), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  expect(folders.map(({ name }) => name).filter((name) => layerOf(`${name}/index.ts`) === null)).toEqual([]);
});

test("no arrow points back: following them never leads round in a circle", () => {
  const layers = mayImport as Record<string, string[]>;
  const visit = (layer: string, above: string[]): void => {
    expect(above).not.toContain(layer);
    for (const below of layers[layer]) visit(below, [...above, layer]);
  };
  for (const layer of Object.keys(layers)) visit(layer, []);
});

test.each([
  ["tensor/ops/matmul.ts", "../../kernels/index.js"],
  ["tensor/ops/matmul.ts", "../tensor.js"],
  ["moe/router.ts", "../nn/linear.js"],
  ["train/loop.ts", "../data/batches.js"],
  ["account/flops.ts", "../config/model.js"],
  ["notebook/live/trainLive.ts", "../../plot/index.js"],
  ["plot/lossChart.ts", "@observablehq/plot"],
  ["index.ts", "./tensor/index.js"],
])("lib/%s may import %s", (file, specifier) => {
  expect(layerProblem(file, specifier)).toBeNull();
});

test.each([
  ["kernels/index.ts", "../tensor/tensor.js", "kernels may not import tensor"],
  ["nn/linear.ts", "../kernels/index.js", "nn may not import kernels"],
  ["models/transformer.ts", "../train/loop.js", "models may not import train"],
  ["config/model.ts", "../tensor/index.js", "config may not import tensor"],
  ["account/flops.ts", "../models/transformer.js", "account may not import models"],
  ["plot/lossChart.ts", "../tensor/index.js", "plot may not import tensor"],
  ["train/loop.ts", "../notebook/display.js", "train may not import notebook"],
  ["data/corpus.ts", "../../scripts/setup.mjs", "outside lib"],
  ["tensor/random.ts", "../misc/util.js", "is in no layer"],
  ["models/transformer.ts", "twinformer/moe", "by its relative path"],
])("lib/%s may not import %s", (file, specifier, reason) => {
  expect(layerProblem(file, specifier)).toContain(reason);
});

describe("the rules of ESLint", () => {
  const rules = Object.fromEntries(Object.keys(plugin.rules).map((name) => [`twinformer/${name}`, "error" as const]));
  const report = (code: string, file = "lib/nn/linear.ts") =>
    new Linter({ cwd: root })
      .verify(
        code,
        [
          {
            files: ["**/*.ts"],
            languageOptions: { parser: tseslint.parser },
            plugins: { twinformer: plugin as never },
            rules,
          },
        ],
        { filename: path.join(root, file) },
      )
      .map(({ message }) => message);

  test.each([
    'import { matmul } from "../kernels/index.js";',
    'export * from "../kernels/index.js";',
    'export { matmul } from "../kernels/index.js";',
    'type Kernels = import("../kernels/index.js").Matrix;',
    'const kernels = await import("../kernels/index.js");',
  ])("see an import against the arrows in %s", (code) => {
    expect(report(code)).toEqual([expect.stringContaining("nn may not import kernels")]);
  });

  test("forbid Math.random, however it is spelled", () => {
    expect(report("Math.random();")).toHaveLength(1);
    expect(report('Math["random"]();')).toHaveLength(1);
    expect(report("Math.max(1, 2);")).toEqual([]);
  });

  test("forbid WebAssembly", () => {
    expect(report("new WebAssembly.Memory({ initial: 1 });")).toEqual([expect.stringContaining("only lib/kernels")]);
  });
});

describe("the sizes of files and folders", () => {
  let folder: string;
  beforeEach(() => (folder = mkdtempSync(path.join(tmpdir(), "twinformer-tree-"))));
  afterEach(() => rmSync(folder, { recursive: true }));
  const write = (name: string, lines: number) => {
    mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    writeFileSync(path.join(folder, name), "x\n".repeat(lines));
  };

  test("300 lines fit and 301 do not, in TypeScript as in Rust and Python; generated files are as long as they are", () => {
    for (const name of ["good.ts", "good.rs"]) write(name, 300);
    for (const name of ["bad.ts", "deep/er/bad.rs", "bad.py"]) write(name, 301);
    write("modules.generated.ts", 1000);
    write("node_modules/other/long.js", 1000);
    expect(sizeProblems(folder, "lib").sort()).toEqual([
      "lib/bad.py has 301 lines, over 300: split it",
      "lib/bad.ts has 301 lines, over 300: split it",
      "lib/deep/er/bad.rs has 301 lines, over 300: split it",
    ]);
  });

  test("15 files fit in a folder and 16 do not", () => {
    for (let i = 0; i < 15; i++) write(`file${i}.ts`, 1);
    expect(sizeProblems(folder, "lib/plot")).toEqual([]);
    write("file15.ts", 1);
    expect(sizeProblems(folder, "lib/plot")).toEqual(["lib/plot/ has 16 files, over 15: make sub-folders"]);
  });

  test("a notebook with outputs or with Math.random is seen", () => {
    const cell = { cell_type: "code", metadata: {}, source: "Math.random()", outputs: [{}], execution_count: 1 };
    const notebook = { cells: [cell], metadata: { kernelspec: { name: "tslab" } } };
    mkdirSync(path.join(folder, "notebooks"));
    writeFileSync(path.join(folder, "notebooks/00-bad.ipynb"), JSON.stringify(notebook));
    expect(treeProblems(folder)).toEqual([
      expect.stringContaining("saved with the outputs of 1 cells"),
      expect.stringContaining("uses Math.random"),
    ]);
  });
});
