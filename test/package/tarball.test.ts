import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";
import ts from "typescript";
import { expect, inject, test } from "vitest";
import { root } from "../../scripts/setup/run.mjs";
import { engine, entries, project } from "./project.js";

const unpacked = path.join(inject("bare"), "node_modules/twinformer");
const files = readdirSync(unpacked, { recursive: true, encoding: "utf8" })
  .filter((file) => statSync(path.join(unpacked, file)).isFile())
  .sort();
const read = (file: string) => readFileSync(path.join(unpacked, file), "utf8");

interface Manifest {
  license: string;
  sideEffects: boolean;
  dependencies: Record<string, string>;
  peerDependencies: Record<string, string>;
  peerDependenciesMeta: Record<string, { optional: boolean }>;
  browser: Record<string, string>;
  exports: Record<string, string | { types: string; node: string; default: string }>;
}
const manifest = JSON.parse(read("package.json")) as Manifest;

/** The file behind an entry: the compiled module, which bundlers get, or what is packed for Node. */
function fileOf(entry: string, condition: "default" | "node" = "default"): string {
  const target = manifest.exports[entry.replace("twinformer", ".")];
  return path.posix.normalize((target as Record<typeof condition, string>)[condition]);
}
const nodeFileOf = (entry: string) => fileOf(entry, "node");
const isForNode = (file: string) => /^dist[\\/]node[\\/]/.test(file);

/** The modules that a module imports, in the words of its import statements. */
const importsOf = (file: string) => ts.preProcessFile(read(file)).importedFiles.map((at) => at.fileName);

/** All modules of the package that are loaded with these, and the names of whatever else they import. */
function graph(from: string[]): { own: Set<string>; others: Set<string> } {
  const [own, others] = [new Set<string>(), new Set<string>()];
  const follow = (file: string) => {
    if (own.has(file)) return;
    own.add(file);
    for (const name of importsOf(file)) {
      if (name.startsWith(".")) follow(path.posix.join(path.posix.dirname(file), name));
      else others.add(name);
    }
  };
  from.forEach(follow);
  return { own, others };
}

test("the tarball holds what was compiled, the command, sample texts, the readme and what it leads to, and nothing else", () => {
  const compiled = files.filter(
    (file) =>
      !isForNode(file) && /^dist[\\/][\w/\\]+(\.reference|\.generated|\.wasm)?(\.d\.ts|\.js|\.js\.map)$/.test(file),
  );
  const others = files.filter((file) => !compiled.includes(file) && !isForNode(file));
  expect(others).toEqual([
    ...[
      ...["CHANGELOG.md", "CITATION.cff", "CONTRIBUTING.md", "LICENSE", "README.md", "SECURITY.md"],
      ...["assets/models/README.md", "assets/texts/german-names.txt", "assets/texts/typescript.txt"],
      ...["assets/twins-dark.svg", "assets/twins.svg"],
      ...[
        "docs/api.md",
        "docs/design.md",
        "docs/interop.md",
        "docs/measurements.md",
        "docs/performance.md",
        "docs/plots.md",
      ],
      "package.json",
      "scripts/twinformer.mjs",
    ],
  ]);
  // One of each kind for every source file, so that nothing is missing and nothing is left over from a source since removed.
  const sources = readdirSync(path.join(root, "lib"), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => path.join("dist", file.slice(0, -3)));
  const expected = sources.flatMap((file) => [".d.ts", ".js", ".js.map"].map((ending) => file + ending));
  expect(compiled).toEqual(expected.sort());
});

