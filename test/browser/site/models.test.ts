import type { Page } from "playwright-core";
import { account, findModel, grouped } from "twinformer/account";
import { describe, expect, test } from "vitest";
import { violations } from "../notebooks/axe.js";
import { look, settle } from "../notebooks/look.js";
import { onSite, opened } from "./hosted.js";

// Pages about models and claims, and figures alone, as `npm run site -- --short` made them.
const PATIENT = { timeout: 30_000 };
const EVIL = '"><img src=x onerror=alert(1)><script>alert(2)</script>';

const here = onSite();
const at = (name: string): string => here.site.at(name);

const pages = [
  "models.html",
  "models/Mixtral-8x7B.html",
  "models/GPT-4.html",
  "claims.html",
  "claims/C1.html",
  "myths/faster.html",
  "questions/faster.html",
  "embed/05-parameters/code-05.html",
  "embed/08-inference/code-101.html",
];

describe.each(pages)("%s", (name) => {
  test.each(["light", "dark"] as const)(
    "can be read in the %s scheme on a phone and on a desk",
    async (colorScheme) => {
      const { page, problems } = await opened(here.browser, at(name), { colorScheme });
      for (const width of [390, 1440]) {
        await page.setViewportSize({ width, height: 900 });
        await page.evaluate(settle);
        const found = await page.evaluate(look, { column: "main", output: ".output", ours: "body" });
        problems.push(
          ...[...found, ...(await violations(page, colorScheme))].map((problem) => `${width} px: ${problem}`),
        );
      }
      await page.close();
      expect(problems).toEqual([]);
    },
  );
});

describe("a config on models.html", () => {
  const status = (page: Page) => page.locator("#own-model [role=status]");
  const paste = async (page: Page, text: string) => {
    await page.locator("#own-text").fill(text);
    await page.getByRole("button", { name: "Count it" }).click();
  };

  test("is drawn by the same code as the pages of the table, pasted, chosen and dropped, and nothing is sent", async () => {
    const { page, problems, asked } = await opened(here.browser, at("models.html"));
    const { config } = findModel("Mixtral-8x7B")!;
    await page.locator("#own-model").waitFor();
    await page.waitForLoadState("networkidle");
    const before = asked.length;
    const total = grouped(account(config!).total);
    await paste(page, JSON.stringify(config));
    await expect.poll(() => status(page).textContent(), PATIENT).toMatch(/was counted/);
    expect(await page.locator("#own-result .model-lead").textContent()).toContain(total);
    expect(await page.locator("#own-result svg").count()).toBeGreaterThan(3);

    const buffer = Buffer.from(JSON.stringify(config));
    await page.locator("#own-model input").setInputFiles({ name: "mine.json", mimeType: "application/json", buffer });
    await expect.poll(() => page.locator("#own-result #top").textContent(), PATIENT).toBe("mine");

    await page.evaluate((text) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File([text], "dropped.json"));
      document
        .getElementById("own-model")!
        .dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
    }, JSON.stringify(config));
    await expect.poll(() => page.locator("#own-result #top").textContent(), PATIENT).toBe("dropped");
    problems.push(...(await violations(page, "light")));
    expect(asked.slice(before).filter((one) => !/\/(scripts\/|search\.js)/.test(one))).toEqual([]);
    expect(problems).toEqual([]);
    await page.close();
  });

  test("that is none, or is hostile, gets a sentence and puts nothing in", async () => {
    const { page, problems } = await opened(here.browser, at("models.html"));
    await page.locator("#own-model").waitFor();
    const small = {
      model_type: "llama",
      vocab_size: 9,
      hidden_size: 8,
      intermediate_size: 8,
      num_hidden_layers: 1,
      num_attention_heads: 1,
    };
    for (const [text, said] of [
      ["{", "not JSON"],
      ["[1]", "no config"],
      [JSON.stringify({ model_type: EVIL }), "cannot be counted"],
    ] as const) {
      await paste(page, text);
      await expect.poll(() => status(page).textContent(), PATIENT).toContain(said);
      expect(await page.locator("#own-result").innerHTML()).toBe("");
    }
    await page
      .locator("#own-model input")
      .setInputFiles({ name: `${EVIL}.json`, mimeType: "application/json", buffer: Buffer.alloc(49e6, " ") });
    await expect.poll(() => status(page).textContent(), PATIENT).toContain("49.0 MB");
    await paste(page, JSON.stringify({ ...small, _name_or_path: EVIL, [EVIL]: EVIL, torch_dtype: EVIL }));
    await expect.poll(() => page.locator("#own-result #top").textContent(), PATIENT).toContain('"><img src=x');
    expect(await page.locator("#own-result img, #own-result script").count()).toBe(0);
    expect(problems).toEqual([]);
    await page.close();
  });
});

