/// <reference lib="dom.iterable" />
import { chromium, type Browser, type Page, type Route } from "playwright-core";
import { cpSync, mkdirSync, rmSync, statSync, symlinkSync } from "node:fs";
import { createServer, type AddressInfo } from "node:net";
import path from "node:path";
import { findChromium } from "../../scripts/test/chromium.mjs";
import { command, project, type Run } from "../launcher/clone.js";

export const screenshots = path.join(project, "build/screenshots");

function freePort(): Promise<number> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => resolve(port));
    });
  });
}

/** JupyterLab as `npm start` brings it up, on a copy of the notebooks (JupyterLab saves into what it opens), and a Chromium. */
export class Lab {
  private constructor(
    private readonly run: Run,
    private readonly browser: Browser,
    /** The folder of the copies. */
    readonly folder: string,
    /** The server's address, with its token. */
    readonly url: URL,
  ) {}

  static async start(): Promise<Lab> {
    const place = path.join(project, "build/test/browser");
    const folder = path.join(place, "notebooks");
    rmSync(place, { recursive: true, force: true });
    cpSync(path.join(project, "notebooks"), folder, { recursive: true });
    symlinkSync(path.join(project, "assets"), path.join(place, "assets")); // notebooks read recorded rows there
    mkdirSync(screenshots, { recursive: true });
    const run = command(["scripts/start.mjs", "--no-browser", "--port", `${await freePort()}`, "--folder", folder]);
    const [, url] = await run.prints(/answers after .* at\s+(\S+)\s/);
    const executablePath = findChromium();
    if (!executablePath) throw new Error("no Chromium was found");
    const args = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"];
    args.push("--disable-background-networking", "--disable-component-update");
    const browser = await chromium.launch({ executablePath, args });
    return new Lab(run, browser, folder, new URL(url));
  }

  async stop() {
    await this.browser.close();
    this.run.child.kill("SIGTERM");
    await this.run.code;
  }

  /** Opens a notebook in a page of its own and waits for its kernel. */
  async open(name: string): Promise<Page> {
    const page = await this.page();
    await page.addInitScript(countStates);
    await this.go(page, name);
    await this.kernel(name);
    await page.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').first().waitFor({ timeout: 60_000 });
    return page;
  }

  /** Opens a notebook to look at: its outputs are taken for such of code that ran here, and no kernel is started. */
  async show(name: string): Promise<Page> {
    const page = await this.page();
    await page.route(`**/api/contents/${name}*`, trust);
    await page.route("**/api/sessions*", (route) =>
      route.request().method() === "POST" ? undefined : route.continue(),
    );
    await this.go(page, name);
    return page;
  }

  private async page(): Promise<Page> {
    const context = await this.browser.newContext({ viewport: { width: 1500, height: 1400 } });
    return context.newPage();
  }

  private async go(page: Page, name: string) {
    const url = new URL(`/lab/tree/${name}`, this.url);
    url.searchParams.set("token", this.url.searchParams.get("token") ?? "");
    url.searchParams.set("reset", "");
    await page.goto(url.href);
    await page.locator(".jp-Notebook .jp-CodeCell").first().waitFor({ timeout: 60_000 });
  }

  /** Sets what JupyterLab's own settings of a plugin are, for all pages opened from now on. */
  async settings(plugin: string, settings: object) {
    const body = JSON.stringify({ raw: JSON.stringify(settings) });
    await this.ask(`lab/api/settings/${plugin}`, { method: "PUT", body });
  }

  /** Waits for the kernel of a notebook: a run that is asked for before it is there opens a dialog instead. */
  private async kernel(name: string) {
    interface Session {
      path: string;
      kernel: { execution_state: string; connections: number };
    }
    for (const started = performance.now(); performance.now() - started < 60_000;) {
      const sessions = (await (await this.ask("api/sessions")).json()) as Session[];
      const kernel = sessions.find((session) => session.path === name)?.kernel;
      if (kernel?.execution_state === "idle" && kernel.connections > 0) return;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    throw new Error(`the kernel of ${name} did not come up within 60 s`);
  }

  /** Saves a notebook and waits until it is on disk as the page shows it: a page that is reloaded before shows the file as it was. */
  async save(page: Page, name: string) {
    const file = path.join(this.folder, name);
    const before = statSync(file).mtimeMs;
    await page.locator(".lm-MenuBar-item", { hasText: /^File$/ }).click();
    await page.locator('.lm-Menu-item[data-command="docmanager:save"]').click();
    for (const started = performance.now(); performance.now() - started < 60_000;) {
      const dirty = await page.locator(".jp-mod-dirty").count();
      if (dirty === 0 && statSync(file).mtimeMs > before) return;
      await page.waitForTimeout(100);
    }
    throw new Error(`${name} was not saved within 60 s`);
  }

  /** Asks the server itself. */
  async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = { Authorization: `token ${this.url.searchParams.get("token")}` };
    const reply = await fetch(new URL(`/${path}`, this.url), { ...init, headers });
    if (!reply.ok) throw new Error(`${path} answered ${reply.status}`);
    return reply;
  }