test("the readme leads to files of the tarball, to other sites and to notebooks, of which it says that they are in the clone alone", () => {
  const readme = read("README.md");
  const links = [...readme.matchAll(/\]\(([^)#]+)[^)]*\)|(?:src|srcset)="([^"]+)"/g)].map(
    ([, link, image]) => link ?? image,
  );
  expect(links.length).toBeGreaterThan(8);
  const [notebooks, others] = [true, false].map((own) => links.filter((link) => link.startsWith("notebooks/") === own));
  expect(others.filter((link) => !/^https?:/.test(link) && !existsSync(path.join(unpacked, link)))).toEqual([]);
  expect(readme).toContain("The notebooks are in the clone, not in the package.");
  expect(notebooks.filter((link) => !existsSync(path.join(root, link)))).toEqual([]);
});

test("the license is MIT, in package.json and as a text", () => {
  expect(manifest.license).toBe("MIT");
  expect(read("LICENSE")).toMatch(/MIT License[\s\S]*Permission is hereby granted/);
});

test("every package that comes with it has a license as permissive as its own", () => {
  const modules = path.join(project, "node_modules");
  const folders = readdirSync(modules).flatMap((name) =>
    name.startsWith("@") ? readdirSync(path.join(modules, name)).map((inner) => `${name}/${inner}`) : name,
  );
  const packages = folders.filter((name) => !name.startsWith("."));
  expect(packages).toEqual(expect.arrayContaining(["twinformer", ...Object.keys(manifest.dependencies)]));
  const licenses = packages.map((name) => {
    const { license } = JSON.parse(readFileSync(path.join(modules, name, "package.json"), "utf8")) as Manifest;
    return `${name}: ${license}`;
  });
  expect(licenses.filter((line) => !/: (MIT|ISC|0BSD|BSD-[23]-Clause|Apache-2\.0|Unlicense)$/.test(line))).toEqual([]);
});

test("every entry leads to a module and its types, for old and new compilers", () => {
  for (const target of Object.values(manifest.exports).flatMap((at) =>
    typeof at === "string" ? at : Object.values(at),
  ))
    expect(existsSync(path.join(unpacked, target)), target).toBe(true);
  const offered = Object.keys(manifest.exports).filter((name) => name !== "./package.json");
  expect(offered.map((name) => name.replace(".", "twinformer")).sort()).toEqual([...entries].sort());
});

test("the engine imports nothing but itself; the rest imports the dependencies of package.json and no other", () => {
  const core = graph(engine.map((entry) => fileOf(entry)));
  expect(core.own.size).toBeGreaterThan(40);
  expect([...core.others]).toEqual([]);

  const all = graph(entries.map((entry) => fileOf(entry)));
  expect([...all.others].sort()).toEqual([
    "@dagrejs/dagre",
    "@huggingface/tokenizers",
    "@observablehq/plot",
    "d3",
    "d3-sankey",
    "mathjs",
    "valibot",
  ]);
  for (const file of all.own) expect(read(file), file).not.toMatch(/\bcreateRequire\b/); // which no bundle survives
  // mathjs is what `formula` alone needs: who wants one installs it.
  expect(Object.keys(manifest.dependencies).sort()).toEqual([...all.others].filter((name) => name !== "mathjs").sort());
  expect(Object.keys(manifest.peerDependencies).sort()).toEqual(["@resvg/resvg-js", "mathjs"]);
  expect(Object.values(manifest.peerDependenciesMeta)).toEqual([{ optional: true }, { optional: true }]);
});

test("what Node imports is packed into few files, of the same imports, each of which belongs to an entry", () => {
  const [core, all] = [graph(engine.map(nodeFileOf)), graph(entries.map(nodeFileOf))];
  expect([...core.others]).toEqual([]);
  expect([...all.others].sort()).toEqual([...graph(entries.map((entry) => fileOf(entry))).others].sort());
  expect([...all.own].sort()).toEqual(files.map((file) => file.replaceAll("\\", "/")).filter(isForNode));
  expect(graph([nodeFileOf("twinformer")]).own.size).toBeLessThanOrEqual(3);
});

test("every compiled module belongs to an entry, to the command, to a worker, to a page, or takes the place of one there", () => {
  const forPages = Object.values(manifest.browser).map((file) => path.posix.normalize(file));
  const programs = ["dist/cli/main.js", "dist/parallel/expertWorker.js", "dist/plot/interactive/page.js"];
  const { own } = graph([...entries.map((entry) => fileOf(entry)), ...programs, ...forPages]);
  const unused = files
    .map((file) => file.replaceAll("\\", "/"))
    .filter((file) => file.endsWith(".js") && !isForNode(file) && !own.has(file));
  // Modules of types alone compile to empty ones, which no import leads to.
  expect(unused.filter((file) => !/^export \{\};/m.test(read(file)))).toEqual([]);
});

test("no path of the machine that packed it is in the tarball", () => {
  const paths = [root, homedir(), "file://", "node_modules/"].filter((text) => text.length > 5);
  const found = files.flatMap((file) =>
    paths
      .filter((text) => !(file.endsWith(".md") && text === "node_modules/") && read(file).includes(text))
      .map((text) => `${file}: ${text}`),
  );
  expect(found).toEqual([]);
});

test("the tarball stays below 2.6 MB", () => {
  const kilobytes = statSync(inject("tarball")).size / 1000;
  console.log(`size of the tarball: ${kilobytes.toFixed(0)} kB, ${files.length} files`);
  expect(kilobytes).toBeLessThan(2600);
});
