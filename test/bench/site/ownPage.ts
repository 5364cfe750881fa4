/** A page with cells of ours: the one for a reader's own notebook. */

import type { Browser, Page } from "playwright-core";
import type { Hosted } from "../../browser/site/hosted.js";
import { coldPage, toLife } from "../../browser/site/bytes.js";

/** Opens the page with these cells, called c0, c1 …
 *  @param options.isolated whether the page is one of a second visit, which has threads */
export async function ownPage(
  browser: Browser,
  site: Hosted,
  cells: readonly string[],
  { isolated = false } = {},
): Promise<Page> {
  const page = await coldPage(browser, isolated ? {} : { serviceWorkers: "block" });
  const notebook = {
    cells: cells.map((source, i) => ({ id: `c${i}`, cell_type: "code", metadata: {}, source, outputs: [] })),
    metadata: {},
    ...{ nbformat: 4, nbformat_minor: 5 },
  };
  await page.addInitScript(
    (text) =>
      localStorage.setItem(
        `twinformer:own:${location.pathname.replace(/[^/]*$/, "")}`,
        JSON.stringify({ name: "bench.ipynb", text }),
      ),
    JSON.stringify(notebook),
  );
  await page.goto(site.at("own.html"));
  if (isolated) {
    await page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
    await page.reload();
    if (!(await page.evaluate(() => crossOriginIsolated))) throw new Error("the second visit is not isolated");
  }
  await toLife(page);
  return page;
}