  /** Chooses JupyterLab's theme, for all pages opened from now on. */
  async theme(name: "Light" | "Dark") {
    await this.settings("@jupyterlab/apputils-extension:themes", { theme: `JupyterLab ${name}` });
  }
}

/** Answers with the notebook that the server has, as one that ran here. */
async function trust(route: Route) {
  if (route.request().method() !== "GET") return route.continue();
  const response = await route.fetch();
  const answer = (await response.json()) as { content?: { cells?: { metadata: Record<string, unknown> }[] } };
  for (const { metadata } of answer.content?.cells ?? []) metadata.trusted = true;
  await route.fulfill({ response, json: answer });
}

declare global {
  interface Window {
    /** By figure name: the different drawings that were on the page so far. */
    figureStates: Record<string, Set<string>>;
  }
}

/** Runs in the page: notes every different drawing that each figure shows. */
function countStates() {
  window.figureStates = {};
  const look = () => {
    for (const figure of document.querySelectorAll<HTMLElement>("figure.twinformer[data-figure] svg")) {
      const name = figure.closest<HTMLElement>("figure")!.dataset.figure!;
      (window.figureStates[name] ??= new Set()).add(figure.innerHTML);
    }
  };
  new MutationObserver(look).observe(document, { subtree: true, childList: true, characterData: true });
}

/** How many different drawings each figure has shown so far. */
export const states = (page: Page): Promise<Record<string, number>> =>
  page.evaluate(() => Object.fromEntries(Object.entries(window.figureStates).map(([name, seen]) => [name, seen.size])));

/** The row or rows that a figure says it ends in. */
export const lastDrawn = async (page: Page, name: string): Promise<unknown> =>
  JSON.parse((await page.locator(`figure[data-figure="${name}"]`).last().getAttribute("data-facts"))!);

export async function runAll(page: Page) {
  await page.locator(".lm-MenuBar-item", { hasText: /^Run$/ }).click();
  await page
    .locator(".lm-Menu-item", { hasText: /^Run All Cells/ })
    .first()
    .click();
}

export const pressStop = (page: Page) =>
  page.locator('.jp-NotebookPanel-toolbar [data-jp-item-name="interrupt"]').first().click();

/** The prompts of the code cells: "[*]:" while waiting or running, "[3]:" afterwards, "[ ]:" where never run. */
export const prompts = (page: Page) => page.locator(".jp-Notebook .jp-CodeCell .jp-InputArea-prompt").allTextContents();

/** Waits until every code cell has run. */
export async function allRan(page: Page, seconds: number) {
  const deadline = performance.now() + seconds * 1000;
  for (;;) {
    const now = await prompts(page);
    if (now.length > 0 && now.every((prompt) => /\[\d+\]/.test(prompt))) return;
    if (performance.now() > deadline) throw new Error(`not all cells ran within ${seconds} s: ${now.join(" ")}`);
    await page.waitForTimeout(200);
  }
}

/** Runs code in a new cell at the end; resolves to what it prints. */
export async function runCode(page: Page, code: string): Promise<string> {
  const cells = page.locator(".jp-Notebook .jp-CodeCell");
  await page.locator(".jp-Notebook > .jp-WindowedPanel-outer .jp-Cell").last().locator(".jp-InputArea-prompt").click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("b");
  await page.keyboard.press("Enter");
  await page.keyboard.insertText(code);
  await page.keyboard.press("Control+Enter");
  const cell = cells.last();
  await cell.locator(".jp-InputArea-prompt", { hasText: /\[\d+\]/ }).waitFor({ timeout: 30_000 });
  return (await cell.locator(".jp-OutputArea-output").allTextContents()).join("").trim();
}

/** What cells wrote to stderr: this kernel's way to report errors. */
export const errors = (page: Page) =>
  page.locator('.jp-Notebook [data-mime-type="application/vnd.jupyter.stderr"]').allTextContents();
