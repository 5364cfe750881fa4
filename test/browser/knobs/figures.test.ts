import { mkdirSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { account, findModel } from "../../../lib/account/index.js";
import { capacityKnobs, costKnobs, routerKnobs } from "../../../lib/interactive/index.js";
import type { KnobsFigure } from "../../../lib/plot/index.js";
import { project } from "../../launcher/clone.js";
import { browser, errors, frames, logitsOf, open, rowsOf } from "./page.js";

// Figures with knobs in a page: who can turn them, and what is left where no script runs.
const screenshots = path.join(project, "build/screenshots");
const scores = rowsOf(logitsOf(64, 8)).map((own) => ({ scores: own }));
const figures: Readonly<Record<string, () => KnobsFigure<never>>> = {
  capacity: () => capacityKnobs(scores),
  router: () => routerKnobs(scores.map(({ scores: logits }, n) => ({ token: `word ${n}`, logits }))),
  cost: () => costKnobs(account(findModel("Mixtral-8x7B")!.config!), { name: "Mixtral-8x7B" }),
};

describe.each(Object.entries(figures))("%s", (name, make) => {
  test("is live, with a name for each knob and nothing still shown twice", async () => {
    const page = await open(make().html());
    const bar = page.getByRole("group", { name });
    expect(await bar.isVisible()).toBe(true);
    for (const knob of await bar.locator("input,select,button").all()) {
      const label = await knob.evaluate(
        (element) => (element as HTMLInputElement).labels?.[0]?.textContent ?? element.textContent,
      );
      expect(label).not.toBe("");
    }
    expect(await page.locator(".twinformer-still").isVisible()).toBe(false);
    expect(await page.getByRole("img").count()).toBe(1);
    expect(await page.getByRole("img").getAttribute("aria-label")).toBe(make().at().description);
    expect(await page.locator("[role=status]").textContent()).toBe(""); // no news yet
    await page.close();
  });

  test("moves by keyboard, says what changed, and goes back", async () => {
    const figure = make();
    const page = await open(figure.html());
    const before = await page.getByRole("img").getAttribute("aria-label");
    await page.keyboard.press("Tab");
    const focused = page.locator(":focus");
    expect(await focused.evaluate((element) => element.closest(".twinformer-bar") !== null)).toBe(true);
    expect(await focused.evaluate((element) => getComputedStyle(element).outlineStyle)).not.toBe("none");
    await page.keyboard.press("End");
    await expect.poll(() => page.getByRole("img").getAttribute("aria-label")).not.toBe(before);
    const now = (await page.getByRole("img").getAttribute("aria-label"))!;
    await expect.poll(() => page.locator("[role=status]").textContent()).toBe(now);
    await page.getByRole("button", { name: "reset" }).press("Enter");
    await expect.poll(() => page.getByRole("img").getAttribute("aria-label")).toBe(before);
    expect(errors).toEqual([]);
    await page.close();
  });

  test("is as large as a finger wants it, where there are fingers", async () => {
    const context = await browser().newContext({
      viewport: { width: 340, height: 900 },
      hasTouch: true,
      isMobile: true,
    });
    const page = await context.newPage();
    await page.setContent(
      `<!doctype html><meta name="viewport" content="width=device-width"><body style="margin:8px">${make().html()}`,
    );
    for (const knob of await page.locator(".twinformer-bar :is(input,select,button)").all())
      expect((await knob.boundingBox())!.height).toBeGreaterThanOrEqual(44);
    const slider = page.locator("input[type=range]").first();
    const before = await slider.inputValue();
    const { x, y, width, height } = (await slider.boundingBox())!;
    await page.touchscreen.tap(x + width * 0.9, y + height / 2);
    expect(await slider.inputValue()).not.toBe(before);
    await context.close();
  });

  test.each([340, 680, 1280])("fits a page of %s pixels: no words outside of it or over other ones", async (width) => {
    for (const theme of ["light", "dark"] as const) {
      const ground = theme === "dark" ? "background:#111;color:#e6e6e6" : "";
      const page = await open(`<div style="color-scheme:${theme};${ground}">${make().html()}</div>`, { width });
      await frames(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)).toBeLessThanOrEqual(0);
      expect(await page.evaluate(wordsOver)).toEqual([]);
      mkdirSync(screenshots, { recursive: true });
      await page.screenshot({ path: path.join(screenshots, `knobs-${name}-${width}-${theme}.png`), fullPage: true });
      await page.close();
    }
  });

  test("stays a picture where scripts may not run", async () => {
    const figure = make();
    const csp = `<meta http-equiv="Content-Security-Policy" content="script-src 'none'">`;
    const page = await open(figure.html(), { head: csp });
    expect(await page.locator(".twinformer-bar").count()).toBe(0);
    expect(await page.getByRole("img").count()).toBe(1);
    expect(await page.getByRole("img").getAttribute("aria-label")).toBe(figure.at().description);
    expect((await page.locator("body").innerText()).split("\n")[0]).not.toContain("{");
    await page.close();
  });

  test("takes less than 60 kB", () => {
    expect(Buffer.byteLength(make().html())).toBeLessThan(60_000);
  });
});

/** Runs in the page: words of the live picture that lie outside of it, or over others. */
function wordsOver(): string[] {
  const svg = document.querySelector(".twinformer-live svg")!;
  const all = Array.from(svg.querySelectorAll("text"), (text) => ({
    text: text.textContent,
    box: text.getBoundingClientRect(),
  }));
  const frame = svg.getBoundingClientRect();
  const outside = all.filter(
    ({ box }) => box.left < frame.left - 1 || box.right > frame.right + 1 || box.bottom > frame.bottom + 1,
  );
  const over = all.flatMap((a, i) =>
    all
      .slice(i + 1)
      .filter(
        (b) =>
          a.box.left < b.box.right - 1 &&
          b.box.left < a.box.right - 1 &&
          a.box.top < b.box.bottom - 3 &&
          b.box.top < a.box.bottom - 3,
      )
      .map((b) => `${a.text} over ${b.text}`),
  );
  return [...outside.map(({ text }) => `${text} outside`), ...over];
}