test("only models.html fetches the code that counts", async () => {
  for (const [name, isThere] of [
    ["models.html", true],
    ["models/GPT-2.html", false],
    ["claims.html", false],
    ["05-parameters.html", false],
  ] as const) {
    const { page, asked } = await opened(here.browser, at(name), { serviceWorkers: "block" });
    await page.waitForLoadState("networkidle");
    expect(
      asked.some((one) => one.endsWith("/models.js")),
      name,
    ).toBe(isThere);
    await page.close();
  }
});

test("the search finds a model and a claim, and leads there from a page in a folder", async () => {
  const { page, problems } = await opened(here.browser, at("models/GPT-2.html"));
  const results = () =>
    page.locator(".site-found a").evaluateAll((links) => links.map((link) => (link as HTMLAnchorElement).href));
  await page.locator(".site-search input").fill("DeepSeek-V3");
  await expect.poll(results, PATIENT).toContain(at("models/DeepSeek-V3.html#top"));
  await page.locator(".site-search input").fill("dwarfs BERT-large");
  await expect.poll(results, PATIENT).toContain(at("claims.html#C7"));
  await page.keyboard.press("Enter");
  await page.waitForURL(/claims\.html#C7$/);
  expect(problems).toEqual([]);
  await page.close();
});

test("below a figure stands its address, and the line that shows it elsewhere, by keys alone", async () => {
  const { page, problems } = await opened(here.browser, at("05-parameters.html"));
  const line = page.locator('.cell-share[data-embed="embed/05-parameters/code-05.html"]');
  await line.locator(".cell-address").focus();
  await page.keyboard.press("Enter");
  expect(new URL(page.url()).hash).toBe("#cell-id=code-05");
  await line.getByRole("button", { name: /Embed/ }).focus();
  await page.keyboard.press("Enter");
  const text = await page.locator(".share-panel textarea").first().inputValue();
  expect(text).toContain(`src="${at("embed/05-parameters/code-05.html")}"`);
  problems.push(...(await violations(page, "light")));
  await page.emulateMedia({ media: "print" });
  expect(await line.isVisible()).toBe(false);

  // Some other page has that line.
  const other = await here.browser.newPage({ viewport: { width: 800, height: 700 } });
  await other.setContent(`<!doctype html><body>${text}</body>`);
  const frame = other.frameLocator("iframe");
  await frame.locator("[data-figure=parameters]").waitFor();
  const room = await frame
    .locator("html")
    .evaluate((html) => [html.scrollHeight, innerHeight, html.scrollWidth - innerWidth]);
  expect(room[0]).toBeLessThanOrEqual(room[1] + 1);
  expect(room[2]).toBeLessThanOrEqual(0);
  await other.close();
  expect(problems).toEqual([]);
  await page.close();
});

test("knobs of a figure alone can be turned", async () => {
  const { page, problems } = await opened(here.browser, at("embed/08-inference/code-101.html"));
  const label = () => page.locator(".twinformer-knobs svg[aria-label]").first().getAttribute("aria-label");
  const before = await label();
  const knob = page.locator(".twinformer-knobs input[type=range]").first();
  await knob.focus();
  for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
  await expect.poll(label, PATIENT).not.toBe(before);
  expect(problems).toEqual([]);
  await page.close();
});
