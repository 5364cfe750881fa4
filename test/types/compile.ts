/** Compiles sources in memory, with any version of TypeScript, against the library's sources or its published types. */

import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type * as TypeScript from "typescript";

type Compiler = typeof TypeScript;
const require = createRequire(import.meta.url);

export const root = fileURLToPath(new URL("../..", import.meta.url));
export const current = require("typescript") as Compiler;
/** The compiler inside the notebook kernel: 5.0.4. */
export const tslab = require("@tslab/typescript-for-tslab") as Compiler;

/** Texts by path; they come before what is on disk. */
export type Files = ReadonlyMap<string, string>;

export interface Message {
  path: string;
  /** Position in the text. */
  at: number;
  text: string;
}

export interface Compiled {
  messages: Message[];
  sources: ReadonlyMap<string, TypeScript.SourceFile>;
  /** Type instantiations: how hard the compiler had to work, whatever the machine. */
  instantiations: number;
}

/** Reports everything that the compiler says about `files`. */
export function compile(
  ts: Compiler,
  options: TypeScript.CompilerOptions,
  files: Files,
  others: Files = new Map(),
): Compiled {
  const host = inMemory(ts, options, new Map([...others, ...files]));
  const program = ts.createProgram([...files.keys()], { ...options, noEmit: true }, host);
  const sources = new Map([...files.keys()].map((path) => [path, program.getSourceFile(path)!]));
  const found = [
    ...program.getOptionsDiagnostics(),
    ...[...sources.values()].flatMap((file) => [
      ...program.getSyntacticDiagnostics(file),
      ...program.getSemanticDiagnostics(file),
    ]),
  ];
  const messages = found.map((d) => ({
    path: d.file?.fileName ?? "",
    at: d.start ?? 0,
    text: ts.flattenDiagnosticMessageText(d.messageText, "\n"),
  }));
  const { getInstantiationCount } = program as unknown as { getInstantiationCount: () => number };
  return { messages, sources, instantiations: getInstantiationCount() };
}

/** Files from disk, parsed once for all compilations of one compiler. */
const parsed = new Map<string, TypeScript.SourceFile>();

function inMemory(ts: Compiler, options: TypeScript.CompilerOptions, files: Files): TypeScript.CompilerHost {
  const host = ts.createCompilerHost(options);
  const folders = new Set([...files.keys()].map(dirname));
  const disk = ts.sys;
  return Object.assign(host, {
    readFile: (path: string) => files.get(path) ?? disk.readFile(path),
    fileExists: (path: string) => files.has(path) || disk.fileExists(path),
    directoryExists: (path: string) => folders.has(path) || disk.directoryExists(path),
    getSourceFile: (path: string, version: TypeScript.ScriptTarget | TypeScript.CreateSourceFileOptions) => {
      const text = files.get(path);
      if (text !== undefined) return ts.createSourceFile(path, text, version, true);
      const key = `${ts.version} ${path}`;
      const known = parsed.get(key);
      const onDisk = known ? undefined : disk.readFile(path);
      const file = known ?? (onDisk === undefined ? undefined : ts.createSourceFile(path, onDisk, version, true));
      if (file) parsed.set(key, file);
      return file;
    },
  });
}

/** The project's own options. */
export function strictOptions(): TypeScript.CompilerOptions {
  const { config } = current.readConfigFile(join(root, "tsconfig.json"), (path) => current.sys.readFile(path)) as {
    config: object;
  };
  return { ...current.parseJsonConfigFileContent(config, current.sys, root).options, types: [] };
}

/** The options of the notebook kernel; `twinformer` is found among the published types. */
export function tslabOptions(): TypeScript.CompilerOptions {
  return {
    target: tslab.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    module: tslab.ModuleKind.ESNext,
    moduleResolution: tslab.ModuleResolutionKind.Node10,
    esModuleInterop: true,
    skipLibCheck: true,
    types: [],
    baseUrl: root,
    paths: { twinformer: ["published/index.d.ts"] },
  };
}

/** The declaration files that a build would publish, under `published/`. */
export function publishedTypes(): Files {
  const files = new Map<string, string>();
  const options = {
    ...strictOptions(),
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: join(root, "lib"),
    outDir: join(root, "published"),
  };
  const program = current.createProgram([join(root, "lib/index.ts")], options, inMemory(current, options, new Map()));
  program.emit(undefined, (path, text) => files.set(path, text));
  return files;
}
