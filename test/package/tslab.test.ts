import { afterAll, beforeAll, expect, test } from "vitest";
import { Kernel } from "../notebooks/kernel/kernel.js";
import { expectProgramWorked, project, sourceText } from "./project.js";

let kernel: Kernel;
beforeAll(async () => void (kernel = await Kernel.start(project)));
afterAll(() => kernel.stop());

test("a notebook beside the installed package runs a cell that uses every entry, and shows its figures", async () => {
  const text = sourceText.replace("export async", "async"); // a cell exports all it declares anyway
  const cell = await kernel.run(`${text}\nconsole.log(JSON.stringify(await program()));`);
  expect(cell).toMatchObject({ status: "ok", stderr: "" });
  expectProgramWorked(JSON.parse(cell.stdout));
  expect(cell.html.map((html) => /data-figure="(\w+)"/.exec(html)?.[1])).toEqual(["loss", "load"]);
});

test("the Tab key offers what an entry exports and what an option is called", async () => {
  expect(await kernel.complete('import * as plot from "twinformer/plot";\nplot.lo')).toEqual(
    expect.arrayContaining(["lossChart", "loadChart"]),
  );
  expect(await kernel.complete("lossChart([], { yL")).toContain("yLabel");
});

test("a later cell has what was imported, and there the types refuse a product of shapes that do not fit", async () => {
  const fine = await kernel.run("console.log(matmul(tensor([[1, 2]]), tensor([[1], [2]])).item())");
  expect(fine).toMatchObject({ status: "ok", stdout: "5\n" });
  const wrong = await kernel.run('import { zeros } from "twinformer";\nmatmul(zeros([2, 3]), zeros([4, 5]));');
  expect(wrong.status).toBe("error");
  expect(wrong.stderr).toMatch(/^2:\d+ - .*matmul.*3.*4/); // where in the cell: the compiler's words, not the run's
});
