// The declarations that the editor's compiler sees: one file, fetched when somebody edits.
import { realpathSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { root } from "../setup/run.mjs";

// The kernel's own TypeScript decides what a module's name leads to: another version reads package.json in another way.
const ts = createRequire(import.meta.url)("@tslab/typescript-for-tslab");

/** Of Node what a page has, and what the declarations of that name. */
const nodeParts = [
  "compatibility/iterators",
  "ts5.6/compatibility/float16array",
  "ts5.6/globals.typedarray",
  "ts5.6/buffer.buffer",
  "globals",
  ...["abortcontroller", "crypto", "domexception", "events", "fetch", "navigator", "storage", "streams"].map(
    (name) => `web-globals/${name}`,
  ),
  ...["buffer", "console", "crypto", "events", "fs", "fs/promises", "os", "path", "perf_hooks", "process", "stream"],
  ...[
    "stream/promises",
    "stream/consumers",
    "stream/web",
    "timers",
    "timers/promises",
    "url",
    "util",
    "worker_threads",
  ],
];

/** Whose comments hover shows: those of Node and of what only our own declarations import are half a megabyte that nobody asked for. */
const withComments = /^\/node_modules\/(twinformer|tslab|@tslab|@observablehq)\//;

/** Where the editor's compiler finds a file of this clone. */
function placeOf(file) {
  const [modules, own] = ["node_modules", "."].map((folder) => realpathSync(path.join(root, folder)) + path.sep);
  const inModules = file.startsWith(modules);
  const inside = path
    .relative(inModules ? modules : own, file)
    .split(path.sep)
    .join("/");
  return inModules ? `/node_modules/${inside}` : `/node_modules/twinformer/${inside}`;
}

/** What a package.json says to somebody who looks for types. */
function typesOf(file) {
  const { name, version, types, typings, typesVersions } = JSON.parse(readFileSync(file, "utf8"));
  return { name, version, types, typings, typesVersions };
}

function shortened(place, source) {
  if (withComments.test(place)) return source.text;
  return ts.createPrinter({ removeComments: true, newLine: ts.NewLineKind.LineFeed }).printFile(source);
}

/** All declarations by their paths in the editor's file system: this package's as it is published, TypeScript's own, and those
 *  of Node, Plot, d3, mathjs and tslab.
 *  @returns {Promise<Record<string, string>>} */
export async function typeFiles() {
  const { name, exports } = JSON.parse(readFileSync(path.join(root, "package.json"), "utf8"));
  const own = Object.keys(exports).filter((entry) => !entry.endsWith(".json"));
  const names = [...own.map((entry) => name + entry.slice(1)), "@observablehq/plot", "d3", "mathjs", "tslab"];
  const probe = path.join(root, "probe.ts");
  const node = path.join(root, "node_modules/@types/node");
  const options = {
    target: ts.ScriptTarget.ES2022,
    lib: ["lib.es2022.d.ts"],
    module: ts.ModuleKind.ESNext,
    moduleResolution: ts.ModuleResolutionKind.Node10,
    skipLibCheck: true,
    types: [],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  const text = names.map((one) => `import ${JSON.stringify(one)};`).join("\n");
  host.getSourceFile = (file, ...rest) =>
    file === probe ? ts.createSourceFile(file, text, options.target) : getSourceFile(file, ...rest);
  host.fileExists = (file) => file === probe || fileExists(file);
  // A module that is only imported for what it does is not looked for: the names have to be resolved by hand.
  const found = names.map((one) => {
    const { resolvedModule } = ts.resolveModuleName(one, probe, options, host);
    if (!resolvedModule) throw new Error(`there are no types of "${one}": run npm run build first`);
    return resolvedModule.resolvedFileName;
  });
  const parts = nodeParts.map((part) => path.join(node, `${part}.d.ts`));
  const program = ts.createProgram([...found, ...parts], options, host);

  const files = {};
  for (const source of program.getSourceFiles()) {
    const place = placeOf(realpathSync(source.fileName));
    // What else of Node the parts mention is any: a page has none of it.
    if (place.startsWith("/node_modules/@types/node/") && !parts.some((part) => placeOf(realpathSync(part)) === place))
      continue;
    files[place] = shortened(place, source);
    const home = /^\/node_modules\/(?:@[^/]+\/)?[^/]+\//.exec(place)[0] + "package.json";
    files[home] ??= JSON.stringify(
      typesOf(path.join(root, home.startsWith("/node_modules/twinformer/") ? "package.json" : home.slice(1))),
    );
  }
  files["/node_modules/@types/node/package.json"] = JSON.stringify({ name: "@types/node", types: "index.d.ts" });
  files["/node_modules/@types/node/index.d.ts"] = nodeParts
    .map((part) => `/// <reference path="./${part}.d.ts" />\n`)
    .join("");
  return files;
}

/** What the compiler asks of Node as it is loaded, without Node; all else it asks for only where there is one. */
const standIns = {
  path: `
    const parts = (path) => path.split("/").filter((part) => part !== "" && part !== ".");
    exports.join = (...paths) => {
      const inside = [];
      for (const part of parts(paths.join("/"))) {
        if (part === ".." && inside.length > 0) inside.pop();
        else inside.push(part);
      }
      return (paths[0].startsWith("/") ? "/" : "") + inside.join("/");
    };
    exports.dirname = (path) => path.replace(/\\/[^/]*$/, "") || "/";
    exports.relative = (from, to) => {
      const [left, right] = [parts(from), parts(to)];
      while (left.length > 0 && left[0] === right[0]) {
        left.shift();
        right.shift();
      }
      return [...left.map(() => ".."), ...right].join("/");
    };`,
  semver: "exports.major = () => 22;",
  ...Object.fromEntries(
    ["fs", "os", "crypto", "buffer", "inspector", "perf_hooks", "source-map-support"].map((name) => [name, ""]),
  ),
};

/** For rolldown: with it tslab's converter and its TypeScript go into a worker.
 *  @type {import("rolldown").Plugin} */
export const compilerInWorker = {
  name: "the kernel's compiler in a worker",
  resolveId: (id) => (Object.hasOwn(standIns, id) ? `\0stand-in:${id}.cjs` : null),
  load: (id) => (id.startsWith("\0stand-in:") ? standIns[id.slice("\0stand-in:".length, -".cjs".length)] : null),
  transform: {
    filter: { id: /tslab[\\/]dist[\\/]converter\.js$/ },
    // A module may not call a variable "await".
    handler: (code) =>
      code
        .replaceAll("process.version", '"v22.0.0"')
        .replaceAll("__dirname", '"/node_modules/tslab/dist"')
        .replace(/\bawait\b/g, "token"),
  },
};
