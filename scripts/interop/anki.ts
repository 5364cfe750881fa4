/** `npm run interop -- anki`: Anki's own library imports the package of `npm run anki`, twice. It is installed from PyPI into
 *  build/anki/python. */

import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { root } from "../setup/run.mjs";

const VERSION = "26.9.3";

const folder = path.join(root, "build/anki");
const python = path.join(folder, "python/bin/python");
const run = (program: string, ...args: string[]): void =>
  void execFileSync(program, args, { cwd: root, stdio: "inherit" });

await import("../anki/main.js");
if (!existsSync(python)) run("python3", "-m", "venv", path.join(folder, "python"));
run(python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", `anki==${VERSION}`);
run(python, path.join(root, "scripts/interop/anki_import.py"), path.join(folder, "twinformer-interview.apkg"));
