import { existsSync } from "node:fs";
import path from "node:path";
import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { findChromium } from "../../scripts/test/chromium.mjs";

/** The Chromium to test with; undefined where none is found, which is a fault in CI alone. */
export async function launch(): Promise<Browser | undefined> {
  const executablePath = findChromium();
  if (!executablePath) return undefined;
  return await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic"] });
}

export interface Visited {
  readonly page: Page;
  /** Errors of the page and of its console, as they come. */
  readonly trouble: string[];
}

interface VisitOptions extends BrowserContextOptions {
  readonly at?: string;
  /** The page's Content-Security-Policy. */
  readonly policy?: string;
}

/** Opens a page of a site that was built into a folder, which no other site is asked for. */
export async function visit(
  browser: Browser,
  folder: string,
  { at = "index.html", policy, ...options }: VisitOptions = {},
): Promise<Visited> {
  const page = await browser.newPage(options);
  const trouble: string[] = [];
  page.on("pageerror", (error) => trouble.push(error.message));
  page.on("console", (message) => message.type() === "error" && trouble.push(message.text()));
  await page.route("**/*", (route) => {
    const { hostname, pathname } = new URL(route.request().url());
    if (hostname !== "page.test" || pathname === "/favicon.ico") return route.fulfill({ status: 204 });
    const file = path.join(folder, decodeURIComponent(pathname));
    if (!existsSync(file)) return route.fulfill({ status: 404 });
    return route.fulfill({ path: file, headers: policy ? { "content-security-policy": policy } : {} });
  });
  await page.goto(`http://page.test/${at}`);
  return { page, trouble };
}

export interface Seen {
  readonly name: string;
  /** Its words that have a size where they stand. */
  readonly words: number;
  readonly width: number;
  readonly height: number;
  readonly ink: string;
}

/** The figures whose drawings a page shows, once there are as many. */
export async function figuresIn(page: Page, count: number): Promise<Seen[]> {
  const drawings = page.locator("figure.twinformer svg[role=img]:visible");
  await drawings.nth(count - 1).waitFor();
  return await drawings.evaluateAll((all) =>
    all.map((svg) => ({
      name: svg.closest<HTMLElement>("figure")!.dataset.figure!,
      words: Array.from(svg.querySelectorAll("text")).filter((text) => text.getBoundingClientRect().width > 0).length,
      width: svg.getBoundingClientRect().width,
      height: svg.getBoundingClientRect().height,
      ink: getComputedStyle(svg.querySelector("text")!).fill,
    })),
  );
}
