import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findChromium } from "../../scripts/test/chromium.mjs";
import { hostile } from "../hostile.js";
import { ownScripts } from "../plot/outputs/interactive.js";
import { attempt, othersOf, outputs, replaced, textsOf, type Shown } from "../plot/outputs.js";

// What test/plot/hostile.test.ts looks for in the text of each output, tried: does anything run, or ask for something?
const own = [...ownScripts()];
let browser: Browser;
let page: Page;
const requests: string[] = [];

beforeAll(async () => {
  const executablePath = findChromium();
  if (!executablePath) throw new Error("no Chromium was found");
  browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu"] });
  page = await browser.newPage();
  await page.route("**/*", (route) => {
    const url = route.request().url();
    if (!url.startsWith("data:image/svg+xml")) requests.push(url);
    return url.startsWith("data:") ? route.continue() : route.abort();
  });
});
afterAll(() => browser.close());

/** Runs in the page: what is wrong with it. */
async function look({ files, own }: { files: readonly string[]; own: readonly string[] }): Promise<string[]> {
  const problems: string[] = [];
  const everything = Array.from(document.querySelectorAll<HTMLElement>("body *"));
  for (const element of everything) {
    const isOwn = element.matches(".twinformer-knobs>script[type]") || own.includes(element.textContent);
    if (element.tagName === "SCRIPT" && isOwn) continue;
    if (/^(script|iframe|object|embed|link|base|foreignobject)$/i.test(element.tagName))
      problems.push(element.outerHTML);
    for (const { name, value } of Array.from(element.attributes))
      if (
        name.startsWith("on") ||
        (/^(href|src|action|data|xlink:href)$/.test(name) && !value.startsWith("data:image/svg+xml;"))
      )
        problems.push(`${name}="${value}"`);
    for (const event of ["mouseover", "focus", "click", "toggle"]) element.dispatchEvent(new Event(event));
  }
  const images = files.length > 0 ? Array.from(document.querySelectorAll("img")) : []; // once is enough
  await Promise.all(images.map((image) => image.decode().catch(() => problems.push(`broken image: ${image.alt}`))));
  const embedded = images.map((image) =>
    new TextDecoder().decode(Uint8Array.from(atob(image.src.split("base64,")[1]), (c) => c.charCodeAt(0))),
  );
  for (const file of [...files, ...embedded]) {
    const error = new DOMParser().parseFromString(file, "image/svg+xml").querySelector("parsererror");
    if (error) problems.push(`${error.textContent} in ${file.slice(0, 200)}`);
  }
  await new Promise((resolve) => setTimeout(resolve, 0));
  if ("ran" in globalThis) problems.push("a script ran");
  return problems;
}

async function problemsOf(all: readonly Shown[]): Promise<string[]> {
  const body = all.flatMap(({ html }) => html).join("\n");
  await page.goto("about:blank"); // a new window: what ran in the last one is gone
  await page.setContent(`<!doctype html><html><body>${body}</body></html>`);
  const files = all.flatMap(({ svg }) => svg);
  const parsed = await page.evaluate(look, { files, own });
  // A front end puts outputs in by innerHTML, with another parser state around them.
  await page.setContent(`<!doctype html><html><body><div id="place"></div></body></html>`);
  await page.evaluate((html) => void (document.getElementById("place")!.innerHTML = html), body);
  return [...parsed, ...(await page.evaluate(look, { files: [], own }))];
}

test("the look sees what it looks for", { timeout: 60_000 }, async () => {
  const bad = {
    html: ['<img src="http://evil.invalid/a.png" onerror="globalThis.ran=1"><script>globalThis.ran=1</script>'],
    svg: ["<svg"],
    descriptions: [],
  };
  const problems = (await problemsOf([bad]).catch((error: unknown) => [String(error)])).join("\n");
  expect(problems).not.toBe("");
  expect(requests.splice(0).join()).toContain("evil.invalid");
});

test(
  "in every output each hostile text is words: no script, no request, whole pictures",
  { timeout: 300_000 },
  async () => {
    for (const text of hostile) {
      const all: Shown[] = [];
      for (const output of Object.values(outputs)) {
        const result = await attempt(output, replaced(output.args, textsOf(output), text));
        if (!(result instanceof Error)) all.push(result);
      }
      expect(all).toHaveLength(Object.keys(outputs).length);
      expect(await problemsOf(all), text).toEqual([]);
    }
    expect(requests).toEqual([]);
  },
);

test("so is a text in place of a number, where it is not refused", { timeout: 300_000 }, async () => {
  for (const text of hostile.filter((_, i) => i % 5 === 0)) {
    const all: Shown[] = [];
    for (const output of Object.values(outputs))
      for (const place of othersOf(output)) {
        const result = await attempt(output, replaced(output.args, [place], text));
        if (!(result instanceof Error)) all.push(result);
      }
    expect(await problemsOf(all), text).toEqual([]);
  }
  expect(requests).toEqual([]);
});
