import { mkdirSync } from "node:fs";
import path from "node:path";
import { chromium } from "playwright-core";
import { expect, test } from "vitest";
import { findChromium } from "../../scripts/test/chromium.mjs";
import { project } from "../launcher/clone.js";
import { outputs } from "../plot/outputs.js";

const screenshots = path.join(project, "build/screenshots");
const grounds = { light: "#ffffff", dark: "#111111" } as const;

// All outputs in both themes, for somebody to look at.
test.each(["light", "dark"] as const)("every output is visible in the %s theme", { timeout: 60_000 }, async (theme) => {
  const shown: string[] = [];
  for (const { args, show } of Object.values(outputs)) shown.push((await show(...(args as never[]))).html.join(""));
  const executablePath = findChromium();
  if (!executablePath) throw new Error("no Chromium was found");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  const page = await browser.newPage({ viewport: { width: 1440, height: 1000 } });
  const ground = `--jp-layout-color0:${grounds[theme]};background:${grounds[theme]};color:${theme === "light" ? "#1f2328" : "#e6e6e6"}`;
  await page.setContent(
    `<!doctype html><body data-jp-theme-light="${theme === "light"}" style="${ground};columns:2;font-family:system-ui">` +
      shown.map((html) => `<section style="break-inside:avoid;margin-bottom:24px">${html}</section>`).join(""),
  );
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: path.join(screenshots, `outputs-${theme}.png`), fullPage: true });
  for (const section of await page.locator("section").all()) {
    const box = await section.boundingBox();
    expect(box?.height).toBeGreaterThan(10);
  }
  await browser.close();
});
