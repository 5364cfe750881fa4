import { createReadStream } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import path from "node:path";
import type { Browser, Page } from "playwright-core";
import { fileOf, types } from "../../../scripts/site/serve.mjs";

/** Some host that has a folder. */
export async function hostOf(folder: string): Promise<{ server: Server; at: (name: string) => string }> {
  const server = createServer((request, response) => {
    const file = fileOf(folder, request.url ?? "/");
    if (!file) return void response.writeHead(404).end();
    const type = (types as Record<string, string>)[path.extname(file)] ?? "application/octet-stream";
    createReadStream(file).pipe(response.setHeader("content-type", type));
  }).listen(0, "127.0.0.1");
  await new Promise((done) => server.once("listening", done));
  return { server, at: (name) => `http://127.0.0.1:${(server.address() as AddressInfo).port}/${name}` };
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
    asked.push(pathname);
    if (!/^(data|blob):$/.test(protocol) && host !== new URL(url).host) problems.push(`asks for ${request.url()}`);
  });
  await page.goto(url);
  return { page, problems, asked };
}
