// Circles of imports in lib/: modules that need each other while they load, where the order of loading begins to matter.
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import ts from "typescript";

/** The one circle there is: a tensor holds its backward pass, which computes with tensors. It is safe because none of these files
 *  uses another one while it loads. */
export const documented = [
  "tensor/gradients/backward.ts",
  "tensor/gradients/pending.ts",
  "tensor/spans.ts",
  "tensor/tensor.ts",
];

/** What a module imports when it runs. Types are gone by then; under `verbatimModuleSyntax` that is what `import type` says, and
 *  `import { type T }` still loads the module.
 *  @param {string} text  @returns {string[]} */
export function importedAtRunTime(text) {
  const { statements } = ts.createSourceFile("module.ts", text, ts.ScriptTarget.Latest);
  return statements.flatMap((statement) => {
    const typeOnly = ts.isImportDeclaration(statement) ? statement.importClause?.isTypeOnly : statement.isTypeOnly;
    return statement.moduleSpecifier && !typeOnly ? [statement.moduleSpecifier.text] : [];
  });
}

/** The modules below `folder` and which of them each imports at run time.
 *  @param {string} folder  @returns {Map<string, string[]>} */
export function importGraph(folder) {
  const files = readdirSync(folder, { recursive: true })
    .map((file) => file.split(path.sep).join("/"))
    .filter((file) => file.endsWith(".ts") && !file.endsWith(".d.ts"));
  const known = new Set(files);
  const importsOf = (file) =>
    importedAtRunTime(readFileSync(path.join(folder, file), "utf8"))
      .filter((specifier) => specifier.startsWith("."))
      .map((specifier) => path.posix.join(path.posix.dirname(file), specifier.replace(/\.js$/, ".ts")))
      .filter((target) => known.has(target));
  return new Map(files.map((file) => [file, importsOf(file)]));
}

/** The groups of modules of which each imports all others, directly or by way of them. (Tarjan 1972: the strongly connected
 *  components with more than one module, or with one that imports itself.)
 *  @param {Map<string, string[]>} graph  @returns {string[][]} each group sorted */
export function circles(graph) {
  const found = [];
  const number = new Map(); // in the order of the first visit
  const lowest = new Map(); // the smallest number that can be reached
  const stack = [];
  const visit = (file) => {
    number.set(file, number.size);
    lowest.set(file, number.get(file));
    stack.push(file);
    for (const next of graph.get(file)) {
      if (!number.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(file, Math.min(lowest.get(file), lowest.get(next)));
    }
    if (lowest.get(file) !== number.get(file)) return;
    const group = stack.splice(stack.indexOf(file));
    if (group.length > 1 || graph.get(file).includes(file)) found.push(group.sort());
  };
  for (const file of graph.keys()) if (!number.has(file)) visit(file);
  return found;
}

/** What is wrong with the circles of a graph: one sentence each.
 *  @param {Map<string, string[]>} graph  @param {string[]} allowed the files of the one circle that there may be
 *  @returns {string[]} */
export function circleProblems(graph, allowed = documented) {
  const found = circles(graph);
  const problems = [];
  for (const group of found) {
    const others = group.filter((file) => !allowed.includes(file));
    if (others.length === 0) continue;
    const step = (file) => graph.get(file).find((next) => group.includes(next));
    problems.push(
      `lib/${others[0]} is in a circle of imports: it imports ${step(others[0])}, which leads back (${group.join(", ")})`,
    );
  }
  const circling = new Set(found.flat());
  const left = allowed.filter((file) => !circling.has(file));
  if (left.length > 0)
    problems.push(`${left.join(", ")}: in no circle any more; shorten the list in scripts/lint/circles.mjs`);
  return problems;
}
