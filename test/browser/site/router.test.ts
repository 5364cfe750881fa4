import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { violations } from "../notebooks/axe.js";
import { look, settle } from "../notebooks/look.js";
import { onSite, opened } from "./hosted.js";

// The game in which the reader is the router, as the site has it.
const PATIENT = { timeout: 60_000 };
const NAME = "playground/router.html";
const COUNT = 20;

const here = onSite();
const at = (hash = ""): string => here.site.at(NAME) + hash;

async function game(hash = "", options: object = {}) {
  const found = await opened(here.browser, at(hash), options);
  await found.page.locator(".router-board tbody button").first().waitFor(PATIENT);
  return found;
}
const button = (page: Page, token: number, expert: number) =>
  page.locator(`.router-board button[data-token="${token}"][data-expert="${expert}"]`);
const pressed = (page: Page) =>
  page
    .locator('.router-board button[aria-pressed="true"]')
    .evaluateAll((all) =>
      all.map((one) => `${(one as HTMLElement).dataset.token}:${(one as HTMLElement).dataset.expert}`),
    );
const rows = (page: Page) => page.locator(".router-board tbody tr:visible").count();
const said = (page: Page, id: string) => page.locator(`#${id}`).textContent();
/** Nats per token, by who chooses. */
const bars = (page: Page) =>
  page.locator(".router-bars tbody tr").evaluateAll((all): Record<string, number> => {
    const entries = all.map((row) => [
      row.getAttribute("class")!.replace("router-", ""),
      Number(row.querySelector("td")!.textContent),
    ]);
    return Object.fromEntries(entries) as Record<string, number>;
  });

describe.each(["light", "dark"] as const)("in the %s scheme", (colorScheme) => {
  test.each([390, 768, 1440])("can be read at %i px, while it is played and when it is scored", async (width) => {
    const { page, problems } = await game("", { colorScheme, viewport: { width, height: 844 } });
    await page
      .locator(".router-usual span")
      .first()
      .waitFor({ ...PATIENT, state: "attached" });
    for (const expert of [2, 5, 0]) await button(page, 0, expert).click();
    const check = async (when: string): Promise<void> => {
      await page.evaluate(settle);
      const found = await page.evaluate(look, { column: "main", output: ".output", ours: "main" });
      problems.push(
        ...[...found, ...(await violations(page, colorScheme))]
          .filter((problem) => !problem.startsWith("cut at the side: <input")) // a long link in its field
          .map((problem) => `${when}: ${problem}`),
      );
    };
    await check("played");
    await page.locator("#router-score").click();
    await page.locator("#router-numbers summary").click();
    await check("scored");
    await page.close();
    expect(problems).toEqual([]);
  });
});

test("by keyboard alone: two digits a token, arrows to go back, and Score", async () => {
  const { page, problems, asked } = await game();
  const before = asked.length;
  expect(await rows(page)).toBe(1);
  await page.locator("#router-own summary").focus();
  await page.keyboard.press("Tab"); // the board is one stop
  for (let n = 0; n < COUNT; n++) {
    await page.keyboard.press("2");
    await page.keyboard.press("6");
    expect(await rows(page)).toBe(Math.min(COUNT, n + 2));
  }
  expect(await said(page, "router-state")).toContain(`All ${COUNT} are routed`);
  await page.keyboard.press("Control+Home");
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("End");
  await page.keyboard.press("Space"); // expert 7 of token 2: expert 2 makes room
  expect(await said(page, "router-state")).toContain("Expert 2 made room. Token 2 goes to experts 6 and 7");
  expect((await pressed(page)).filter((one) => one.startsWith("1:"))).toEqual(["1:6", "1:7"]);
  await page.keyboard.press("ArrowUp");
  expect(await page.evaluate(() => document.activeElement?.getAttribute("aria-label"))).toMatch(
    /^token 1, “.+”: expert 7$/,
  );
  await page.keyboard.press("Tab");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("router-score");
  await page.keyboard.press("Enter");
  expect(await page.evaluate(() => document.activeElement?.id)).toBe("router-result-head");
  const { you, learned, chance, best } = await bars(page);
  expect(best).toBeLessThanOrEqual(Math.min(you, learned, chance));
  expect(await said(page, "router-numbers")).toContain(
    you > learned ? "You lost" : you < learned ? "You beat" : "level with",
  );
  expect(asked.slice(before).filter((one) => !/\/(scripts\/|search\.js)/.test(one))).toEqual([]);
  expect(problems).toEqual([]);
  await page.close();
});

