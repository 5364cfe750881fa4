// Run in a copy of the project: compiles the named files of lib/ into its dist/, without a look at their types, and packs it for Node.
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";
import { markBuilt } from "../../setup/build.mjs";
import { bundle } from "../../setup/bundle.mjs";
import { root } from "../../setup/run.mjs";

// As in tsconfig.json, as far as it matters for what is written.
const compilerOptions = { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true };
for (const file of process.argv.slice(2)) {
  const source = readFileSync(path.join(root, file), "utf8");
  const { outputText } = ts.transpileModule(source, {
    compilerOptions,
  });
  writeFileSync(path.join(root, "dist", path.relative("lib", file).replace(/\.ts$/, ".js")), outputText);
}
await bundle();
markBuilt();
