/** Every notebook's page, run to its end in every browser, its claims beside those of the run in Node. */

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { differences } from "../../test/browser/site/claims.js";
import {
  type Engine,
  type EngineName,
  engineNames,
  engines,
  type OpenPage,
} from "../../test/browser/site/engines/index.js";
import { type Ran, runToEnd } from "../../test/browser/site/engines/notebook.js";
import { hosted } from "../../test/browser/site/hosted.js";
import { inNode } from "../../test/browser/site/inNode.js";
import { tableOf, writePart } from "../record/parts.mjs";
import { thisMachine } from "../record/thisMachine.mjs";
import { Problem, root } from "../setup/run.mjs";
import { notebookFiles, staleness } from "./executed.mjs";

const usage = `npm run site:matrix [-- options]     runs the pages of build/site in every browser that is installed

Its claims must hold what they hold in Node: what build/notebooks lacks in this form is executed first, into build/matrix.
A run of all is written into docs/browsers.md.

  --full           trains as long as a reader does; else the short form
  --engine NAME    ${engineNames.join(", ")}; may be given again
  --notebook NAME  "05-parameters" or "05"; may be given again`;

interface Row {
  readonly notebook: string;
  readonly engine: EngineName;
  readonly ran: Ran;
  readonly different: readonly string[];
}

function asked() {
  const { values } = parseArgs({
    options: {
      full: { type: "boolean", default: false },
      engine: { type: "string", multiple: true, default: [] },
      notebook: { type: "string", multiple: true, default: [] },
      help: { type: "boolean", short: "h", default: false },
    },
  });
  const all = notebookFiles().map((file) => path.basename(file, ".ipynb"));
  const isAsked = (name: string): boolean => values.notebook.some((one) => name === one || name.startsWith(`${one}-`));
  const notebooks = values.notebook.length === 0 ? all : all.filter(isAsked);
  const names = engineNames.filter((name) => values.engine.length === 0 || values.engine.includes(name));
  if (names.length === 0 || notebooks.length === 0) throw new Problem(`There is nothing of that name.\n\n${usage}`);
  const isAll = notebooks.length === all.length && names.length === engineNames.length;
  return { ...values, notebooks, names, isAll };
}

/** The folder that holds a notebook executed in this form, where it is executed first if nobody has. */
function folderOf(name: string, form: "short" | "full"): string {
  const own = path.join(root, "build/matrix", form);
  const read = (file: string): object => JSON.parse(readFileSync(file, "utf8")) as object;
  const source = read(path.join(root, "notebooks", `${name}.ipynb`));
  for (const folder of [path.join(root, "build/notebooks"), own]) {
    const file = path.join(folder, `${name}.ipynb`);
    const isThere = existsSync(file) && staleness(source, read(file), true) === "";
    if (isThere && inNode(name, folder).form === form) return folder;
  }
  console.log(`${name}: executed in Node first`);
  const args = ["scripts/notebooks.mjs", name, "--out", own, ...(form === "short" ? ["--short"] : [])];
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: ["ignore", "ignore", "inherit"] });
  if (status !== 0) throw new Problem(`${name} failed in Node.`);
  return own;
}

/** "12.3 s, 8 claims equal", or what is wrong. */
function outcome({ ran, different }: Row): string {
  const count = ran.claims.length;
  const claims = count === 0 ? "no claims" : `${count} ${count === 1 ? "claim" : "claims"} equal`;
  const cut = ran.cut > 0 ? `, ${ran.cut} ${ran.cut === 1 ? "training" : "trainings"} ended by a time limit` : "";
  if (ran.errors.length > 0) return `FAILED: ${ran.errors.join("; ")}`;
  const found = different.length > 0 ? `DIFFERENT: ${different.slice(0, 8).join("; ")}` : claims;
  return `${ran.seconds.toFixed(1)} s, ${found}${cut}`;
}

/** A browser that hangs or dies is a failure of this page, and of no other. */
async function inPage(engine: Engine, address: string, form: "short" | "full"): Promise<Ran> {
  let page: OpenPage | undefined;
  try {
    page = await engine.open(address);
    return await runToEnd(page, form === "short" ? 600_000 : 1_800_000);
  } catch (error) {
    return { seconds: NaN, claims: [], errors: [`the browser failed: ${String(error)}`], cut: 0 };
  } finally {
    await page?.close().catch(() => {});
  }
}

async function ofEngine(engine: Engine, notebooks: readonly string[], form: "short" | "full"): Promise<Row[]> {
  const site = await hosted({ probe: true });
  const rows: Row[] = [];
  for (const notebook of notebooks) {
    const { claims } = inNode(notebook, folderOf(notebook, form));
    const ran = await inPage(engine, site.at(`${notebook}.html?patience=5${form === "short" ? "&short" : ""}`), form);
    const different = ran.errors.length > 0 ? [] : differences(notebook, claims, ran.claims);
    rows.push({ notebook, engine: engine.name, ran, different });
    console.log(`${notebook.padEnd(16)} ${engine.name.padEnd(9)} ${outcome(rows.at(-1)!)}`);
  }
  site.close();
  return rows;
}

async function record(rows: readonly Row[], versions: readonly string[], full: boolean): Promise<void> {
  const { cpu, node, commit, load, date } = thisMachine();
  const cell = (notebook: string, name: EngineName): string => {
    const row = rows.find((one) => one.notebook === notebook && one.engine === name)!;
    return outcome(row).replaceAll("|", "\\|").replace(/\s+/g, " ").slice(0, 400);
  };
  const notebooks = [...new Set(rows.map(({ notebook }) => notebook))];
  const table = tableOf(
    ["notebook", ...versions],
    notebooks.map((notebook) => [notebook, ...engineNames.map((name) => cell(notebook, name))]),
  );
  const how = `\`npm run site:matrix${full ? " -- --full" : ""}\` on ${date}, commit ${commit}: the ${full ? "full" : "short"} form, ${cpu}, load ${load}, Node ${node}.`;
  await writePart("docs/browsers.md", "matrix", `${how}\n\n${table}`);
}

async function main(): Promise<void> {
  const { full, help, notebooks, names, isAll } = asked();
  if (help) {
    console.log(usage);
    return;
  }
  if (!existsSync(path.join(root, "build/site/cells.js")))
    throw new Problem("There is no build/site: run npm run site -- --short first.");
  const form = full ? "full" : "short";
  const found = engines();
  const missing = names.filter((name) => found[name].open === null);
  for (const name of missing) console.log(`${name} is not installed (Debian: apt-get install ${found[name].packages})`);
  const rows: Row[] = [];
  const versions: string[] = [];
  for (const name of names) {
    const engine = await found[name].open?.();
    if (!engine) continue;
    versions.push(engine.version);
    console.log(engine.version);
    rows.push(...(await ofEngine(engine, notebooks, form)));
    await engine.close();
  }
  if (isAll && missing.length === 0) await record(rows, versions, full);
  const bad = rows.filter(({ ran, different }) => ran.errors.length > 0 || different.length > 0).length;
  console.log(`${rows.length - bad} passed, ${bad} failed`);
  if (bad > 0) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Problem ? error.message : error);
  process.exitCode = 1;
}
