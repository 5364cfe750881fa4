/** Pages that run, in Chromium: every notebook in its short form, and what a reader can do with its cells. */

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import path from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { project } from "../../launcher/clone.js";
import { findChromium } from "../../../scripts/test/chromium.mjs";
import { notebookFiles } from "../../../scripts/site/executed.mjs";
import { differences } from "./claims.js";
import { openChromium } from "./engines/chromium.js";
import type { Engine } from "./engines/engine.js";
import { runToEnd } from "./engines/notebook.js";
import { type Hosted, hosted } from "./hosted.js";
import { inNode } from "./inNode.js";

let browser: Browser;
let engine: Engine;
let site: Hosted;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: findChromium()!, args: ["--no-sandbox", "--disable-gpu"] });
  engine = await openChromium(findChromium()!);
  site = await hosted({ probe: true });
});
afterAll(async () => {
  await Promise.all([browser.close(), engine.close()]);
  site.close();
});

const LONG = 120_000;

async function open(name: string, asks = "?short"): Promise<{ page: Page; problems: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
  const problems: string[] = [];
  page.on("pageerror", ({ message }) => problems.push(`error: ${message}`));
  page.on("console", (line) => line.type() === "error" && problems.push(`console: ${line.text()}`));
  await page.goto(site.at(`${name}.html${asks}`));
  await page.locator(".live-bar").waitFor();
  return { page, problems };
}

const bar = (page: Page, words: string) => page.locator(".live-bar button", { hasText: words });
/** Waits until nothing runs. */
const rest = (page: Page, timeout = LONG) =>
  page.waitForFunction(
    () =>
      ["idle", "asleep"].includes(document.querySelector<HTMLElement>(".live-bar")?.dataset.state ?? "") &&
      !document.querySelector('[data-state="waiting"], [data-state="running"]'),
    null,
    { timeout },
  );

/** Writes other code into a cell and runs it. */
async function runCode(page: Page, cell: number, code: string): Promise<void> {
  const section = page.locator(".code-cell").nth(cell);
  await section.hover();
  await section.locator(".live-cell button", { hasText: "Edit" }).click();
  const editor = section.locator(".live-editor :is(textarea, .cm-content)");
  await editor.click();
  await page.keyboard.press("ControlOrMeta+a");
  await page.keyboard.insertText(code);
  await section.locator(".live-cell button", { hasText: "▶ Run" }).click();
}
/** What stands in the editor of a cell. */
const written = (page: Page, cell: number) =>
  page
    .locator(".code-cell")
    .nth(cell)
    .locator(".live-editor :is(textarea, .cm-content)")
    .evaluate((editor) => (editor as HTMLTextAreaElement).value || (editor as HTMLElement).innerText);
const shown = (page: Page, cell: number) =>
  page
    .locator(".code-cell")
    .nth(cell)
    .locator(".output, .live-error")
    .allInnerTexts()
    .then((texts) => texts.map((text) => text.trim()));

describe("every notebook", () => {
  test.each(notebookFiles().map((file) => path.basename(file, ".ipynb")))(
    "%s runs to its end, and its claims hold what they hold in Node",
    async (name) => {
      const page = await engine.open(site.at(`${name}.html?short`));
      const { claims, errors } = await runToEnd(page);
      expect(errors).toEqual([]);
      const { form, claims: wanted } = inNode(name);
      // What was executed in full before says other numbers; npm test executes all in the short form.
      expect(form === "short" ? differences(name, wanted, claims) : []).toEqual([]);
      await page.close();
    },
  );
});

