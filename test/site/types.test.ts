import { execFile } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { typeFiles } from "../../scripts/site/types.mjs";
import type { Cells } from "../../site/types/compiler.js";
import type { Answers, Question } from "../../site/types/messages.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
let cells: Cells;
let files: Record<string, string>;
beforeAll(async () => {
  files = await typeFiles();
  // Only now: with these modules, TypeScript sees files in memory in place of the disk.
  const { addFiles } = await import("../../site/types/system.js");
  addFiles(files);
  const compiler = await import("../../site/types/compiler.js");
  cells = new compiler.Cells();
});

/** What the compiler says about the last of these cells; `|` is the cursor. */
function ask<Q extends Question>(question: Q, ...sources: string[]): Answers[Q] {
  const before = sources.slice(0, -1);
  const last = sources.at(-1)!;
  const steps = cells.declarations(before);
  let step = steps.next();
  while (!step.done) step = steps.next();
  const position = Math.max(0, last.indexOf("|"));
  const source = question === "diagnostics" ? last : last.replace("|", "");
  return cells[question](step.value, { before, source, position }) as Answers[Q];
}

/** As the kernel prints them. */
const said = (...sources: string[]): string[] =>
  ask("diagnostics", ...sources).map(({ line, column, text }) => `${line}:${column} - ${text}`);

const imports = 'import { matmul, type Tensor, zeros } from "twinformer";';

