// docs/cheatsheet.pdf: docs/cheatsheet.svg, printed by Chromium, which embeds the letters that it found. It is the same file wherever
// Chromium and fonts are the same, as the time of printing is left out; its title says of which picture it is, and a test compares that.
import { createHash } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { runScript } from "../setup/script.mjs";
import { Problem, root } from "../setup/run.mjs";
import { findChromium } from "../test/chromium.mjs";

/** What the PDF of a picture is called. @param {string} svg */
export const titleOf = (svg) => `Twinformer cheat sheet ${createHash("sha256").update(svg).digest("hex").slice(0, 16)}`;

export async function cheatsheetPdf() {
  await runScript("scripts/docs/main.ts", ["docs/cheatsheet.svg"]);
  const executablePath = findChromium();
  if (!executablePath) throw new Problem("npm run cheatsheet: the PDF needs a Chromium; CHROMIUM names one.");
  const { chromium } = await import("playwright-core");
  const svg = readFileSync(path.join(root, "docs/cheatsheet.svg"), "utf8");
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const page = await browser.newPage();
    const style = "@page { size: 794px 1123px; margin: 0 } body { margin: 0 } svg { display: block }";
    await page.setContent(`<!doctype html><title>${titleOf(svg)}</title><style>${style}</style>${svg}`);
    const pdf = await page.pdf({ preferCSSPageSize: true, printBackground: true });
    // As many letters as before: places in a PDF are counted from its start.
    const text = pdf.toString("latin1").replace(/\(D:\d{14}/g, "(D:20000101000000");
    writeFileSync(path.join(root, "docs/cheatsheet.pdf"), Buffer.from(text, "latin1"));
    console.log(`docs/cheatsheet.pdf: ${(pdf.length / 1000).toFixed(0)} kB`);
  } finally {
    await browser.close();
  }
}