describe("cells", () => {
  test("share names, may declare them again, wait at the top; an error leaves earlier names alone", async () => {
    const { page } = await open("01-tensors");
    await runCode(page, 0, "const a: number = await Promise.resolve(4);\na");
    await rest(page);
    expect(await shown(page, 0)).toEqual(["4"]);
    await runCode(page, 1, 'const b = a + 1;\nthrow new RangeError("no");');
    await rest(page);
    expect((await shown(page, 1)).join()).toContain("RangeError: no");
    expect((await shown(page, 1)).join()).toContain("Line 2: throw new RangeError");
    await runCode(page, 2, 'const a = "five";\nconsole.log(a, typeof b);');
    await rest(page);
    expect(await shown(page, 2)).toEqual(["five undefined"]);
    await page.close();
  });

  test("that come too early say what helps", async () => {
    const { page } = await open("05-parameters");
    const cell = page.locator(".code-cell").nth(3);
    await cell.locator("button", { hasText: "▶ Run" }).click();
    await rest(page);
    expect((await shown(page, 3)).join()).toMatch(/ReferenceError: .*is not defined[\s\S]*press Run to here/);
    await cell.locator("button", { hasText: "Run to here" }).click();
    await rest(page);
    expect(await page.locator(".live-error").count()).toBe(0);
    await page.close();
  });

  test("stop ends a training between two steps, and what it learned is there", async () => {
    const { page } = await open("00-twins");
    await runCode(page, 0, 'import { mobyDick } from "twinformer/data";\nimport { twins } from "twinformer/models";\nimport { train } from "twinformer/train";\nconst text = await mobyDick();\nconst { moe } = twins({ vocabSize: text.tokenizer.vocabSize, blockSize: 32, nLayer: 1, nHead: 2, dModel: 16 });\nlet steps = 0;\nfor await (const { step } of train(moe, text, { steps: 1e6, batchSize: 2 })) {\n  steps = step;\n  if (step === 3) console.log("learning");\n}\nconsole.log("and on");'); // prettier-ignore
    await page.locator(".output", { hasText: "learning" }).first().waitFor();
    await bar(page, "Stop").click();
    await rest(page);
    expect((await shown(page, 0)).join()).toContain("and on");
    await runCode(page, 1, "console.log(steps > 2, steps < 1e6, moe.training)");
    await rest(page);
    expect((await shown(page, 1)).join()).toMatch(/^true true/);
    await page.close();
  });

  test("a loop that never waits is ended with its worker, and the page says what is lost", async () => {
    const { page, problems } = await open("01-tensors");
    await runCode(page, 0, "const kept = 1;");
    await rest(page);
    await runCode(page, 1, "while (true) {}");
    await page.locator('.live-bar[data-state="running"]').waitFor();
    await bar(page, "Stop").click();
    await rest(page);
    await expect.poll(() => page.locator(".live-bar [role=status]").innerText()).toMatch(/never waited.*Lost: kept/);
    await runCode(page, 2, "typeof kept");
    await rest(page);
    expect(await shown(page, 2)).toEqual(["undefined"]);
    expect(problems).toEqual([]);
    await page.close();
  });
});

test("edits stay in the browser, can be reset, and do not hide what the author wrote since", async () => {
  const { page } = await open("01-tensors");
  await runCode(page, 0, "const mine = 7;\nmine");
  await rest(page);
  await page.reload();
  const first = page.locator(".code-cell").first();
  await expect.poll(() => written(page, 0)).toContain("mine");
  const file = path.join(site.folder, "notebooks/01-tensors.ipynb");
  const before = readFileSync(file, "utf8");
  expect(before).toContain("import");
  await page.route("**/01-tensors.ipynb", async (route) => {
    const notebook = JSON.parse(before) as { cells: { cell_type: string; source: string }[] };
    notebook.cells.find(({ cell_type }) => cell_type === "code")!.source = "const newer = 8;";
    await route.fulfill({ body: JSON.stringify(notebook), contentType: "application/json" });
  });
  await page.evaluate(async () => {
    for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
  });
  await page.reload();
  await first.locator(".live-newer", { hasText: "const newer = 8;" }).waitFor();
  await first.getByRole("button", { name: "Take the author's" }).click();
  await expect.poll(() => written(page, 0)).toContain("newer");
  await page.close();
});

test("the notebook can be downloaded with edits and outputs", async () => {
  const { page } = await open("01-tensors");
  await runCode(page, 0, 'console.log("from a page");');
  await rest(page);
  const [download] = await Promise.all([page.waitForEvent("download"), bar(page, "Download").click()]);
  expect(download.suggestedFilename()).toBe("01-tensors.ipynb");
  const file = JSON.parse(readFileSync(await download.path(), "utf8")) as {
    nbformat: number;
    cells: { cell_type: string; source: string; outputs: { text?: string }[] }[];
  };
  const code = file.cells.filter(({ cell_type }) => cell_type === "code");
  expect(code[0].source).toBe('console.log("from a page");');
  expect(code[0].outputs[0].text).toBe("from a page\n");
  expect(code.slice(1).some(({ outputs }) => outputs.length > 0)).toBe(true);
  // As JupyterLab checks it.
  const check = "import nbformat, sys; nbformat.validate(nbformat.read(sys.argv[1], as_version=4))";
  const python = path.join(project, ".twinformer/python/bin/python");
  const { status, stderr } = spawnSync(python, ["-c", check, await download.path()], { encoding: "utf8" });
  expect(stderr).toBe("");
  expect(status).toBe(0);
  await page.close();
});

test("a page that was seen runs without a network, and on a second visit with threads", async () => {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(site.at("01-tensors.html"));
  await page.evaluate(() => navigator.serviceWorker.ready);
  await page.waitForFunction(async () => (await caches.keys()).length > 0 && (await (await caches.open((await caches.keys())[0])).keys()).length > 20); // prettier-ignore
  await page.reload();
  expect(await page.evaluate(() => crossOriginIsolated)).toBe(true);
  await page.reload();
  await context.setOffline(true);
  await page.reload();
  await bar(page, "Run all").click();
  await rest(page);
  expect(await page.locator(".live-error").allInnerTexts()).toEqual([]);
  await context.close();
});
