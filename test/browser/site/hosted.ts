/** The site of build/site in some folder of some host, where its pages have never been before. */

import { createReadStream, cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { findChromium } from "../../../scripts/test/chromium.mjs";
import { contentType, fileOf } from "../../../scripts/site/serve.mjs";
import { project } from "../../launcher/clone.js";

export interface Hosted {
  /** The address of a page. */
  at(name: string): string;
  /** The folder that is served: a test may change it. */
  readonly folder: string;
  /** What browsers have asked for so far, in order: paths inside the site. */
  readonly served: readonly string[];
  close(): void;
}

/** @param options.probe whether pages keep what goes wrong in them: engines/probe.js */
export async function hosted({ probe = false } = {}): Promise<Hosted> {
  const copy = mkdtempSync(path.join(tmpdir(), "twinformer site ü "));
  const folder = path.join(copy, "some/course");
  cpSync(path.join(project, "build/site"), folder, { recursive: true });
  if (probe) cpSync(path.join(project, "test/browser/site/engines/probe.js"), path.join(folder, "probe.js"));
  const served: string[] = [];
  const server = createServer((request, response) => {
    const file = fileOf(copy, request.url ?? "/");
    if (!file) return void response.writeHead(404).end();
    served.push(path.relative(folder, file).split(path.sep).join("/"));
    response.setHeader("content-type", String(contentType(file)));
    if (probe && file.endsWith(".html"))
      response.end(readFileSync(file, "utf8").replace("<head>", '<head><script src="probe.js"></script>'));
    else createReadStream(file).pipe(response);
  }).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  const { port } = server.address() as AddressInfo;
  return {
    at: (name) => `http://127.0.0.1:${port}/some/course/${name}`,
    ...{ folder, served },
    close() {
      server.close();
      server.closeAllConnections();
      rmSync(copy, { recursive: true, force: true });
    },
  };
}

/** Opens a page; what goes wrong in it is in `problems`, requests to other hosts too. */
export async function opened(
  browser: Browser,
  url: string,
  options: object = {},
): Promise<{ page: Page; problems: string[]; asked: string[] }> {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 }, ...options });
  const [problems, asked]: string[][] = [[], []];
  page.on("pageerror", ({ message }) => problems.push(`error: ${message}`));
  page.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("console", (line) => line.type() === "error" && problems.push(`console: ${line.text()}`));
  page.on("request", (request) => {
    const { protocol, host, pathname } = new URL(request.url());
    asked.push(pathname.replace("/some/course", ""));
    if (!/^(data|blob):$/.test(protocol) && host !== new URL(url).host) problems.push(`asks for ${request.url()}`);
  });
  await page.goto(url);
  return { page, problems, asked };
}

/** Chromium and the site, for all tests of a file. */
export function onSite(): { readonly browser: Browser; readonly site: Hosted } {
  const here = {} as { browser: Browser; site: Hosted };
  beforeAll(async () => {
    here.browser = await chromium.launch({ executablePath: findChromium()!, args: ["--no-sandbox", "--disable-gpu"] });
    here.site = await hosted();
  });
  afterAll(async () => {
    await here.browser.close();
    here.site.close();
  });
  return here;
}
