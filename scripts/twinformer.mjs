#!/usr/bin/env node
// The command `twinformer`. In an installed package dist/ is there; in a clone it is built first, where it is missing or older
// than lib/. Building talks, so it has stderr: stdout belongs to the answer.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const here = path.dirname(fileURLToPath(import.meta.url));
const build = path.join(here, "build.mjs");

if (existsSync(build)) {
  const { status } = spawnSync(process.execPath, [build], { stdio: ["ignore", 2, 2] });
  if (status !== 0) process.exit(status ?? 1);
}
const args = process.argv.slice(2);
if (args[0] === "learn") process.exit(learn(args.slice(1)));
const { run, widthOf } = await import(pathToFileURL(path.join(here, "../dist/cli/main.js")).href);
// A reader that has seen enough, such as `head`, closes the pipe: no error.
process.stdout.on("error", (error) => process.exit(error.code === "EPIPE" ? 0 : 1));
process.exitCode = run(args, {
  out: (text) => process.stdout.write(`${text}\n`),
  err: (text) => process.stderr.write(`${text}\n`),
  width: widthOf(process.env.COLUMNS, process.stdout.columns),
  errWidth: widthOf(process.env.COLUMNS, process.stderr.columns),
});

/** Serves the pages of the course until Ctrl-C; gives the exit code. The package has none of them: with the trained twins they are many
 *  times its size. */
function learn(options) {
  const site = path.join(here, "site/run.mjs");
  if (existsSync(site))
    return spawnSync(process.execPath, [site, "--serve", ...options], { stdio: "inherit" }).status ?? 1;
  process.stderr.write(
    "twinformer learn: the pages of the course are not in the npm package, which they would make twenty times as large: run it in a clone of the project, or open its site.\n",
  );
  return 1;
}
