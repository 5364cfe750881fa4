/** A cell of a notebook, in TypeScript, as a JavaScript function: what a page needs to run cells one after another. */

import { type ForOfStatement, type Node, parse, type Pattern, type Program } from "acorn";
import { full } from "acorn-walk";
import MagicString from "magic-string";
import { transform } from "sucrase";

export interface CompiledCell {
  /** The body of an async function of ($import, $names, $done, $stopped). Its lines are those of the cell. */
  readonly code: string;
  /** Names that the cell declares or assigns: later cells see them. */
  readonly defines: readonly string[];
  /** What it imports by name. */
  readonly imports: readonly Import[];
  /** Letters in the code that are not the cell's: line, first column (from 1) and how many. */
  readonly added: readonly { readonly line: number; readonly column: number; readonly letters: number }[];
}

export interface Import {
  readonly from: string;
  readonly name: string;
}

/** Before the expression whose value a cell shows. */
const SHOW = "$value = (";
/** First in each loop that waits for its next step: pressed stop, a training ends between two steps, and the cell goes on behind it. */
const STOP = " if ($stopped()) break; ";

/** TypeScript without its types, in the same lines; throws a SyntaxError that says line and column. */
export function compileCell(source: string, known: Iterable<string> = []): CompiledCell {
  const plain = withoutTypes(source);
  const program = parsed(plain);
  const text = new MagicString(plain);
  const declared = new Set<string>();
  const imports: Import[] = [];
  for (const statement of program.body) {
    if (statement.type === "ImportDeclaration") {
      const name = JSON.stringify(statement.source.value);
      const parts: string[] = [];
      for (const specifier of statement.specifiers) {
        declared.add(specifier.local.name);
        if (specifier.type === "ImportNamespaceSpecifier")
          parts.push(`${specifier.local.name} = await $import(${name})`);
        else {
          const imported = specifier.type === "ImportDefaultSpecifier" ? "default" : nameOf(specifier.imported);
          const given = `${name}, ${JSON.stringify(imported)}`;
          parts.push(`{ ${JSON.stringify(imported)}: ${specifier.local.name} } = await $import(${given})`);
          imports.push({ from: String(statement.source.value), name: imported });
        }
      }
      const lines = "\n".repeat(plain.slice(statement.start, statement.end).split("\n").length - 1);
      const code = parts.length > 0 ? `const ${parts.join(", ")};` : `await $import(${name});`;
      text.overwrite(statement.start, statement.end, code + lines);
    } else if (statement.type === "VariableDeclaration") {
      for (const { id } of statement.declarations) for (const name of namesIn(id)) declared.add(name);
    } else if (statement.type === "FunctionDeclaration" || statement.type === "ClassDeclaration") {
      declared.add(statement.id.name);
    } else if (statement.type.startsWith("Export")) {
      throw at(statement, plain, "a cell exports nothing: later cells see its names as they are");
    }
  }
  const last = program.body.at(-1);
  if (last?.type === "ExpressionStatement") {
    text.appendLeft(last.expression.start, SHOW);
    text.appendRight(last.expression.end, ")");
  }
  const { used, assigned } = namesOf(program);
  const earlier = [...known].filter((name) => used.has(name) && !declared.has(name));
  const defines = [...declared, ...earlier.filter((name) => assigned.has(name))];
  const before = `"use strict"; let $value; ${earlier.length > 0 ? `let { ${earlier.join(", ")} } = $names; ` : ""}{ `;
  const getters = defines.map((name) => `${JSON.stringify(name)}: () => ${name}`).join(", ");
  const added = [{ line: 1, column: 1, letters: before.length }];
  if (last?.type === "ExpressionStatement")
    added.push({ ...lineAndColumn(last.expression.start, plain), letters: SHOW.length });
  for (const { body } of waitingLoops(program)) {
    const isBlock = body.type === "BlockStatement";
    const start = isBlock ? body.start + 1 : body.start;
    text.appendRight(start, isBlock ? STOP : `{${STOP}`);
    if (!isBlock) text.appendLeft(body.end, "}");
    added.push({ ...lineAndColumn(start, plain), letters: STOP.length + (isBlock ? 0 : 1) });
  }
  // Names that the cell declares are in a block of their own: they may be called as names of earlier cells are.
  return { code: `${before}${text.toString()}\n$done({ ${getters} }, $value); }`, defines, imports, added };
}

/** `for await` loops, those of functions as well. */
function waitingLoops(program: Program): ForOfStatement[] {
  const found: ForOfStatement[] = [];
  full(program, (node) => {
    if (node.type === "ForOfStatement" && node.await) found.push(node);
  });
  return found;
}

/** All names that occur, and those that get a value; parameters and the like among them, which does no harm. */
function namesOf(program: Program): { used: Set<string>; assigned: Set<string> } {
  const [used, assigned] = [new Set<string>(), new Set<string>()];
  const assign = (pattern: Node): void => namesIn(pattern as Pattern).forEach((name) => assigned.add(name));
  full(program, (node) => {
    if (node.type === "Identifier") used.add(node.name);
    else if (node.type === "AssignmentExpression") assign(node.left);
    else if (node.type === "UpdateExpression") assign(node.argument);
    else if (
      (node.type === "ForOfStatement" || node.type === "ForInStatement") &&
      node.left.type !== "VariableDeclaration"
    )
      assign(node.left);
  });
  return { used, assigned };
}

function withoutTypes(source: string): string {
  try {
    return transform(source, { transforms: ["typescript"], disableESTransforms: true, keepUnusedImports: true }).code;
  } catch (error) {
    throw new SyntaxError((error as Error).message.replace(/^Error transforming .*?: /, ""));
  }
}

function parsed(plain: string): Program {
  try {
    return parse(plain, { ecmaVersion: "latest", sourceType: "module", allowAwaitOutsideFunction: true });
  } catch (error) {
    throw new SyntaxError((error as Error).message);
  }
}

/** From 1. */
function lineAndColumn(start: number, source: string): { line: number; column: number } {
  const lines = source.slice(0, start).split("\n");
  return { line: lines.length, column: lines[lines.length - 1].length + 1 };
}

function at(node: Node, source: string, words: string): SyntaxError {
  const { line, column } = lineAndColumn(node.start, source);
  return new SyntaxError(`${words} (${line}:${column - 1})`); // acorn counts columns from 0
}

const nameOf = (node: { type: string; name?: string; value?: unknown }): string =>
  node.type === "Identifier" ? node.name! : String(node.value);

/** The names that a pattern declares: `{ a, b: [c, ...d] }` has a, c and d. */
function namesIn(pattern: Pattern): string[] {
  switch (pattern.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((one) => namesIn(one.type === "RestElement" ? one.argument : one.value));
    case "ArrayPattern":
      return pattern.elements.flatMap((one) => (one ? namesIn(one) : []));
    case "RestElement":
      return namesIn(pattern.argument);
    case "AssignmentPattern":
      return namesIn(pattern.left);
    default:
      return [];
  }
}
