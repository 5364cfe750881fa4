/** `npm run docs [-- --check]`: writes docs/api.md from the docstrings, or says whether it is up to date. */

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { root } from "./collect.js";
import { reference } from "./reference.js";

const page = join(root, "docs/api.md");
const text = await reference();
if (!process.argv.includes("--check")) {
  mkdirSync(dirname(page), { recursive: true });
  writeFileSync(page, text);
  console.log(`docs/api.md: ${text.match(/^#### /gm)?.length ?? 0} names`);
} else if (!isCurrent()) {
  console.error("docs/api.md is not what the docstrings say: npm run docs writes it anew");
  process.exitCode = 1;
}

function isCurrent(): boolean {
  try {
    return readFileSync(page, "utf8") === text;
  } catch {
    return false;
  }
}
