import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import type { Browser } from "playwright-core";
import {
  coldPage,
  fileBytes,
  firstImport,
  runCell,
  toLife,
  weigher,
  withoutOutputs,
} from "../../browser/site/bytes.js";
import type { Hosted } from "../../browser/site/hosted.js";
import { ownPage } from "./ownPage.js";
import { firstTraining } from "./recipe.js";

export interface Size {
  readonly what: string;
  readonly bytes: number;
}

/** What each further thing takes, zipped, beside what was fetched before it. */
export async function sizes(browser: Browser, site: Hosted): Promise<Size[]> {
  const names = readdirSync(path.join(site.folder, "notebooks")).map((file) => path.basename(file, ".ipynb"));
  const readings: number[] = [];
  const runnings: number[] = [];
  for (const name of names.sort()) {
    const weigh = weigher(site);
    const page = await coldPage(browser, { serviceWorkers: "block" });
    await page.goto(site.at(`${name}.html?short`));
    await toLife(page);
    const html = readFileSync(path.join(site.folder, `${name}.html`), "utf8");
    readings.push(weigh().bytes - fileBytes(site, `${name}.html`) + withoutOutputs(html));
    await runCell(page, firstImport(site, name));
    runnings.push(weigh().bytes);
    await page.context().close();
  }
  const training = await ofTraining(browser, site);
  const files = ["types.js", "types.json"];
  const pieces = (start: string): string[] =>
    readdirSync(path.join(site.folder, "scripts")).filter((file) => file.startsWith(start));
  const sum = (all: readonly string[]): number => all.reduce((bytes, file) => bytes + fileBytes(site, file), 0);
  const inScripts = (start: string): number => sum(pieces(start).map((file) => `scripts/${file}`));
  const weights = readdirSync(path.join(site.folder, "assets/models"), { recursive: true, encoding: "utf8" });
  const tensors = weights.filter((file) => file.endsWith(".safetensors"));
  return [
    { what: `reading a page, its outputs apart: the lightest of ${names.length}`, bytes: Math.min(...readings) },
    { what: "the heaviest (at most 120 kB)", bytes: Math.max(...readings) },
    { what: "a first cell that imports the library, the lightest", bytes: Math.min(...runnings) },
    { what: "the heaviest (at most 350 kB)", bytes: Math.max(...runnings) },
    { what: "a first cell that trains twins", bytes: training.bytes },
    { what: "its text, Moby-Dick", bytes: training.data },
    { what: "the editor", bytes: inScripts("editor-") },
    { what: "types.js and types.json, the editor's compiler", bytes: sum(files) },
    { what: "mathjs, where a cell asks for formulas", bytes: inScripts("mathjs-") },
    { what: "all of Observable Plot, where a cell imports it", bytes: fileBytes(site, "observable.js") },
    ...tensors.sort().map((file) => ({ what: `trained weights: ${file}`, bytes: fileBytes(site, `assets/models/${file}`) })), // prettier-ignore
    {
      what: "kept by the service worker after a first visit, for a life without a network",
      bytes: sum(keptFiles(site)),
    },
  ];
}

async function ofTraining(browser: Browser, site: Hosted): Promise<{ bytes: number; data: number }> {
  const weigh = weigher(site);
  const page = await ownPage(browser, site, [firstTraining]);
  weigh();
  const { state, text } = await runCell(page, "c0");
  if (state !== "done") throw new Error(`a first training: ${text}`);
  await page.context().close();
  return weigh();
}

/** What the service worker fetches when it is installed. */
function keptFiles(site: Hosted): string[] {
  const program = readFileSync(path.join(site.folder, "service.js"), "utf8");
  return [...new Set(program.match(/(?:scripts\/)?[\w.-]+\.js/g))];
}
