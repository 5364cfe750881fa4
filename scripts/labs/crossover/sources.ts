/** What a program is made of: itself and all modules that it imports, as one hash. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";

/** A hash of `file` and of whatever it imports, directly or not, by relative paths. Comments of their own lines are not part of it: they
 *  change no number. Imports of types alone and `import()` are not followed. */
export function hashOfSources(file: string): string {
  const first = path.resolve(file);
  const found = new Map<string, string>();
  const open = [first];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (found.has(name)) continue;
    const text = readFileSync(name, "utf8").replace(COMMENT, "");
    found.set(name, text);
    for (const [, imported] of text.matchAll(IMPORT))
      open.push(path.resolve(path.dirname(name), imported.replace(/\.js$/, ".ts")));
  }
  const hash = createHash("sha256");
  for (const name of [...found.keys()].sort())
    hash.update(`${path.relative(path.dirname(first), name)}\n${found.get(name)}\n`);
  return hash.digest("hex").slice(0, 16);
}

const COMMENT = /^ *(\/\*\*[^]*?\*\/|\/\/.*)\n/gm;
const IMPORT = /^(?:import|export) (?!type )[^;"]*?"(\.[^"]+)";/gm;
