/** Pages with figures that have knobs. */

import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { findChromium } from "../../../scripts/test/chromium.mjs";
import { Generator, randn, type Tensor } from "../../../lib/index.js";

let started: Browser | undefined;
export const browser = (): Browser => started!;
beforeAll(async () => {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("no Chromium was found");
  started = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
});
afterAll(() => started?.close());

/** What went wrong in the page that was opened last, and what it asked for. */
export const errors: string[] = [];

/** A page with this in its body. */
export async function open(html: string, { width = 720, head = "" } = {}): Promise<Page> {
  const page = await browser().newPage({ viewport: { width, height: 900 } });
  errors.length = 0;
  page.on("pageerror", ({ message }) => errors.push(message));
  page.on("request", (request) => {
    if (!/^(data|about):/.test(request.url())) errors.push(`asks for ${request.url()}`);
  });
  await page.setContent(
    `<!doctype html><html lang="en"><head><title>t</title>${head}</head><body style="margin:8px">${html}</body></html>`,
  );
  return page;
}

export const frames = (page: Page): Promise<void> =>
  page.evaluate(() => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => done()))));

/** Sets a knob: a menu by its word, all else by its number, which for stops is the place among them. */
export async function turn(page: Page, label: string, to: number | string): Promise<void> {
  const knob = page.getByLabel(label, { exact: true });
  if (typeof to === "string") await knob.selectOption(to);
  else await knob.fill(String(to));
}

export async function factsOf(page: Page): Promise<unknown> {
  await frames(page);
  return JSON.parse((await page.locator(".twinformer-knobs").first().getAttribute("data-facts"))!);
}

export const logitsOf = (N: number, E: number): Tensor => randn([N, E], new Generator("knobs"), { std: 1.5 });
export const rowsOf = (x: Tensor): number[][] => x.toArray() as number[][];
export const pick = <T>(rng: Generator, list: readonly T[]): T => list[rng.below(list.length)];
