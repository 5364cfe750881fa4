/** What a reader transfers: the files that Chromium asked for, as a host zips them. */

import { readFileSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { parseHTML } from "linkedom";
import type { Browser, Page } from "playwright-core";
import type { Hosted } from "./hosted.js";

/** Bytes that a reader may have to transfer. */
export const LIMITS = { reading: 120_000, running: 350_000 } as const;

export const zipped = (content: string | Uint8Array): number => gzipSync(content, { level: 9 }).length;

/** Bytes of a page without what its cells have shown. */
export function withoutOutputs(html: string): number {
  const { document } = parseHTML(html);
  for (const output of document.querySelectorAll(".output")) output.remove();
  return zipped(document.documentElement.outerHTML);
}

/** Bytes of a file of the site. */
export const fileBytes = (site: Hosted, file: string): number => zipped(readFileSync(path.join(site.folder, file)));

export interface Weight {
  readonly bytes: number;
  readonly files: readonly string[];
}

/** What was asked for since the last call, and never before. Data of cells (assets/) are apart. */
export function weigher(site: Hosted): () => Weight & { readonly data: number } {
  const known = new Set<string>();
  let at = site.served.length;
  return () => {
    const files = [...new Set(site.served.slice(at))].filter((file) => !known.has(file));
    at = site.served.length;
    for (const file of files) known.add(file);
    const sum = (some: readonly string[]): number => some.reduce((all, file) => all + fileBytes(site, file), 0);
    const [data, programs] = [true, false].map((is) => files.filter((file) => file.startsWith("assets/") === is));
    return { bytes: sum(programs), data: sum(data), files };
  };
}

/** A page that nobody has seen, and whose service worker fetches nothing behind our back. */
export async function coldPage(browser: Browser, options: object = {}): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 }, ...options });
  return context.newPage();
}

export const toLife = (page: Page): Promise<void> => page.locator(".live-cell").first().waitFor({ timeout: 60_000 });

/** Presses *Run* below a cell; resolves when it has ended. Seconds from the click, as the page counts them. */
export const runCell = (page: Page, id: string): Promise<{ ms: number; state: string; text: string }> =>
  page.evaluate(
    (cell) =>
      new Promise((resolve) => {
        const section = document.getElementById(`cell-id=${cell}`)!;
        const since = performance.now();
        const observer = new MutationObserver(() => {
          const state = section.dataset.state ?? "";
          if (state !== "done" && state !== "failed") return;
          observer.disconnect();
          const ms = performance.now() - since;
          const shown = [...section.querySelectorAll<HTMLElement>(".output, .live-error")];
          resolve({ ms, state, text: shown.map((one) => one.innerText).join("\n") });
        });
        observer.observe(section, { attributes: true, attributeFilter: ["data-state"] });
        section.querySelector<HTMLButtonElement>(".live-cell button")!.click();
      }),
    id,
  );

/** The first cell of a notebook that imports this library: its id. */
export function firstImport(site: Hosted, name: string): string {
  const file = path.join(site.folder, "notebooks", `${name}.ipynb`);
  const { cells } = JSON.parse(readFileSync(file, "utf8")) as {
    cells: { id: string; cell_type: string; source: string | string[] }[];
  };
  const imports = ({ cell_type, source }: (typeof cells)[number]): boolean =>
    cell_type === "code" && (typeof source === "string" ? source : source.join("")).includes('from "twinformer');
  return cells.find(imports)!.id;
}
