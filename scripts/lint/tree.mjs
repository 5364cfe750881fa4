// Sizes of files and folders, circles of imports, and what the notebooks hold: what no linter of single files sees.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { sourceProblems } from "../notebooks/sources.mjs";
import { circleProblems, importGraph } from "./circles.mjs";

export const limits = { lines: 300, files: 15 };
const folders = ["lib", "kernels", "scripts", "test", "jupyter", "assets", "docs", "notebooks"];
const skipped = /^(node_modules|target|dist|build|\.ipynb_checkpoints)$/;
const code = /\.(ts|mjs|js|rs|py|css)$/;
const generated = (file) => /\.generated\.\w+$/.test(file);

/** What is too long in the folder `at` and below, one sentence each.
 *  @param {string} at  @param {string} name what the sentences call it  @returns {string[]} */
export function sizeProblems(at, name) {
  const problems = [];
  const entries = readdirSync(at, { withFileTypes: true }).filter((entry) => !skipped.test(entry.name));
  const files = entries.filter((entry) => entry.isFile());
  // A folder of data or notebooks is as long as it must be; one of code should fit the eye.
  const counted = files.filter((entry) => code.test(entry.name)).length;
  if (counted > limits.files) problems.push(`${name}/ has ${counted} files, over ${limits.files}: make sub-folders`);
  for (const entry of files) {
    if (!code.test(entry.name) || generated(entry.name)) continue;
    const lines = readFileSync(path.join(at, entry.name), "utf8").trimEnd().split("\n").length;
    if (lines > limits.lines) problems.push(`${name}/${entry.name} has ${lines} lines, over ${limits.lines}: split it`);
  }
  for (const entry of entries) {
    if (entry.isDirectory()) problems.push(...sizeProblems(path.join(at, entry.name), `${name}/${entry.name}`));
  }
  return problems;
}

/** Everything that is wrong with the tree of the clone at `root`.
 *  @param {string} root  @returns {string[]} */
export function treeProblems(root) {
  const present = new Set(readdirSync(root));
  const problems = folders
    .filter((folder) => present.has(folder))
    .flatMap((folder) => sizeProblems(path.join(root, folder), folder));
  if (present.has("lib")) problems.push(...circleProblems(importGraph(path.join(root, "lib"))));
  const notebooks = path.join(root, "notebooks");
  for (const file of present.has("notebooks") ? readdirSync(notebooks) : []) {
    if (!file.endsWith(".ipynb")) continue;
    problems.push(...sourceProblems(path.join(notebooks, file)));
    const text = readFileSync(path.join(notebooks, file), "utf8");
    if (text.includes("Math.random")) problems.push(`notebooks/${file} uses Math.random, which cannot be seeded`);
  }
  return problems;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = treeProblems(path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../.."));
  for (const problem of problems) console.error(problem);
  process.exitCode = problems.length > 0 ? 1 : 0;
}
