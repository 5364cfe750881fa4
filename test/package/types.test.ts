import path from "node:path";
import type * as TypeScript from "typescript";
import { describe, expect, test } from "vitest";
import { current, tslab } from "../types/compile.js";
import { entries, project, sourceText, write } from "./project.js";

const { ModuleKind, ModuleResolutionKind, ScriptTarget } = current;

/** How a project may be set up to find packages, by the name that its tsconfig.json gives it. */
const resolutions = {
  node10: { module: ModuleKind.ESNext, moduleResolution: ModuleResolutionKind.Node10 },
  nodenext: { module: ModuleKind.NodeNext, moduleResolution: ModuleResolutionKind.NodeNext },
  bundler: { module: ModuleKind.ESNext, moduleResolution: ModuleResolutionKind.Bundler },
};

const cases = [current, tslab].flatMap((ts) =>
  Object.entries(resolutions).map(([name, options]) => ({ name, version: ts.version, ts, options })),
);

test("the compilers are the current one and that of the notebook kernel", () => {
  expect([current.version, tslab.version]).toEqual([expect.stringMatching(/^5\.9/), "5.0.4"]);
});

describe.each(cases)("TypeScript $version, moduleResolution $name", ({ name, ts, options }) => {
  const strict: TypeScript.CompilerOptions = {
    ...options,
    target: ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts", "lib.dom.d.ts"],
    types: [],
    strict: true,
    noEmit: true,
    skipLibCheck: false,
  };

  const desk = editor(ts, strict, `edited-${name}.ts`);

  test("a program that uses every entry compiles strictly, and so do the published types themselves", () => {
    expect(desk.complaints(sourceText)).toEqual([]);
  });

  test("the types are there: shapes that do not fit are refused, naming the sizes", () => {
    const found = desk.complaints(
      'import { matmul, zeros } from "twinformer";\nmatmul(zeros([2, 3]), zeros([4, 5]));\n',
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/matmul.*3.*4/);
  });

  test("an editor completes names, entries and options, with their descriptions", () => {
    expect(desk.complete('import { | } from "twinformer/plot";')).toEqual(
      expect.arrayContaining(["lossChart", "loadChart"]),
    );
    expect(desk.complete('import { | } from "twinformer";')).toEqual(
      expect.arrayContaining(["matmul", "tensor", "Linear"]),
    );
    const paths = desk.complete('import {} from "twinformer/|";');
    expect(paths).toEqual(expect.arrayContaining(entries.slice(1).map((entry) => path.posix.basename(entry))));
    expect(desk.complete('import { lossChart } from "twinformer/plot";\nlossChart([], { | });')).toContain("yLabel");
    expect(desk.describe('import { matmul } from "twinformer";\nmatmul|;')).toMatch(/\S{3}/);
  });
});

/** An editor with one file, which each call gives a new text; `|` in it is the cursor. */
function editor(ts: typeof TypeScript, options: TypeScript.CompilerOptions, name: string) {
  const file = write(name, "");
  let text = "";
  let version = 0;
  const service = ts.createLanguageService({
    ...ts.sys,
    useCaseSensitiveFileNames: () => ts.sys.useCaseSensitiveFileNames,
    getCompilationSettings: () => options,
    getCurrentDirectory: () => project,
    getDefaultLibFileName: (chosen) => ts.getDefaultLibFilePath(chosen),
    getScriptFileNames: () => [file],
    getScriptVersion: (of) => (of === file ? String(version) : "0"),
    getScriptSnapshot: (of) => {
      const content = of === file ? text : ts.sys.readFile(of);
      return content === undefined ? undefined : ts.ScriptSnapshot.fromString(content);
    },
  });
  const type = (marked: string) => {
    text = marked.replace("|", "");
    version++;
    return marked.indexOf("|");
  };
  return {
    /** The names that are offered at the cursor. */
    complete(marked: string): string[] {
      return service.getCompletionsAtPosition(file, type(marked), {})?.entries.map((entry) => entry.name) ?? [];
    },
    /** The description of the name before the cursor. */
    describe(marked: string): string {
      return ts.displayPartsToString(service.getQuickInfoAtPosition(file, type(marked) - 1)?.documentation);
    },
    /** What the compiler says about the file and the types of this package; other packages answer for theirs. */
    complaints(source: string): string[] {
      text = source;
      version++;
      const program = service.getProgram()!;
      const ours = program
        .getSourceFiles()
        .filter(({ fileName }) => /node_modules.twinformer.|^(?!.*node_modules)/.test(fileName));
      const found = [
        ...program.getOptionsDiagnostics(),
        ...ours.flatMap((at) => [...program.getSyntacticDiagnostics(at), ...program.getSemanticDiagnostics(at)]),
      ];
      return found.map(({ file: at, messageText }) => {
        const where = at ? path.relative(project, at.fileName) : "options";
        return `${where}: ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
      });
    },
  };
}
