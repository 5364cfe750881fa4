import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { Script } from "node:vm";
import { describe, expect, it } from "vitest";
import { compileCell } from "../../site/cells/compile.js";
import { Session } from "../../site/cells/session.js";

const modules: Record<string, unknown> = { shapes: { default: "none", square: (x: number) => x * x, "two words": 2 } };
const session = () =>
  new Session((name) =>
    name in modules ? Promise.resolve(modules[name]) : Promise.reject(new Error(`there is no module "${name}"`)),
  );
/** The value of the last of these cells. */
async function last(...cells: string[]): Promise<unknown> {
  const own = session();
  let value: unknown;
  for (const cell of cells) ({ value } = await own.run(cell));
  return value;
}

describe("cells", () => {
  it("share their names, whatever declares them", async () => {
    expect(await last("const a = 1; let b = 2; var c = 3;", "function d() { return 4; } class E { f = 5 }", "[a, b, c, d(), new E().f]")).toEqual([1, 2, 3, 4, 5]); // prettier-ignore
    expect(await last("const { a, b: [c, ...d], ...e } = { a: 1, b: [2, 3, 4], f: 5 };", "[a, c, d, e]")).toEqual([1, 2, [3, 4], { f: 5 }]); // prettier-ignore
    expect(await last("const [a = 7] = [];", "a")).toBe(7);
  });

  it("may declare a name again, and of another kind", async () => {
    expect(await last("const a = 1;", "const a = 'two';", "a")).toBe("two");
    expect(await last("const a = 1;", "function a() { return 3; }", "a()")).toBe(3);
    expect(await last("import { square } from 'shapes';", "const square = 5;", "square")).toBe(5);
    expect(await last("var a = 1;", "var a = 2;", "a")).toBe(2);
  });

  it("wait: await and for await stand at the top", async () => {
    expect(await last("const a = await Promise.resolve(3);", "a")).toBe(3);
    expect(await last("async function* f() { yield 1; yield 2; }", "let sum = 0; for await (const x of f()) sum += x;", "sum")).toBe(3); // prettier-ignore
  });

  it("import by the names that TypeScript has for it", async () => {
    const cell =
      "import none, { square, 'two words' as two } from 'shapes';\nimport * as all from 'shapes';\nimport 'shapes';";
    expect(await last(cell, "[none, square(3), two, all.square(2)]")).toEqual(["none", 9, 2, 4]);
    expect(await last("import type { T } from 'nowhere';\nimport { type U, square } from 'shapes';", "square(2)")).toBe(
      4,
    );
    await expect(last("import { a } from 'nowhere';")).rejects.toThrow('there is no module "nowhere"');
  });

  it("ask for all that they import at once, each by its name", async () => {
    const asked: string[] = [];
    const own = new Session(async (from, name = "all") => {
      asked.push(`${from} ${name}`);
      await new Promise((resolve) => setTimeout(resolve, asked.length === 1 ? 20 : 0));
      return { square: 1, "two words": 2, default: 3 };
    });
    const running = own.run("import three, { square, 'two words' as two } from 'shapes'; [square, two, three]");
    expect(asked.slice(0, 3)).toEqual(["shapes default", "shapes square", "shapes two words"]);
    expect((await running).value).toEqual([1, 2, 3]);
  });

  it("see a name of an earlier cell as it is now, also where that cell's functions have changed it", async () => {
    expect(await last("let n = 0; const more = () => ++n;", "more(); more();", "n")).toBe(2);
    expect(await last("let n = 1;", "n = 10;", "n")).toBe(10);
    expect(await last("let n = 1;", "n++; n += 2;", "[n] = [n + 1];", "n")).toBe(5);
    expect(await last("let n = 1;", "for (n of [7, 8]);", "n")).toBe(8);
    // As in the kernel: a function of an earlier cell has the variable that it was written with.
    expect(await last("let k = 2; const inc = () => k + 1;", "k = 10;", "[k, inc()]")).toEqual([10, 3]);
  });

  it("are in TypeScript: types go, in the same lines", async () => {
    const cell =
      "interface A {\n  readonly n: number;\n}\nconst a = { n: 1 } satisfies A as A;\nenum Kind { one = 1 }\nconst f = <T,>(x: T): T => x!;";
    expect(await last(cell, "[f(a.n), Kind.one]")).toEqual([1, 1]);
    expect(compileCell(cell).code.split("\n")).toHaveLength(cell.split("\n").length + 1);
  });

  it("show the value of an expression at their end, and of nothing else", async () => {
    expect(await last("1; 2")).toBe(2);
    expect(await last("({ a: 1 })")).toEqual({ a: 1 });
    expect(await last("1;\nconst a = 2;")).toBeUndefined();
    expect(await last("")).toBeUndefined();
    expect(await last("// nothing")).toBeUndefined();
  });

  it("leave earlier ones alone where they fail, and declare nothing then", async () => {
    const own = session();
    await own.run("const a = 1; let n = 1;");
    await expect(own.run("const a = 2; const b = 3; n = 2; throw new Error('no');")).rejects.toThrow("no");
    expect((await own.run("[a, typeof b]")).value).toEqual([1, "undefined"]);
    expect(own.names).toEqual(["a", "n"]);
    expect(own.value("n")).toBe(1);
  });

  it("say line and column of what is no TypeScript", () => {
    expect(() => compileCell("const a = 1;\nconst b = ;")).toThrow(/\(2:\d+\)/);
    expect(() => compileCell("const a = 1;\nexport const b = 2;")).toThrow(/a cell exports nothing.*\(2:0\)/);
    expect(() => compileCell("const a = 1; const a = 2;")).toThrow(/already been declared \(1:\d+\)/);
  });

  it.each([
    ["null.b;", 1, 6],
    ["const a = 1;\n\n  null.b;", 3, 8],
    ["await null;\nthrow new Error('no');", 2, 7],
    ["interface A {\n  a: number;\n}\n nowhere + 1;", 4, 2],
  ])("tell line and column of what throws in %j", async (source, line, column) => {
    const own = session();
    await own.run("const before = 1;");
    const error: unknown = await own.run(source, "cell 3").catch((thrown: unknown) => thrown);
    expect(own.placeOf(error)).toEqual({ cell: "cell 3", line, column });
  });

  it("tell the line of an earlier cell, where its function throws", async () => {
    const own = session();
    await own.run("function f(x: { y?: { z: number } }) {\n  return x.y!.z;\n}", "first");
    const error: unknown = await own.run("f({});", "second").catch((thrown: unknown) => thrown);
    expect(own.placeOf(error)).toEqual({ cell: "first", line: 2, column: 14 });
    expect(own.placeOf(new Error("of no cell"))).toBeNull();
    expect(own.placeOf("a text")).toBeNull();
  });
});

// Every cell of every notebook, as it is.
const folder = path.resolve(import.meta.dirname, "../../notebooks");
it.each(readdirSync(folder).filter((name) => name.endsWith(".ipynb")))("%s: all its cells compile", (name) => {
  const { cells } = JSON.parse(readFileSync(path.join(folder, name), "utf8")) as {
    cells: { id: string; cell_type: string; source: string[]; metadata: { tags?: string[] } }[];
  };
  const known = new Set<string>();
  for (const { cell_type: type, source } of cells) {
    if (type !== "code") continue;
    const { defines, code } = compileCell(source.join(""), known);
    expect(() => new Script(`(async ($import, $names, $done) => {${code}\n})`)).not.toThrow();
    for (const one of defines) known.add(one);
  }
});
