import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { engine, expectProgramWorked, writeProgram } from "./project.js";
import { launch, visit } from "./visit.js";
import { pageOf, viteBuild } from "./vite.js";

/** Builds the page whose script is `script` with Vite; gives its folder, its scripts, and those of them that the page loads at once. */
async function build(name: string, script: string): Promise<{ folder: string; scripts: string[]; first: string[] }> {
  const folder = await viteBuild(name, { "index.html": pageOf("main.ts"), "main.ts": script });
  const files = readdirSync(path.join(folder, "assets")).filter((file) => file.endsWith(".js"));
  const read = (file: string): string => readFileSync(path.join(folder, "assets", file), "utf8");
  const page = readFileSync(path.join(folder, "index.html"), "utf8");
  return { folder, scripts: files.map(read), first: files.filter((file) => page.includes(file)).map(read) };
}

const gzipped = (texts: string[]) => gzipSync(texts.join("\n")).length / 1000;

let browser: Browser | undefined;
beforeAll(async () => void (browser = await launch()));
afterAll(() => browser?.close());

/** What the page of the program says and draws, served with this Content-Security-Policy, under which these kernels run. */
async function trained(folder: string, policy: string, kernels?: RegExp) {
  const { page, trouble } = await visit(browser!, folder, { policy });
  await page.waitForFunction(() => document.title !== "page");
  expectProgramWorked(JSON.parse(await page.title()), kernels);
  return { trouble, figures: await page.locator("figure.twinformer svg[role=img]:visible").count() };
}

test("a page built by Vite trains both twins in the browser and draws them, also where its policy forbids WebAssembly", async ({
  skip,
}) => {
  writeProgram("page-program.ts");
  const main = `
    import { program } from "../page-program.ts";
    program().then((result) => (document.title = JSON.stringify(result)), (error) => (document.title = String(error)));`;
  const { folder, scripts } = await build("page", main);
  expect(scripts.join("")).not.toContain("worker_threads"); // a page has no threads: package.json's "browser" leaves them out

  skip(!browser && process.env.CI !== "true", "no Chromium was found");
  expect(await trained(folder, "")).toEqual({ trouble: [], figures: 2 });
  const { trouble, figures } = await trained(folder, "script-src 'self'", /^typescript$/);
  expect(figures).toBe(2);
  for (const line of trouble)
    expect(line).toMatch(/WebAssembly.*Content Security Policy|Content Security Policy.*WebAssembly/i);
});

test("what is imported and not used is not packed: the package has no side effects", async () => {
  const unused = engine.map((entry) => `import "${entry}";`).join("\n");
  const { scripts } = await build("nothing", `${unused}\nimport { lossChart } from "twinformer/plot";\n`);
  expect(scripts.join("")).not.toMatch(/matmul|svg|WebAssembly/);
});

test("minified and gzipped, WebAssembly included, the engine is below 62 kB, a page that trains below 74, all engine entries below 116", async () => {
  const all = (entries: string[]) =>
    entries.map((entry, i) => `import * as e${i} from "${entry}"; console.log(Object.entries(e${i}));`).join("\n");
  const training = `
    import { fromText } from "twinformer/data";
    import { twins } from "twinformer/models";
    import { generate, train } from "twinformer/train";
    console.log(fromText, twins, generate, train);`;
  const sizeOf = async (name: string, script: string) => gzipped((await build(name, script)).scripts);
  const core = await sizeOf("core", all(["twinformer"]));
  // What saves a run is loaded by a run that is saved.
  const page = gzipped((await build("training", training)).first);
  const everything = await sizeOf("engine", all(engine));
  console.log(`size of the engine, all its exports: ${core.toFixed(1)} kB minified and gzipped`);
  console.log(`size of what a page needs that trains and samples both twins: ${page.toFixed(1)} kB`);
  console.log(`size of all exports of engine, routers, models, data and training: ${everything.toFixed(1)} kB`);
  expect(core).toBeGreaterThan(10);
  expect(core).toBeLessThan(62);
  expect(page).toBeLessThan(74);
  expect(everything).toBeLessThan(116);
});
