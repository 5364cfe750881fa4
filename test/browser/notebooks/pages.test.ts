import { mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../../scripts/test/chromium.mjs";
import { project } from "../../launcher/clone.js";
import { violations } from "./axe.js";
import { groundOf, look, settle } from "./look.js";

// Every notebook as the page that `npm run notebooks` made of it, on a phone, a tablet and a wide screen, light and dark.
// TWINFORMER_SHOTS=folder writes a picture of each, from top to bottom, for somebody to look at.
const folder = path.join(project, "build/notebooks");
const names = readdirSync(path.join(project, "notebooks"))
  .filter((file) => file.endsWith(".ipynb"))
  .map((file) => path.basename(file, ".ipynb"))
  .sort();
const widths = [390, 768, 1400];
const shots = process.env.TWINFORMER_SHOTS;

let browser: Browser;
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: findChromium()!, args: ["--no-sandbox", "--disable-gpu"] });
  if (shots) mkdirSync(shots, { recursive: true });
});
afterAll(() => browser.close());

describe.concurrent.each(names)("the page of %s", (name) => {
  test.concurrent.each(["light", "dark"] as const)("can be read in the %s scheme at every width", async (scheme) => {
    const page = await browser.newPage({ colorScheme: scheme, viewport: { width: widths[0], height: 1000 } });
    const problems: string[] = [];
    page.on("pageerror", ({ message }) => problems.push(`error: ${message}`));
    page.on("console", (line) => line.type() === "error" && problems.push(`console: ${line.text()}`));
    page.on("request", (request) => {
      if (!/^(file|data|about):/.test(request.url())) problems.push(`asks for ${request.url()}`);
    });
    await page.goto(pathToFileURL(path.join(folder, `${name}.html`)).href);
    const ground = await page.evaluate(groundOf, "html");
    if (scheme === "dark" ? ground > 0.2 : ground < 0.9) problems.push(`its ground has a lightness of ${ground}`);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 1000 });
      await page.evaluate(settle);
      const found = await page.evaluate(look, { column: "main", output: ".output, .output-html", ours: "main" });
      problems.push(...found.map((problem) => `${width} px: ${problem}`));
      if (width === 390) problems.push(...(await violations(page, scheme)));
      if (shots)
        await page.screenshot({
          path: path.join(shots, `page-${name}-${scheme}-${width}.png`),
          fullPage: true,
          timeout: 120_000,
        });
    }
    await page.close();
    expect(problems).toEqual([]);
  });
});
