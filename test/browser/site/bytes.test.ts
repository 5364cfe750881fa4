/** What a reader transfers, zipped, stays within its limits. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { expect, test } from "vitest";
import { notebookFiles } from "../../../scripts/site/executed.mjs";
import { onSite } from "./hosted.js";
import { coldPage, fileBytes, firstImport, LIMITS, toLife, weigher, withoutOutputs } from "./bytes.js";

const here = onSite();

test.each(notebookFiles().map((file) => path.basename(file, ".ipynb")))("%s is light", async (name) => {
  const weigh = weigher(here.site);
  const page = await coldPage(here.browser, { serviceWorkers: "block" });
  await page.goto(here.site.at(`${name}.html?short`));
  await toLife(page);
  const html = readFileSync(path.join(here.site.folder, `${name}.html`), "utf8");
  const read = weigh();
  const reading = read.bytes - fileBytes(here.site, `${name}.html`) + withoutOutputs(html);
  expect(reading, read.files.join(" ")).toBeLessThanOrEqual(LIMITS.reading);

  const cell = page.locator(`[id="cell-id=${firstImport(here.site, name)}"]`);
  await cell.locator(".live-cell button", { hasText: "▶ Run" }).click();
  // A cell may need what an earlier one declares: then it fails behind its imports.
  await page.waitForFunction(
    (id) => ["done", "failed"].includes(document.getElementById(`cell-id=${id}`)?.dataset.state ?? ""),
    firstImport(here.site, name),
    { timeout: 120_000 },
  );
  const ran = weigh();
  expect(ran.files).toContain("cells.js");
  expect(ran.bytes, ran.files.join(" ")).toBeLessThanOrEqual(LIMITS.running);
  await page.context().close();
});
