import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Generator, randn } from "../../lib/index.js";
import { twins } from "../../lib/models/index.js";
import { moduleTree, tensorFigure } from "../../lib/notebook/index.js";
import { loadChart, lossChart } from "../../lib/plot/index.js";
import { twinRows } from "../plot/rows.js";
import { allRan, errors, Lab, runAll, runCode, screenshots } from "./lab.js";

// Outputs in places where they can't be taken for granted: after a restart, and in a notebook that somebody else ran.
interface Cell {
  cell_type: string;
  source: string | string[];
}

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
}, 600_000); // may have to install JupyterLab
afterAll(() => lab.stop());

/** Writes a notebook into the folder that JupyterLab shows. */
function write(name: string, cells: readonly object[]) {
  const metadata = { kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" } };
  const notebook = { nbformat: 4, nbformat_minor: 5, metadata, cells };
  writeFileSync(path.join(lab.folder, name), JSON.stringify(notebook));
}

const code = (id: string, source: string, html: readonly string[] = []) => ({
  cell_type: "code",
  id,
  metadata: {},
  execution_count: html.length > 0 ? 1 : null,
  source,
  outputs: html.map((text) => ({ output_type: "display_data", metadata: {}, data: { "text/html": text } })),
});

const shown = `import { Generator, randn } from "twinformer";
import { display } from "twinformer/notebook";
display(randn([6, 8], new Generator(1)));
display(moe);
console.log("process", process.pid);`;

test(
  "a restarted kernel runs the first cells again, and shows a tensor and a model",
  { timeout: 120_000 },
  async () => {
    const source = readFileSync(path.join(lab.folder, "00-twins.ipynb"), "utf8");
    const codeCells = (JSON.parse(source) as { cells: Cell[] }).cells.filter(({ cell_type }) => cell_type === "code");
    write("restart.ipynb", [...codeCells.slice(0, 2), code("show", shown)]);
    const page = await lab.open("restart.ipynb");
    await runAll(page);
    await allRan(page, 40);
    const process = page.locator(".jp-OutputArea-output", { hasText: /^\s*process \d+/ });
    const before = await process.textContent();

    await page.locator(".lm-MenuBar-item", { hasText: /^Kernel$/ }).click();
    await page.locator(".lm-Menu-item", { hasText: /^Restart Kernel and Run All Cells/ }).click();
    await page.locator(".jp-Dialog .jp-mod-accept").click();
    await expect.poll(() => process.textContent({ timeout: 40_000 }), { timeout: 40_000 }).not.toBe(before);
    await allRan(page, 10);
    expect(await errors(page)).toEqual([]);
    expect(await page.locator('figure[data-figure="tensor"] svg').isVisible()).toBe(true);
    expect(await page.locator('figure[data-figure="tensor"] img').isVisible()).toBe(false);
    const experts = page.locator('[data-figure="modules"] svg .module', { hasText: "Experts" });
    expect(await experts.isVisible()).toBe(true);
    expect(await runCode(page, "console.log(dense.parameters().length > 0)")).toBe("true");
    await page.screenshot({ path: path.join(screenshots, "restarted.png") });
    await page.context().close();
  },
);

const slid = `import { queues, slider } from "twinformer/plot";
import { display } from "twinformer/notebook";
const stop = (places: number) => [String(places), queues([], { nExpert: 2, capacity: places, title: places + " places" })] as const;
for (const label of ["first", "second"]) display(slider([2, 3, 5].map(stop), { label, start: "3" }));`;

test("a slider shows the picture of its pressed stop, by mouse and by key, and leaves another one alone", async () => {
  write("slider.ipynb", [code("slid", slid)]);
  const page = await lab.open("slider.ipynb");
  await runAll(page);
  await allRan(page, 60);
  expect(await errors(page)).toEqual([]);
  const shown = () =>
    page.locator(".twinformer-slider figure svg:visible text", { hasText: " places" }).allTextContents();
  expect(await shown()).toEqual(["3 places", "3 places"]);
  const knobs = page.locator(".twinformer-slider").first().locator("input");
  await knobs.last().check();
  expect(await shown()).toEqual(["5 places", "3 places"]);
  await knobs.last().press("ArrowLeft");
  await page.keyboard.press("ArrowLeft");
  expect(await shown()).toEqual(["2 places", "3 places"]);
  await page.screenshot({ path: path.join(screenshots, "slider.png") });
  await page.context().close();
});

const turned = `import { capacityKnobs } from "twinformer/interactive";
import { display } from "twinformer/notebook";
for (const seed of [1, 2]) display(capacityKnobs(Array.from({ length: 40 }, (_, n) => ({ scores: [n * seed % 7, n % 5, n % 3] }))));`;

test("a figure with knobs is live in JupyterLab, which leaves it its arrow keys, and another one alone", async () => {
  write("knobs.ipynb", [code("turned", turned)]);
  const page = await lab.open("knobs.ipynb");
  await runAll(page);
  await allRan(page, 60);
  expect(await errors(page)).toEqual([]);
  const live = page.locator(".twinformer-live svg");
  await live.last().waitFor();
  const words = () => live.evaluateAll((all) => all.map((svg) => svg.getAttribute("aria-label")!));
  const before = await words();
  expect(before.map((text) => text.startsWith("At factor 1,"))).toEqual([true, true]);
  await page.getByLabel("capacity factor", { exact: true }).first().press("ArrowRight");
  await expect.poll(async () => (await words())[0]).toMatch(/^At factor 1.05,/);
  expect((await words())[1]).toBe(before[1]);
  await page.screenshot({ path: path.join(screenshots, "knobs-lab.png") });
  await page.context().close();
});

test("a notebook that somebody else ran shows its pictures, still and without stray words", async () => {
  const tree = moduleTree(twins({ vocabSize: 65, dModel: 32, nLayer: 2, nHead: 4, blockSize: 16 }).moe);
  const heat = tensorFigure(randn([2, 6, 7], new Generator(1)));
  const figures = [lossChart(twinRows(40)), loadChart(twinRows(40)), heat, tree];
  const outputs = figures.map((picture) => picture.html());
  write("untrusted.ipynb", [code("ran", "// ran elsewhere", outputs)]);
  for (const theme of ["Dark", "Light"] as const) {
    await lab.theme(theme);
    const page = await lab.open("untrusted.ipynb");
    const output = page.locator(".jp-OutputArea-output");
    await output.last().waitFor();
    expect(await output.count()).toBe(4);
    expect(await output.locator("svg, style, script").count()).toBe(0); // else it was trusted, and this proves nothing
    for (const [i, figure] of figures.entries()) {
      const image = output.nth(i).locator("img");
      await image.scrollIntoViewIfNeeded();
      expect(await image.isVisible()).toBe(true);
      expect(await image.evaluate((element: HTMLImageElement) => element.naturalWidth)).toBe(figure.width);
      expect((await output.nth(i).innerText()).trim()).toBe("");
      expect((await output.nth(i).boundingBox())!.height).toBeLessThan(figure.height + 60); // nothing below it
    }
    await page.screenshot({ path: path.join(screenshots, `untrusted-${theme.toLowerCase()}.png`) });
    await page.context().close();
  }
});
