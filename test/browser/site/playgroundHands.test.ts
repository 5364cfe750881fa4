import { expect, test } from "vitest";
import { onSite } from "./hosted.js";
import { act, link, PATIENT, pause, playground, PLAYGROUND, reached, rests, said, SMALL, turn } from "./play.js";

// The playground under a reader's hands: texts of their own, keys alone, fingers.
const EVIL = `"><img src=x onerror=alert(1)><script>alert(2)</script>' &amp; \``;
const TEXT = `${EVIL} and the sea. `.repeat(30);

const here = onSite();
const play = (hash = "", options: object = {}) => playground(here.browser, here.site.at(PLAYGROUND) + hash, options);

test("a text of the reader's is learned, pasted or dropped, and is in the link; what is in it stays text", async () => {
  const { page, problems } = await play(`#${SMALL}`);
  await turn(page, "text", "own");
  await page.locator("#play-text").fill(TEXT);
  await act(page, "own");
  await expect.poll(() => page.locator("#play-sentence").inputValue(), PATIENT).toBe(TEXT.slice(0, 40));
  expect(await page.locator("#knob-text").inputValue()).toBe("own");
  await act(page, "step");
  await rests(page, 1);
  await expect.poll(() => link(page), PATIENT).toMatch(/^#t=own&e=4&w=12&at=1&text=[\w-]+$/);
  expect(await page.locator("#playground :is(img, script)").count()).toBe(0);

  const other = await play(new URL(page.url()).hash);
  await rests(other.page, 1);
  expect(await other.page.locator("#play-text").inputValue()).toBe(TEXT);
  const written = () => Promise.all([page, other.page].map((one) => said(one, ".play-dense")));
  await expect.poll(async () => new Set(await written()).size, PATIENT).toBe(1);
  await other.page.close();

  await page.evaluate((text) => {
    const dataTransfer = new DataTransfer();
    dataTransfer.items.add(new File([text], "mine.txt"));
    const place = document.querySelector(".play-figures")!;
    place.dispatchEvent(new DragEvent("drop", { dataTransfer, bubbles: true, cancelable: true }));
  }, "A dropped text of one kind. ".repeat(40));
  await expect.poll(() => page.locator("#play-sentence").inputValue(), PATIENT).toMatch(/^A dropped text/);
  await rests(page, 0);
  await turn(page, "text", "arithmetic");
  await expect.poll(() => page.locator("#play-sentence").inputValue(), PATIENT).toBe("12 + 34 = 46");
  await expect.poll(() => link(page), PATIENT).toBe("#t=arithmetic&e=4&w=12");
  expect(await page.locator(".play-own").isVisible()).toBe(false);
  expect([...problems, ...other.problems]).toEqual([]);
  await page.close();
});

test("a text that is too short gets one sentence, and the run goes on", async () => {
  const { page, problems } = await play(`#${SMALL}&at=2`);
  await rests(page, 2);
  const before = [link(page), await page.locator("#play-sentence").inputValue()];
  await turn(page, "text", "own");
  for (const text of ["", "too short", EVIL]) {
    await page.locator("#play-text").fill(text);
    await act(page, "own");
    await expect.poll(() => said(page, ".play-problem"), PATIENT).toMatch(/^[A-Z].+\.$/);
    expect(await page.locator("#play-text").inputValue()).toBe(text);
    expect([link(page), await page.locator("#play-sentence").inputValue()]).toEqual(before);
  }
  await act(page, "step");
  await rests(page, 3);
  expect(problems).toEqual([]);
  await page.close();
});

test("of a sentence of the reader's, what the text has none of is named", async () => {
  const { page, problems } = await play(`#${SMALL}`);
  await page.locator("#play-sentence").fill("A 鯨 and a 🐋 swim 鯨");
  await expect.poll(() => said(page, ".play-note"), PATIENT).toContain("“鯨” “🐋”");
  expect(await page.locator(".play-layers section").first().locator("li").count()).toBe("A  and a  swim ".length);
  await page.locator("#play-sentence").fill(EVIL);
  await expect.poll(() => said(page, ".play-layers"), PATIENT).toContain("(");
  expect(await page.locator("#playground :is(img, script)").count()).toBe(0);
  await expect.poll(() => link(page), PATIENT).toContain("say=");
  await page.locator("#play-sentence").fill("");
  await expect.poll(() => said(page, ".play-layers"), PATIENT).toContain("There is no sentence");
  expect(problems).toEqual([]);
  await page.close();
});

test("by keyboard alone: play, pause, back in the film, a knob", async () => {
  const { page, problems } = await play(`#${SMALL}`);
  const focused = (): Promise<string> =>
    page.evaluate(() => (document.activeElement as HTMLElement).dataset.do ?? document.activeElement!.id);
  const tabTo = async (name: string): Promise<void> => {
    for (let i = 0; i < 30 && (await focused()) !== name; i++) await page.keyboard.press("Tab");
    expect(await focused()).toBe(name);
  };
  await tabTo("play");
  await page.keyboard.press("Space");
  await reached(page, 3);
  await page.keyboard.press("Space");
  await expect.poll(() => said(page, ".play-state"), PATIENT).toBe("paused");
  await tabTo("play-scrub");
  await page.keyboard.press("Home");
  for (let i = 0; i < 3; i++) await page.keyboard.press("ArrowRight");
  await page.keyboard.press("ArrowLeft");
  await expect.poll(() => said(page, "#play-step"), PATIENT).toMatch(/^step 2 of \d+$/);
  await tabTo("knob-balance");
  await page.keyboard.press("ArrowUp");
  await expect.poll(() => said(page, ".play-history"), PATIENT).toContain("after step 2: balance none");
  await rests(page, 2);
  expect(problems).toEqual([]);
  await page.close();
});

test("by touch: what is tapped is as large as a finger", async () => {
  const phone = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };
  const { page, problems } = await play(`#${SMALL}`, phone);
  await page.locator('[data-do="play"]').tap();
  await reached(page, 2);
  await pause(page);
  const heights = await page
    .locator("#playground :is(button, select, input):visible")
    .evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height));
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(44);
  expect(problems).toEqual([]);
  await page.close();
});
