import path from "node:path";
import { expect, test } from "vitest";
import { expectProgramWorked, inProject, tools, write, writeProgram } from "./project.js";

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