test("by touch: every target is as large as a finger, and a tap chooses", async () => {
  const { page, problems } = await game("", { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
  await button(page, 0, 1).tap();
  await button(page, 0, 4).tap();
  expect(await pressed(page)).toEqual(["0:1", "0:4"]);
  expect(await rows(page)).toBe(2);
  await page.locator("#router-score").tap();
  const sizes = await page
    .locator("#router :is(button, select, input):visible")
    .evaluateAll((all) => all.map((one) => [one.getBoundingClientRect().width, one.getBoundingClientRect().height]));
  for (const [width, height] of sizes) {
    expect(width).toBeGreaterThanOrEqual(38); // eight in a row of a phone
    expect(height).toBeGreaterThanOrEqual(44);
  }
  expect(problems).toEqual([]);
  await page.close();
});

test("a link shows the same choices and the same score, and choices can be changed there", async () => {
  const first = await game();
  for (const [token, expert] of [[0, 0], [0, 7], [1, 2], [1, 3]] as const) await button(first.page, token, expert).click(); // prettier-ignore
  await first.page.locator("#router-score").click();
  const link = await first.page.locator("#router-link").inputValue();
  expect(link).toBe(first.page.url());
  expect(new URL(link).hash).toMatch(/^#score\/english-1\/[0-9a-r]{2}$/);
  const second = await game(new URL(link).hash);
  expect(await pressed(second.page)).toEqual(await pressed(first.page));
  expect(await said(second.page, "router-numbers")).toBe(await said(first.page, "router-numbers"));
  const before = await bars(second.page);
  await button(second.page, 1, 6).click();
  await expect.poll(() => bars(second.page)).not.toEqual(before);
  await second.page.locator("#router-clear").click();
  expect(await pressed(second.page)).toEqual([]);
  expect(await rows(second.page)).toBe(1);
  expect([...first.problems, ...second.problems]).toEqual([]);
  await first.page.close();
  await second.page.close();
});

test("a broken link gets a sentence and an empty board; an anchor of the page does nothing", async () => {
  const { page, problems } = await game("#score/english-1/zz");
  expect(await said(page, "router-refused")).toContain(
    "This link holds no game: it has a choice that token 1 does not have.",
  );
  expect(await pressed(page)).toEqual([]);
  await button(page, 0, 3).click();
  await page.evaluate(() => (location.hash = "#router-how"));
  expect(await pressed(page)).toEqual(["0:3"]);
  const short = Buffer.from("short").toString("base64url");
  await page.evaluate((text) => (location.hash = `#play/own.${text}/`), short);
  await expect.poll(() => said(page, "router-refused"), PATIENT).toMatch(/cannot be played\. This is \d+ tokens/);
  expect(problems).toEqual([]);
  await page.close();
});

test("a sentence of the reader's is played; one that cannot be loses nothing", async () => {
  const { page, problems } = await game();
  await button(page, 0, 3).click();
  await button(page, 0, 4).click();
  await page.locator("#router-own summary").click();
  const write = page.locator("#router-write");
  for (const [text, why] of [
    ["too short", "a game needs 21 or more"],
    ["Größe", "“ö” is none of them"],
  ] as const) {
    // prettier-ignore
    await write.fill(text);
    await page.locator("#router-take").click();
    await expect.poll(() => said(page, "router-refused"), PATIENT).toContain(why);
    expect(await write.inputValue()).toBe(text);
    expect(await pressed(page)).toEqual(["0:3", "0:4"]);
  }
  await write.fill('Nobody had <b>told</b> the router that "experts" get tired of commas, and so it went on.');
  await page.locator("#router-take").click();
  await expect.poll(() => page.locator("#router-pick").inputValue(), PATIENT).toBe("own");
  expect(await said(page, "router-refused")).toBe("");
  expect(await page.locator("#router-read b b").count()).toBe(0);
  const own = await game(new URL(page.url()).hash);
  expect(await own.page.locator("#router-write").inputValue()).toBe(await write.inputValue());
  await own.page.close();
  // What was played before is there again.
  await page.locator("#router-pick").selectOption("english-1");
  await expect.poll(() => pressed(page), PATIENT).toEqual(["0:3", "0:4"]);
  expect([...problems, ...own.problems]).toEqual([]);
  await page.close();
});

test("nothing moves by itself, and without scripts a sentence says what is missing", async () => {
  const { page } = await game("", { reducedMotion: "reduce" });
  expect(await page.evaluate(() => document.getAnimations().length)).toBe(0);
  await page.close();
  const off = await opened(here.browser, at(), { javaScriptEnabled: false });
  expect(await off.page.locator("#router-off").isVisible()).toBe(true);
  expect(await off.page.locator("#router").isVisible()).toBe(false);
  await off.page.close();
});