/** What the kernel's own compiler says about the last cell of each of these lists, over the files on the disk. */
async function kernelSays(lists: readonly (readonly string[])[]): Promise<string[][]> {
  const program = `
    const converter = require("tslab/dist/converter.js").createConverter();
    const said = JSON.parse(process.argv[1]).map((sources) => {
      let [declarations, diagnostics] = ["", []];
      for (const source of sources) {
        const found = converter.convert(declarations, source);
        declarations = found.declOutput ?? declarations;
        diagnostics = found.diagnostics;
      }
      return diagnostics.map(({ start, messageText }) => \`\${start.line + 1}:\${start.character + 1} - \${messageText}\`);
    });
    converter.close();
    console.log(JSON.stringify(said));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", program, JSON.stringify(lists)], {
    cwd: path.join(root, "notebooks"),
  });
  return JSON.parse(stdout) as string[][];
}

describe("the compiler of the editor", () => {
  it("says what the kernel says, at the same place", async () => {
    const wrong = [
      [imports, "const a = zeros([2, 3]);", "// no\nmatmul(a, zeros([4, 5]));"],
      [imports, "const x: Tensor<[2, 3]> = zeros([3, 2]);"],
      ["const n = 1;", "n.length;\nlet m: string = n;\nnobody;"],
      [
        "const f = (x: { a: { b: number } }) => x;",
        'f({ a: { b: "one" } });\nf({ a: 1 });\nconst g: () => { a: number } = () => ({ a: "" });',
      ],
      ["const half = ("],
      ["await Promise.resolve(1);\nfunction f() { await 1; }"],
      ['import { nobody } from "twinformer/moe";\nimport * as fs from "fs";\nfs.readFileSync(1, 2, 3);'],
      ['import "nowhere"; import x from "nowhere";'],
    ];
    const found = wrong.map((sources) => said(...sources));
    expect(found).not.toContainEqual([]);
    expect(found).toEqual(await kernelSays(wrong));
  });

  it("knows line and column of a wrong matmul, and says its sizes", () => {
    const [one, ...others] = ask("diagnostics", imports, "const a = zeros([2, 2]);\n\nmatmul(a, zeros([3, 3]));");
    expect(others).toEqual([]);
    expect(one).toMatchObject({ line: 3, column: 11, start: 36, end: 49 });
    expect(one.text).toContain("cannot matmul [2, 2] @ [3, 3]: inner dimensions 2 and 3 differ");
  });

  it("knows names and types of earlier cells, which may be declared again", () => {
    expect(said("const a = 1; interface B { c: string }", "const b: B = { c: a };")).toEqual([
      "1:16 - Type 'number' is not assignable to type 'string'.",
    ]);
    expect(said("const a = 1;", 'let a = "one";', "a.length; a.nothing;")).toEqual([
      "1:13 - Property 'nothing' does not exist on type 'string'.",
    ]);
    expect(said("const a = 1;", "const a = 2;\nconst a = 3;")).toHaveLength(2);
    expect(said("function f() { return 1; }", "class f { n = 1 }", "new f().n.toFixed();")).toEqual([]);
    expect(said(imports, imports, "zeros([1]);")).toEqual([]);
  });

  it("does not know what an earlier cell declares that does not compile, as in the kernel", () => {
    expect(said("const a: string = 1;", "a;")).toEqual(["1:1 - Cannot find name 'a'."]);
    expect(said("const a = 1;", "const a: string = 1;", "a.toFixed();")).toEqual([]);
  });

  it("sees an earlier cell as it is now", () => {
    expect(said("const a = 1;", "const b = a;", "b.toFixed();")).toEqual([]);
    expect(said('const a = "1";', "const b = a;", "b.toFixed();")).toHaveLength(1);
    expect(said("const a = 1;", "const b = a;", "b.toFixed();")).toEqual([]);
  });

  it("has Node's fs, os and path, d3, Plot and mathjs, and no document", () => {
    expect(said('import fs from "fs";\nimport os from "node:os";\nimport * as path from "path";\nfs.readFileSync(path.join(os.tmpdir(), "a"), "utf8").length;')).toEqual([]); // prettier-ignore
    expect(said('import * as d3 from "d3";\nimport * as Plot from "@observablehq/plot";\nimport { complex } from "mathjs";\nd3.mean([1]); Plot.dot([]); complex(1, 2).re;')).toEqual([]); // prettier-ignore
    expect(said('console.log(performance.now(), process.env.A, structuredClone([1]), new URL("a:b"), setTimeout(() => {}, 1));')).toEqual([]); // prettier-ignore
    expect(said("document;")).toHaveLength(1);
    expect(said('const d3 = await import("d3");\nd3.nothing;')).toEqual([
      expect.stringMatching(/^2:4 - Property 'nothing' does not exist/),
    ]);
  });

  it("shows what a name is, with its docstring", () => {
    expect(ask("hover", imports, "const a = mat|mul(zeros([2, 3]), zeros([3, 4]));")).toMatchObject({
      start: 10,
      end: 16,
      type: expect.stringContaining("Tensor<[2, 4]>") as string,
      words: expect.stringMatching(/^Matrix product/) as string,
      tags: expect.arrayContaining([["example", expect.stringContaining("matmul(")]]) as unknown,
    });
    expect(ask("hover", "/** How many. */ const count = 3;", "cou|nt")).toMatchObject({ type: "const count: 3" });
    expect(ask("hover", "const a = 1;", "  |")).toBeNull();
  });

  it("completes names, methods and half words", () => {
    const names = (...sources: string[]) => ask("completions", ...sources)?.choices.map(({ name }) => name);
    expect(names(imports, "const a = zeros([2, 3]);", "a.|")).toEqual(
      expect.arrayContaining(["shape", "backward", "detach"]),
    );
    expect(names("const ownName = 1;", "ownN|")).toContain("ownName");
    expect(ask("completions", imports, "const a = zeros([2]);", "a.back| + 1")).toMatchObject({ start: 2, end: 6 });
    expect(names("const text = '';", 'text + "a.|"') ?? []).toEqual([]);
    const rank = (name: string) =>
      ask("completions", "const mine = 1;", "|")!.choices.find((choice) => choice.name === name)!.rank;
    expect(rank("mine")).toBeLessThanOrEqual(rank("Array"));
  });

  it("goes on after any half-written cell", () => {
    const cell =
      'const { a, b: [c] } = { a: `x${1}`, b: [2] };\nfor await (const x of [1]) { console.log(x as number, /a/u); }\nimport fs from "fs";\nenum E { one }';
    for (let i = 0; i < cell.length; i += 3)
      for (const question of ["diagnostics", "hover", "completions"] as const)
        try {
          ask(question, "const before = 1;", `${cell.slice(0, i)}${question === "diagnostics" ? "" : "|"}`);
        } catch {
          // It may give up on one: the next has to be as if nothing had happened.
        }
    expect(said("const a = 1;", "a.length;")).toHaveLength(1);
  });
});

describe("types.json", () => {
  it("holds docstrings of our own, no path of this machine, and nothing of Node that a page lacks", () => {
    expect(files["/node_modules/twinformer/dist/index.d.ts"]).toContain("export");
    expect(Object.values(files).some((text) => text.includes("Matrix product"))).toBe(true);
    expect(Object.keys(files).filter((name) => !name.startsWith("/node_modules/"))).toEqual([]);
    expect(JSON.stringify(files)).not.toContain(JSON.stringify(root).slice(1, -1));
    expect(Object.keys(files)).not.toContain("/node_modules/@types/node/http.d.ts");
    expect(JSON.stringify(files).length).toBeLessThan(3_000_000);
  });
});

describe("every code cell compiles in its chain", () => {
  interface Cell {
    readonly cell_type: string;
    readonly source: string[];
    readonly metadata: { readonly tags?: readonly string[] };
  }
  const notebooks = readdirSync(path.join(root, "notebooks")).filter((name) => name.endsWith(".ipynb"));
  it.each(notebooks)("%s", (name) => {
    const all = JSON.parse(readFileSync(path.join(root, "notebooks", name), "utf8")) as { cells: Cell[] };
    const before: string[] = [];
    for (const { cell_type, source, metadata } of all.cells) {
      if (cell_type !== "code") continue;
      const cell = source.join("");
      if (!metadata.tags?.includes("raises-exception")) expect(said(...before, cell), cell).toEqual([]);
      before.push(cell);
    }
  });
});
