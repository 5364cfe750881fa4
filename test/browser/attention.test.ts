import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { attention } from "../../lib/plot/index.js";
import { browser, errors, open } from "./knobs/page.js";

// Attention by head in a page: who can choose a head and a token, what is said then, and that it needs no script.

const tokens = ["The", "cat", "sat", "on", "it"];
const looking = (at: (query: number) => number) =>
  tokens.map((_, query) => tokens.map((_token, key) => Number(key === Math.max(0, at(query)))));
const html = attention(
  [looking((q) => q - 1), looking(() => 0), looking((q) => q)].map((weights, head) => ({ layer: 0, head, weights })),
  { tokens, start: { layer: 0, head: 0, token: 2 } },
).html();

/** What the figure shows and says: the head, what its token looks at, and how many drawings of lines there are. */
async function shown(page: Page) {
  const visible = (selector: string) => page.locator(`${selector}:visible`).allTextContents();
  return {
    head: (await visible(".tw-names p")).join(),
    said: (await visible(".tw-said p")).join(),
    lines: (await visible(".tw-lines svg")).length,
  };
}
const before = "layer 1, head 1 looks at the token before (100 %)";
const first = "layer 1, head 2 looks at the first token (100 %)";

test("by keyboard: Tab to the heads and the tokens, arrows between them, also under a pointer that rests there", async () => {
  const page = await open(html);
  expect(await shown(page)).toEqual({ head: before, said: "100 % cat", lines: 1 });
  await page.keyboard.press("Tab");
  expect(await page.locator("label:has(:focus-visible)").evaluate((at) => getComputedStyle(at).outlineStyle)).toBe("solid"); // prettier-ignore
  await page.keyboard.press("ArrowRight");
  expect(await shown(page)).toEqual({ head: first, said: "100 % The", lines: 1 });
  await page.keyboard.press("ArrowLeft");
  await page.keyboard.press("Tab");
  await page.keyboard.press("ArrowDown");
  expect(await shown(page)).toEqual({ head: before, said: "100 % sat", lines: 1 });

  await page.locator(".h0").click();
  await page.keyboard.press("ArrowRight");
  expect((await shown(page)).head).toBe(first);
  await page.locator(".h2").click();
  await page.locator(".h0").hover();
  expect((await shown(page)).head).toBe(before);
  await page.mouse.move(0, 0);
  expect((await shown(page)).head).toBe("layer 1, head 3 looks at itself (100 %)");
  expect(errors).toEqual([]);
  await page.close();
});

test("by finger, where no script runs, and another one is left alone", async () => {
  const context = await browser().newContext({ hasTouch: true, isMobile: true, javaScriptEnabled: false });
  const page = await context.newPage();
  await page.setContent(`<!doctype html><meta name="viewport" content="width=device-width">${html}<hr>${html}`);
  await page.locator(".h1").first().tap();
  await page.locator(".t3").first().tap();
  expect(await shown(page)).toEqual({ head: `${first},${before}`, said: "100 % The,100 % cat", lines: 2 });
  await context.close();
});

interface AxNode {
  readonly ignored: boolean;
  readonly role?: { readonly value: string };
  readonly name?: { readonly value: string };
  readonly properties?: readonly { readonly name: string; readonly value: { readonly value: unknown } }[];
}

test("Chromium tells a screen reader each choice by its name, which is chosen, and what comes of it", async () => {
  const page = await open(html);
  const session = await page.context().newCDPSession(page);
  const tree = async () => {
    const { nodes } = (await session.send("Accessibility.getFullAXTree")) as unknown as { nodes: readonly AxNode[] };
    const of = (role: string) => nodes.filter((node) => !node.ignored && node.role?.value === role);
    const has = ({ properties = [] }: AxNode, name: string, value: unknown) =>
      properties.some((property) => property.name === name && property.value.value === value);
    return {
      groups: of("radiogroup").map(({ name }) => name?.value),
      chosen: new Set(of("radio").flatMap((node) => (has(node, "checked", "true") ? [node.name?.value] : []))),
      live: nodes.some((node) => !node.ignored && has(node, "live", "polite")),
      words: of("StaticText").map(({ name }) => name?.value),
    };
  };
  const start = await tree();
  expect(new Set(start.groups)).toEqual(new Set(["head", "token that looks"]));
  expect(start.chosen).toEqual(new Set(["layer 1, head 1, looks at the token before (100 %)", "sat"]));
  expect(start.live).toBe(true);
  expect(start.words).toContain("100 % cat");

  await page.locator(".h0 input").focus();
  await page.keyboard.press("ArrowRight");
  const now = await tree();
  expect(now.chosen).toEqual(new Set(["layer 1, head 2, looks at the first token (100 %)", "sat"]));
  expect(now.words).toContain("100 % The");
  expect(now.words).not.toContain("100 % cat"); // what is not shown is not said
  await page.close();
});
