/** What a program is made of: itself and all modules that it imports, as one hash. */

import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** A hash of the JavaScript of `file` and of whatever it imports, directly or not, by relative paths. Types and comments are not part of
 *  it: they change no number. `import()` is not followed. */
export function hashOfSources(file: string): string {
  const files = [...sourcesOf(path.resolve(file))].sort(([a], [b]) => (a < b ? -1 : 1));
  const hash = createHash("sha256");
  const root = path.dirname(path.resolve(file));
  for (const [name, code] of files) hash.update(`${path.relative(root, name)}\n${code}\n`);
  return hash.digest("hex").slice(0, 16);
}

/** Absolute path and JavaScript of every module. */
function sourcesOf(file: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(file)) return found;
  const { outputText } = ts.transpileModule(readFileSync(file, "utf8"), {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ES2022, removeComments: true },
  });
  found.set(file, outputText);
  for (const { fileName } of ts.preProcessFile(outputText, true, true).importedFiles)
    if (fileName.startsWith(".") && !outputText.includes(`import("${fileName}")`))
      sourcesOf(path.resolve(path.dirname(file), fileName.replace(/\.js$/, ".ts")), found);
  return found;
}
