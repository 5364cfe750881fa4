import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findChromium } from "../../../scripts/test/chromium.mjs";
import { cases } from "../../plot/cases/index.js";
import { measure } from "./measure.js";

// Each figure in both themes, at three widths, with rows as people have them and rows at the ends: no word outside its picture, none over
// another, none that cannot be read, and nothing that axe finds.
const grounds = { light: "#ffffff", dark: "#111111" } as const;
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

let browser: Browser;
const pages = new Map<string, Page>();
beforeAll(async () => {
  browser = await chromium.launch({ executablePath: findChromium()!, args: ["--no-sandbox", "--disable-gpu"] });
  for (const [theme, ground] of Object.entries(grounds)) {
    const page = await browser.newPage({ viewport: { width: 1300, height: 2400 } });
    await page.setContent(
      `<!doctype html><html lang="en" style="color-scheme:${theme}"><title>figures</title>` +
        `<body style="margin:0;font-family:system-ui;background:${ground};color:${theme === "dark" ? "#e6e6e6" : "#1f2328"}"><main></main>`,
    );
    await page.addScriptTag({ content: axe });
    pages.set(theme, page);
  }
});
afterAll(() => browser.close());

/** Rules about a whole page are not a figure's. */
const PAGE = ["page-has-heading-one", "region", "landmark-one-main"];

describe.each(Object.keys(cases))("%s", (name) => {
  test.each(Object.keys(grounds) as (keyof typeof grounds)[])("can be read in the %s theme", async (theme) => {
    const page = pages.get(theme)!;
    const problems: string[] = [];
    for (const [which, draw] of Object.entries(cases[name]))
      for (const width of [340, 640, 1280]) {
        const html = draw({ width }).html({ still: false });
        await page.evaluate(
          ([markup, room]) => {
            const main = document.querySelector("main")!;
            main.innerHTML = markup;
            main.style.width = `${room}px`; // of a table, which has no width of its own
          },
          [html, width] as const,
        );
        const found = await page.evaluate(measure, grounds[theme]);
        problems.push(...found.slice(0, 4).map((problem) => `${which}, ${width} px: ${problem}`));
        if (width !== 640) continue;
        const { violations } = await page.evaluate<{ violations: { id: string; help: string }[] }>(
          `axe.run("main", { rules: ${JSON.stringify(Object.fromEntries(PAGE.map((id) => [id, { enabled: false }])))} })`,
        );
        problems.push(...violations.map(({ id, help }) => `${which}: axe ${id}: ${help}`));
      }
    expect(problems).toEqual([]);
  });
});
