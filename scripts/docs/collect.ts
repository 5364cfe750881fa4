/** What the package exports, with docstrings: read by the compiler from the declarations in dist/, as a user's editor sees
 *  them. `npm run docs` builds those first. */

import { readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import ts from "typescript";

export const root = fileURLToPath(new URL("../..", import.meta.url));

/** One public name. */
export interface Item {
  /** `softmax`, or `init.normal` for a member of a namespace. */
  name: string;
  /** Source file, relative to the clone: lib/tensor/ops/softmax.ts */
  file: string;
  /** The declaration without its docstring, one for each overload. */
  signatures: string[];
  doc: Doc;
}

/** The parts of a docstring. */
export interface Doc {
  text: string;
  params: { name: string; text: string }[];
  returns: string | null;
  examples: string[];
}

/** One entry of the package and all that it exports and the entries before it do not. */
export interface Entry {
  /** "twinformer" or "twinformer/moe". */
  name: string;
  items: Item[];
}

/** Reads all entries, in the order of package.json. */
export function entries(): Entry[] {
  const { name, exports } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    name: string;
    exports: Record<string, { types?: string }>;
  };
  const files = Object.entries(exports).flatMap(([path, { types }]) =>
    types ? [{ entry: name + path.slice(1), file: join(root, types) }] : [],
  );
  const paths = files.map(({ file }) => file);
  const program = ts.createProgram(paths, { module: ts.ModuleKind.NodeNext, noEmit: true, skipLibCheck: true });
  const checker = program.getTypeChecker();
  const seen = new Set<ts.Symbol>();
  return files.map(({ entry, file }) => {
    const source = program.getSourceFile(file);
    if (!source) throw new Error(`there is no ${relative(root, file)}: npm run build`);
    return { name: entry, items: exportsOf(checker.getSymbolAtLocation(source)!, checker, seen, "") };
  });
}

function exportsOf(module: ts.Symbol, checker: ts.TypeChecker, seen: Set<ts.Symbol>, prefix: string): Item[] {
  return checker.getExportsOfModule(module).flatMap((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    if (seen.has(symbol)) return [];
    seen.add(symbol);
    if (symbol.flags & ts.SymbolFlags.ValueModule)
      return exportsOf(symbol, checker, seen, `${prefix}${exported.name}.`);
    const nodes = (symbol.declarations ?? []).map(statementOf);
    if (nodes.length === 0) return [];
    const file = relative(root, nodes[0].getSourceFile().fileName).replace(/^dist(.*)\.d\.ts$/, "lib$1.ts");
    return [{ name: prefix + exported.name, file, signatures: nodes.map(signatureOf), doc: docOf(symbol, checker) }];
  });
}

/** `const relu: ...` is inside a statement, which has the docstring. */
const statementOf = (node: ts.Declaration): ts.Node => (ts.isVariableDeclaration(node) ? node.parent.parent : node);

/** The declaration's own text, without what only the compiler needs: `export declare`, private members. */
function signatureOf(node: ts.Node): string {
  const text = ts.isClassDeclaration(node) ? classText(node) : node.getText();
  return text.replace(/^(export |declare )+/, "");
}

function classText(node: ts.ClassDeclaration): string {
  const file = node.getSourceFile();
  const members = node.members
    .filter((member) => !isHidden(member))
    .map((member) => indented(member.getFullText().trim()));
  const head = file.text.slice(node.getStart(), node.members.pos);
  return `${head}\n${members.join("\n")}\n}`;
}

function isHidden(member: ts.ClassElement): boolean {
  const tags = ts.getJSDocTags(member).some((tag) => tag.tagName.text === "internal");
  const modifiers = ts.getCombinedModifierFlags(member);
  const name = member.name?.getText() ?? "";
  return (
    tags ||
    Boolean(modifiers & ts.ModifierFlags.Private) ||
    /^[#[]/.test(name) ||
    ts.isIndexSignatureDeclaration(member)
  );
}

/** Without examples: those of a method stand in the docstring too, but a signature should be short. */
const indented = (text: string): string => text.replace(/\s*\* *@example[\s\S]*?(?=\*\/)/, " ").replace(/^/gm, "  ");

function docOf(symbol: ts.Symbol, checker: ts.TypeChecker): Doc {
  const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
  const tags = symbol.getJsDocTags(checker).map(({ name, text }) => ({ name, text: ts.displayPartsToString(text) }));
  return {
    text,
    params: tags
      .filter(({ name }) => name === "param")
      .map(({ text }) => ({ name: /^\S+/.exec(text)?.[0] ?? "", text: text.replace(/^\S+\s*/, "") })),
    returns: tags.find(({ name }) => name === "returns")?.text ?? null,
    examples: tags.filter(({ name }) => name === "example").map(({ text }) => text),
  };
}

/** The docstring at the top of a source file. */
export function fileDoc(file: string): string {
  const text = /^\/\*\*([\s\S]*?)\*\//.exec(readFileSync(join(root, file), "utf8"))?.[1] ?? "";
  return text.replace(/^\s*\* ?/gm, "").trim();
}
