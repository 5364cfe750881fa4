import path from "node:path";
import { expect, test } from "vitest";
import { Kernel } from "../notebooks/kernel/kernel.js";
import { expectProgramWorked, inProject, project, sourceText, tools, write, writeProgram } from "./project.js";

const deno = (...args: string[]) => inProject(process.execPath, [path.join(tools, "deno/bin.cjs"), ...args]);

test("Deno runs the TypeScript program with leave to read and to see the environment only", async () => {
  writeProgram("deno-program.ts");
  write(
    "deno-main.ts",
    'import { program } from "./deno-program.ts";\nconsole.log(JSON.stringify(await program()));\n',
  );
  const printed = await deno("run", "--no-prompt", "--no-remote", "--allow-read", "--allow-env", "deno-main.ts");
  expectProgramWorked(JSON.parse(printed));
});

test("Deno's compiler finds the types", async () => {
  writeProgram("deno-checked.ts");
  expect(await deno("check", "--no-remote", "deno-checked.ts")).toMatch(/^Check /);
});

test("in Deno's notebook kernel a cell that uses every entry runs, and shows its figures", async () => {
  await deno("--version"); // unpacks the program, which is started without the script that would outlive a kill
  const program = path.join(tools, "deno", process.platform === "win32" ? "deno.exe" : "deno");
  const kernel = await Kernel.start(project, [program, "jupyter", "--kernel", "--conn"]);
  try {
    // Deno sends what a cell shows some time after it was shown, and what comes after the cell has ended belongs to none.
    const wait = "await new Promise((resolve) => setTimeout(resolve, 1000));";
    const cell = await kernel.run(`${sourceText.replace("export async", "async")}\nawait program();\n${wait}`);
    expect(cell.status).toBe("ok");
    expect(cell.html.map((html) => /data-figure="(\w+)"/.exec(html)?.[1])).toEqual(["loss", "load"]);
  } finally {
    kernel.stop();
  }
});
