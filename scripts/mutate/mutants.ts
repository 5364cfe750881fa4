/** All mutants of a source file, and the file with some of them compiled in, each behind a switch. */

import ts from "typescript";
import { changesOf } from "./operators.js";

export interface Mutant {
  /** Says nothing of lines, so that it stays when others move. */
  id: string;
  file: string;
  line: number;
  /** The function or class around it. */
  inside: string;
  kind: string;
  /** What stands in the file, and what stands there instead. */
  original: string;
  text: string;
  start: number;
  end: number;
}

/** What never runs (types, imports), and what says only what went wrong: the text of an error is no behavior. */
const skipped = (node: ts.Node): boolean =>
  ts.isTypeNode(node) ||
  ts.isInterfaceDeclaration(node) ||
  ts.isTypeAliasDeclaration(node) ||
  ts.isImportDeclaration(node) ||
  ts.isExportDeclaration(node) ||
  ts.isThrowStatement(node) ||
  (ts.isNewExpression(node) && node.expression.getText().endsWith("Error")) ||
  (ts.isTemplateExpression(node) && isForError(node));

/** Words for the sentence of an error: "linear" in `checkFloat("linear", x)`. But the letters given to `checkRank` are counted. */
function isForError(node: ts.Node): boolean {
  if (!(ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) || !ts.isCallExpression(node.parent))
    return false;
  const [name, last] = [node.parent.expression.getText(), node.parent.arguments.at(-1)];
  return /^(check|fail|need)/.test(name) && !(name === "checkRank" && node === last);
}

/** A name or the left side of an assignment is not computed. */
function isName(node: ts.Node): boolean {
  const { parent } = node;
  if (!parent) return false;
  if (ts.isPropertyAssignment(parent) || ts.isPropertyDeclaration(parent) || ts.isMethodDeclaration(parent))
    return parent.name === node;
  if (ts.isForOfStatement(parent)) return parent.initializer === node;
  return (
    ts.isBinaryExpression(parent) && parent.left === node && parent.operatorToken.kind === ts.SyntaxKind.EqualsToken
  );
}

/** The names of the functions, classes and variables around a node, as in `Tensor.at`. */
function insideOf(node: ts.Node): string {
  const names: string[] = [];
  for (let at = node.parent; at; at = at.parent) {
    if (
      (ts.isFunctionDeclaration(at) ||
        ts.isMethodDeclaration(at) ||
        ts.isClassDeclaration(at) ||
        ts.isVariableDeclaration(at)) &&
      at.name &&
      ts.isIdentifier(at.name)
    )
      names.unshift(at.name.text);
  }
  return names.join(".");
}

const parse = (file: string, source: string): ts.SourceFile =>
  ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true);

/** Every mutant of the text `source` of `file`, from top to bottom. */
export function mutantsOf(file: string, source: string): Mutant[] {
  const tree = parse(file, source);
  const mutants: Mutant[] = [];
  const seen = new Map<string, number>();
  const visit = (node: ts.Node): void => {
    if (skipped(node)) return;
    for (const { node: target, text, kind } of isName(node) || isForError(node) ? [] : changesOf(node)) {
      const [start, end] = [target.getStart(), target.getEnd()];
      const original = source.slice(start, end);
      const line = tree.getLineAndCharacterOfPosition(start).line + 1;
      const inside = insideOf(target);
      const name = `${file} ${inside} ${kind}: ${original} -> ${text}`;
      const before = seen.get(name) ?? 0;
      seen.set(name, before + 1);
      mutants.push({ id: `${name} #${before}`, file, line, inside, kind, original, text, start, end });
    }
    ts.forEachChild(node, visit);
  };
  visit(tree);
  return mutants;
}

interface Edit {
  start: number;
  end: number;
  wrap: (inner: string) => string;
}

/** `source` with the mutants in it. Mutant `index` is on where `__mutants.at(index)` says so; loops tell the clock
 *  that they go on. Everything stays on its line. */
export function instrumented(
  file: string,
  source: string,
  mutants: readonly { index: number; mutant: Mutant }[],
): string {
  const edits: Edit[] = mutants.map(({ index, mutant: { start, end, text } }) => ({
    start,
    end,
    wrap: (inner) =>
      text === ""
        ? `{ if (!__mutants.at(${index})) ${inner} }`
        : `(__mutants.at(${index}) ? (${text.replaceAll("\n", " ")}) : ${inner})`,
  }));
  const visit = (node: ts.Node): void => {
    if (ts.isIterationStatement(node, false)) {
      const body = node.statement;
      const wrap = (inner: string): string => `{ __mutants.tick(); ${ts.isBlock(body) ? inner.slice(1) : `${inner} }`}`;
      edits.push({ start: body.getStart(), end: body.getEnd(), wrap });
    }
    ts.forEachChild(node, visit);
  };
  visit(parse(file, source));
  // Outer edits first. Of two at one place a loop's body, added last, is the outer one.
  const order = edits.map((edit, i) => ({ edit, i }));
  order.sort((a, b) => a.edit.start - b.edit.start || b.edit.end - a.edit.end || b.i - a.i);
  return render(
    source,
    0,
    source.length,
    order.map(({ edit }) => edit),
  );
}

/** The text from `start` to `end` with all edits, which lie within it and within one another. */
function render(source: string, start: number, end: number, edits: readonly Edit[]): string {
  let text = "";
  let at = start;
  for (let i = 0; i < edits.length;) {
    const outer = edits[i];
    let next = i + 1;
    while (next < edits.length && edits[next].start < outer.end) next++;
    text += source.slice(at, outer.start);
    text += outer.wrap(render(source, outer.start, outer.end, edits.slice(i + 1, next)));
    at = outer.end;
    i = next;
  }
  return text + source.slice(at, end);
}
