// The playground without the course, in seconds: npm start -- --playground.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { Problem, root, run } from "../setup/run.mjs";
import { writeAssets, writeScripts } from "./live.mjs";
import { SHELL } from "./plan.mjs";
import { searchFiles } from "./search.mjs";

const PAGES = [
  { href: "playground/index.html", title: "Playground" },
  { href: "playground/router.html", title: "Be the router" },
];

/** Writes it into build/playground. @param {string} python of the clone's environment  @returns {Promise<string>} the folder */
export async function makePlayground(python) {
  const out = path.join(root, "build/playground");
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const shell = { text: "", folder: ".", href: SHELL, title: "Twinformer", contents: false };
  const planFile = path.join(root, "build/playground-plan.json");
  const files = Object.fromEntries(PAGES.map(({ href }) => [href, href]));
  writeFileSync(planFile, JSON.stringify({ out, shell: SHELL, menu: PAGES, files, pages: [shell] }));
  await ran(python, [path.join(root, "scripts/site/pages.py"), planFile]);
  const tsx = pathToFileURL(path.join(root, "node_modules/tsx/dist/loader.mjs")).href;
  await ran(process.execPath, ["--import", tsx, path.join(root, "scripts/site/made/alone.ts"), planFile]);
  writeFileSync(
    path.join(out, "index.html"),
    '<!doctype html><html lang="en"><title>Twinformer</title><meta http-equiv="refresh" content="0; url=playground/"><a href="playground/">The playground</a></html>\n',
  );
  writeAssets(out);
  for (const [name, text] of Object.entries(await searchFiles(PAGES, out))) writeFileSync(path.join(out, name), text);
  await writeScripts(out, { isWhole: false });
  return out;
}

async function ran(program, args) {
  const { code, output } = await run(program, args);
  if (code !== 0) throw new Problem(`the playground could not be made:\n${output.trim()}`);
}
