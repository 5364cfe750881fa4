import { cpSync } from "node:fs";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { allRan, errors, Lab, lastDrawn, pressStop, runAll, runCode, screenshots, states } from "./lab.js";

// What somebody sees who runs the first notebook in JupyterLab. Both tests take as long as the notebook does: minutes.
const notebook = "00-twins.ipynb";
const figures = ["loss", "load"];
/** The last row of each model, as the kernel knows it after the training cell. */
const lastRows = "JSON.stringify(Object.fromEntries(rows.map((row) => [row.by, row])))";

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
}, 600_000); // may have to install JupyterLab
afterAll(() => lab.stop());

test("both charts move while the twins train, and end in the last row", { timeout: 300_000 }, async () => {
  const page = await lab.open(notebook);
  await runAll(page);
  await page.waitForFunction((n) => (window.figureStates.loss?.size ?? 0) >= n, 5, { timeout: 120_000 });
  // Run All jumps to the last cell; what moves is in sight all the same.
  const { y, height } = (await page.locator('figure[data-figure="loss"]').last().boundingBox())!;
  expect(y).toBeGreaterThan(0);
  expect(y + height).toBeLessThan(page.viewportSize()!.height);
  await allRan(page, 240);
  expect(await errors(page)).toEqual([]);
  const seen = await states(page);
  console.log("different states seen:", seen);
  for (const figure of figures) expect(seen[figure], `states of the ${figure} chart`).toBeGreaterThanOrEqual(20);

  const last = JSON.parse(await runCode(page, `console.log(${lastRows})`)) as Record<
    string,
    { step: number; load: number[][] | null }
  >;
  expect(last).toMatchObject((await lastDrawn(page, "loss")) as object);
  const busiest = last.MoE.load!.map((shares, layer) => ({ layer, busiest: shares.length * Math.max(...shares) }));
  expect(await lastDrawn(page, "load")).toMatchObject({ MoE: { step: last.MoE.step, layers: busiest } });
  expect(last.dense.load).toBeNull();

  for (const theme of ["Light", "Dark"] as const) {
    await lab.theme(theme);
    await lab.save(page, notebook);
    await page.reload();
    for (const figure of figures) {
      const shown = page.locator(`figure[data-figure="${figure}"]`).last();
      await shown.scrollIntoViewIfNeeded();
      expect(await shown.locator("svg").first().isVisible()).toBe(true); // a saved notebook still draws it
      await shown.screenshot({ path: path.join(screenshots, `${figure}-${theme.toLowerCase()}.png`) });
    }
    await page.screenshot({ path: path.join(screenshots, `notebook-${theme.toLowerCase()}.png`) });
  }
  await page.context().close();
});

test(
  "the stop button ends training, keeps what was learned and leaves the later cells clean",
  { timeout: 300_000 },
  async () => {
    cpSync(path.join(lab.folder, notebook), path.join(lab.folder, "stop.ipynb"));
    const page = await lab.open("stop.ipynb");
    await runAll(page);
    await page.waitForFunction((n) => (window.figureStates.loss?.size ?? 0) >= n, 5, { timeout: 120_000 });
    await pressStop(page);
    await allRan(page, 60); // far less than what training had left, with the cells after it

    expect(await errors(page)).toEqual([]);
    const stopped = await states(page);
    const last = JSON.parse(await runCode(page, `console.log(${lastRows})`)) as Record<string, { step: number }>;
    expect(last).toMatchObject((await lastDrawn(page, "loss")) as object);
    expect(last.dense.step).toBeGreaterThan(1);
    expect(Math.abs(last.dense.step - last.MoE.step)).toBeLessThanOrEqual(1);
    await page.waitForTimeout(2000);
    expect(await states(page)).toEqual(stopped); // no loop goes on drawing
    expect(await runCode(page, "console.log(rows.length)")).toBe(await runCode(page, "console.log(rows.length)"));
    await page.context().close();
  },
);
