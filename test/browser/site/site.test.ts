import path from "node:path";
import { pathToFileURL } from "node:url";
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { project } from "../../launcher/clone.js";
import { violations } from "../notebooks/axe.js";
import { onSite } from "./hosted.js";
import { groundOf, look, settle } from "../notebooks/look.js";

// The pages that `npm run site -- --short` made. What is inside the pages of notebooks, test/browser/notebooks looks at.
const folder = path.join(project, "build/site");
const PATIENT = { timeout: 30_000 }; // a busy machine is no failure
const widths = [390, 768, 1400];

const here = onSite();

const hosted = (name: string) => here.site.at(name);
const fromDisk = (name: string) => pathToFileURL(path.join(folder, name)).href;

/** Opens a page; what goes wrong in it is in `problems`, requests to other hosts too. */
async function open(url: string, scheme: "light" | "dark" = "light", options = {}) {
  const page = await here.browser.newPage({ colorScheme: scheme, viewport: { width: 1400, height: 900 }, ...options });
  const problems: string[] = [];
  page.on("pageerror", ({ message }) => problems.push(`error: ${message}`));
  page.on("console", (line) => line.type() === "error" && problems.push(`console: ${line.text()}`));
  const own = new URL(url);
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol !== "data:" && (protocol !== own.protocol || host !== own.host))
      problems.push(`asks for ${request.url()}`);
  });
  await page.goto(url);
  return { page, problems };
}

const results = (page: Page) =>
  page.locator(".site-found a").evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));

describe.each([
  ["a host", hosted],
  ["a disk", fromDisk],
])("from %s", (_, at) => {
  test("the search finds words of a page, and leads there by keys alone", async () => {
    const { page, problems } = await open(at("index.html"));
    await page.keyboard.press("/");
    await page.keyboard.type("effective experts");
    const isFound = async () => (await results(page)).some((href) => href.startsWith(`${at("06-imbalance.html")}#`));
    await expect.poll(isFound, PATIENT).toBe(true); // what was found of the first letters is replaced
    const found = await results(page);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    await page.waitForURL(found[0]);
    const top = () =>
      page.evaluate(() => {
        const anchor = location.hash.slice(1);
        const there = document.getElementById(anchor) ?? document.getElementById(decodeURIComponent(anchor));
        return there!.getBoundingClientRect().top;
      });
    await expect.poll(top, PATIENT).toBeGreaterThan(50); // below the bar
    expect(await top()).toBeLessThan(300);
    expect(problems).toEqual([]);
    await page.close();
  });
});

test("the search finds code, words that are cut or mistyped, says when there is nothing, and is closed by Escape", async () => {
  const { page, problems } = await open(hosted("01-tensors.html"));
  const input = page.locator(".site-search input");
  const asked = async (words: string) => {
    await input.fill(words);
    await page.locator(".site-found").waitFor();
    await expect.poll(() => page.locator(".site-found p").textContent(), PATIENT).toMatch(/found/);
    return { found: await results(page), said: await page.locator(".site-found p").textContent() };
  };
  expect((await asked("switchBalanceLoss")).found.join()).toContain("06-imbalance.html");
  expect((await asked("capac")).found.join()).toContain("07-capacity.html");
  expect((await asked("colapse")).found.join()).toContain("06-imbalance.html");
  await input.fill("");
  await page.locator(".site-found").waitFor({ state: "hidden" });
  expect(await asked("zzyzx")).toEqual({ found: [], said: "Nothing found" });
  await page.keyboard.press("Escape");
  await page.locator(".site-found").waitFor({ state: "hidden" });
  expect(problems).toEqual([]);
  await page.close();
});

test.each(["index.html", "05-parameters.html", "models/Mixtral-8x7B.html", "claims/C1.html"])(
  "every link of the bar and of the text of %s leads to a page that is there",
  async (name) => {
    const { page } = await open(hosted(name), "light", { javaScriptEnabled: false });
    const bar = await page
      .locator(".site-bar nav a")
      .evaluateAll((all) => all.map((a) => (a as HTMLAnchorElement).href));
    expect(bar).toHaveLength(8);
    expect(bar.every((href) => href.startsWith(hosted("")))).toBe(true);
    const all = await page.locator("a[href]").evaluateAll((links) => links.map((a) => (a as HTMLAnchorElement).href));
    const own = [...new Set(all.filter((href) => href.startsWith(hosted(""))).map((href) => href.replace(/#.*/, "")))];
    const missing = [];
    for (const href of own) if (!(await page.request.get(href)).ok()) missing.push(href);
    expect(missing).toEqual([]);
    await page.close();
  },
);

test("without script all can be read, and no search is shown that would not work", async () => {
  const { page, problems } = await open(hosted("03-twin.html"), "light", { javaScriptEnabled: false });
  expect(await page.locator(".site-search").isVisible()).toBe(false);
  await page.locator(".site-contents summary").click();
  await page.locator(".site-contents a", { hasText: "Does it learn more?" }).click();
  expect(new URL(page.url()).hash).toBe("#Does-it-learn-more?");
  await page.getByRole("link", { name: "Next" }).click();
  expect(page.url()).toBe(hosted("04-routing.html"));
  await page.getByRole("link", { name: "Twinformer" }).click();
  expect(page.url()).toBe(hosted("index.html"));
  expect(problems).toEqual([]);
  await page.close();
});

describe.each(["index.html", "01-tensors.html", "glossary.html"])("%s", (name) => {
  test.each(["light", "dark"] as const)("can be read in the %s scheme at every width", async (scheme) => {
    const { page, problems } = await open(hosted(name), scheme);
    const ground = await page.evaluate(groundOf, "html");
    if (scheme === "dark" ? ground > 0.2 : ground < 0.9) problems.push(`its ground has a lightness of ${ground}`);
    for (const width of widths) {
      await page.setViewportSize({ width, height: 900 });
      await page.evaluate(settle);
      const found = await page.evaluate(look, { column: "main", output: ".output, .output-html", ours: "body" });
      problems.push(...[...found, ...(await violations(page, scheme))].map((problem) => `${width} px: ${problem}`));
    }
    if (scheme === "light") {
      await page.emulateMedia({ media: "print" });
      for (const part of [".site-head", ".site-contents"])
        if (await page.locator(part).first().isVisible()) problems.push(`${part} is printed`);
    }
    await page.close();
    expect(problems).toEqual([]);
  });
});
