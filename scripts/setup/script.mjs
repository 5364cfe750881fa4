import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { setup } from "../setup.mjs";
import { Problem, root } from "./run.mjs";

/** Sets the clone up and runs one of the project's TypeScript programs, with its arguments and this terminal. Paths among
 *  the arguments mean what they mean where the command was given: INIT_CWD is where npm was called. */
export async function runScript(file, args) {
  if (!existsSync(path.join(root, file))) throw new Problem(`${file} is missing.`);
  await setup();
  const cwd = process.env.INIT_CWD ?? process.cwd();
  const tsx = pathToFileURL(path.join(root, "node_modules/tsx/dist/loader.mjs")).href;
  const child = spawn(process.execPath, ["--import", tsx, path.join(root, file), ...args], { cwd, stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => child.kill(signal));
  process.exitCode = await new Promise((resolve) => child.on("exit", (code) => resolve(code ?? 1)));
}
