import path from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Kernel } from "./kernel.js";

const root = path.resolve(import.meta.dirname, "../../..");
const ours = [process.execPath, path.join(root, "jupyter/kernels/tslab/kernel.cjs"), "kernel", "--config-path"];
let kernel: Kernel;
beforeAll(async () => void (kernel = await Kernel.start(path.join(root, "notebooks"), ours)), 60_000);
afterAll(() => kernel.stop());

/** A cell that fails; the kernel skips what comes within 200 ms of an error. */
async function failing(code: string) {
  const cell = await kernel.run(code);
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(cell.status).toBe("error");
  return cell;
}
const numbers = "async function* numbers() { yield 1; yield 2; }";

describe("for await at top level", () => {
  test.each([
    ["alone", "for await (const x of numbers()) console.log(x);"],
    ["in a block", "{ for await (const x of numbers()) console.log(x); }"],
    ["in an if", "if (true) for await (const x of numbers()) console.log(x);"],
    ["with a label", "outer: for await (const x of numbers()) { console.log(x); continue outer; }"],
    ["in a loop", "for (const _ of [0]) { for await (const x of numbers()) console.log(x); }"],
    ["in try", "try { for await (const x of numbers()) console.log(x); } finally { }"],
    [
      "after a function that has one too",
      `${numbers.replace("numbers", "more")} for await (const x of numbers()) console.log(x);`,
    ],
  ])("%s", async (_, code) => {
    await kernel.run(numbers);
    expect(await kernel.run(code)).toMatchObject({ status: "ok", stdout: "1\n2\n", stderr: "" });
  });

  test("its variables and those beside it last", async () => {
    const cell = await kernel.run(`${numbers}\nlet sum = 0;\nfor await (const x of numbers()) sum += x;`);
    expect(cell).toMatchObject({ status: "ok", stderr: "" });
    expect((await kernel.run("console.log(sum)")).stdout).toBe("3\n");
  });

  test("in a function it makes no cell wait: what the cell ends in is shown at once", async () => {
    const cell =
      await kernel.run(`${numbers}\nasync function total() { let sum = 0; for await (const x of numbers()) sum += x; return sum; }
console.log((() => "here")())`);
    expect(cell).toMatchObject({ status: "ok", stdout: "here\n" });
    const wrong = await failing("function plain() { for await (const x of numbers()) console.log(x); }");
    expect(wrong.stderr).toMatch(/^1:\d+ - 'for await' loops are only allowed/);
  });
});

describe("a value taken out of an object of an earlier cell, under another name", () => {
  test.each([
    ["a declaration", "const { dead: gone } = counts; console.log(gone);"],
    ["with a default", "const { dead: gone = 9 } = counts; console.log(gone);"],
    ["inside another one", "const { layer: { dead: gone } } = { layer: counts }; console.log(gone);"],
    ["of a call", "const { dead: gone } = [counts].find(({ dead }) => dead === 3); console.log(gone);"],
    ["an assignment", "let gone = 0; ({ dead: gone } = counts); console.log(gone);"],
    ["a parameter", "console.log([counts].map(({ dead: gone }) => gone)[0]);"],
    ["and where a variable has the name of the property", "const of = { dead: counts.dead }; console.log(of.dead);"],
  ])("%s", async (_, code) => {
    await kernel.run("const counts = { dead: 3, idle: 4 };");
    expect(await kernel.run(code)).toMatchObject({ status: "ok", stdout: "3\n", stderr: "" });
  });
});

describe("an error in a cell", () => {
  test("is a sentence and the line of the cell; the stack is folded below", async () => {
    const cell = await failing(`import { twins } from "twinformer/models";
interface Sizes { dModel: number } // a type is no line of what is executed
const sizes: Sizes & Record<string, number> = { vocabSize: 8, blockSize: 8, dModel: 8, nLayer: 1, nHead: 1 };
const pair = twins({ ...sizes, nExpert: 3, topK: 4 } as never);`);
    expect(cell.stderr).toBe(
      "RangeError: model config: topK 4 must not exceed nExpert 3\n" +
        "line 4 of this cell: const pair = twins({ ...sizes, nExpert: 3, topK: 4 } as never);\n",
    );
    expect(cell.html).toHaveLength(1);
    expect(cell.html[0]).toMatch(/^<details><summary>the stack<\/summary><pre> {4}at /);
    expect(cell.html[0]).toMatch(/cell \[\d+\], line 4/);
    expect(cell.html[0]).toContain("/dist/");
    expect(cell.html[0]).not.toMatch(/tslab|node:|evalmachine/);
  });

  test("in a function of an earlier cell names that cell, and the line that called it", async () => {
    await kernel.run(`
function half(x: number): number {
  if (x % 2) throw new RangeError("odd");
  return x / 2;
}`);
    const cell = await failing("await 0;\nconst [a, b] = [half(2),\n  half(3)];");
    expect(cell.stderr).toMatch(
      /^RangeError: odd\nline 3 of cell \[\d+\]: if \(x % 2\) throw new RangeError\("odd"\);\nline 3 of this cell: half\(3\)\];\n$/,
    );
  });

  test("what is no error, and what has a cause", async () => {
    expect((await failing("throw { code: 7 }")).stderr).toBe("Thrown: { code: 7 }\n");
    const cell = await failing('throw new Error("outside <b>", { cause: new TypeError("inside") })');
    expect(cell.stderr).toMatch(/^Error: outside <b>\nline 1 of this cell: /);
    expect(cell.html[0]).toContain("caused by TypeError: inside");
  });

  test("a promise that nothing awaits shows below its own cell", async () => {
    const cell = await kernel.run('const later = 1;\nvoid Promise.reject(new Error("forgotten"));');
    expect(cell).toMatchObject({ status: "ok" });
    expect(cell.stderr).toBe(
      'Error: forgotten\nNothing awaited this promise.\nline 2 of this cell: void Promise.reject(new Error("forgotten"));\n',
    );
    expect(cell.html[0]).toContain("<details>");
  });

  test("a later cell that misses a name of a failed one learns which", async () => {
    await failing('const { e1, rest: [e2] } = { e1: 1, rest: [2] };\nthrow new Error("late");');
    const cell = await failing("e2 + 1");
    expect(cell.stderr).toMatch(
      /^1:1 - Cannot find name 'e2'\. Cell \[\d+\] declares it, but failed, and a cell that fails keeps none of its names: mend it and run it again\.\n$/,
    );
    await kernel.run("const e2 = 5;");
    expect((await kernel.run("console.log(e2)")).stdout).toBe("5\n");
    expect((await failing("e3")).stderr).toBe("1:1 - Cannot find name 'e3'.\n");
  });
});
