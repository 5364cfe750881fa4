import { copyFileSync, readdirSync } from "node:fs";
import path from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { project } from "../../launcher/clone.js";
import { errors, Lab, screenshots } from "../lab.js";
import { groundOf, look, settle } from "./look.js";

// Every executed notebook in JupyterLab, with the outputs that it has, light and dark, on a wide screen and on a tablet.
// TWINFORMER_SHOTS=folder writes a picture of each, from top to bottom, for somebody to look at.
const folder = path.join(project, "build/notebooks");
const names = readdirSync(path.join(project, "notebooks"))
  .filter((file) => file.endsWith(".ipynb"))
  .sort();
const shots = process.env.TWINFORMER_SHOTS;
const TRACKER = "@jupyterlab/notebook-extension:tracker";

let lab: Lab;
beforeAll(async () => {
  lab = await Lab.start();
  for (const name of names) copyFileSync(path.join(folder, name), path.join(lab.folder, name));
  await lab.settings(TRACKER, { windowingMode: "none" }); // else only the cells in sight are in the page
}, 600_000); // may have to install JupyterLab
afterAll(async () => {
  await lab.settings(TRACKER, {});
  await lab.theme("Light");
  await lab.stop();
});

/** A menu may close under the pointer while the page is busy: then it is opened once more. */
async function choose(page: Page, theme: "Light" | "Dark", tries = 3): Promise<void> {
  await page.locator(".lm-MenuBar-item", { hasText: /^Settings$/ }).click();
  await page
    .locator(".lm-Menu-item", { hasText: /^Theme/ })
    .first()
    .hover();
  await page.locator(".lm-Menu-item", { hasText: new RegExp(`^JupyterLab ${theme}$`) }).click();
  const chosen = page.locator(`body[data-jp-theme-name="JupyterLab ${theme}"]`);
  try {
    await chosen.waitFor({ state: "attached", timeout: 15_000 });
  } catch (error) {
    if (tries === 1) throw error;
    await page.keyboard.press("Escape");
    await choose(page, theme, tries - 1);
  }
}

/** The whole notebook, which scrolls inside its panel. */
async function shoot(page: Page, file: string, width: number) {
  const height = await page.locator(".jp-WindowedPanel-outer").evaluate((outer) => outer.scrollHeight);
  await page.setViewportSize({ width, height: height + 200 });
  await page.screenshot({ path: file, timeout: 120_000 });
}

test.concurrent.each(names)("%s shows its outputs in JupyterLab", { timeout: 180_000 }, async (name) => {
  const page = await lab.show(name);
  const problems: string[] = [];
  page.on("pageerror", ({ message }) => problems.push(`error: ${message}`));
  const outputs = page.locator(".jp-OutputArea-output");
  await outputs.last().waitFor();
  for (const theme of ["Light", "Dark"] as const) {
    await page.setViewportSize({ width: 1400, height: 1000 });
    await choose(page, theme);
    const ground = await page.evaluate(groundOf, ".jp-Notebook");
    if (theme === "Dark" ? ground > 0.2 : ground < 0.9) problems.push(`its ground has a lightness of ${ground}`);
    for (const width of [1400, 768]) {
      await page.setViewportSize({ width, height: 1000 });
      await page.evaluate(settle);
      const found = await page.evaluate(look, {
        ...{ column: ".jp-Cell", output: ".jp-OutputArea-output", ours: ".jp-OutputArea-output" },
      });
      problems.push(...found.map((problem) => `${theme}, ${width} px: ${problem}`));
      const file = `lab-${path.basename(name, ".ipynb")}-${theme.toLowerCase()}-${width}.png`;
      if (shots) await shoot(page, path.join(shots, file), width);
    }
  }
  problems.push(...(await errors(page)).map((words) => `stderr: ${words}`));
  problems.push(...(await page.locator(".jp-Dialog").allTextContents()).map((words) => `a dialog: ${words}`));
  const drawings = page.locator(".twinformer-drawing svg, .twinformer");
  if ((await drawings.count()) === 0) problems.push("no output of ours is in it");
  if (problems.length > 0) await page.screenshot({ path: path.join(screenshots, `lab-${name}.png`) });
  await page.context().close();
  expect(problems).toEqual([]);
});
