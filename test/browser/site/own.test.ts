/** The reader's own notebooks and files, the cards, and that a hostile file does nothing. */

import type { BrowserContext, Page } from "playwright-core";
import { expect, test } from "vitest";
import { violations } from "../notebooks/axe.js";
import { onSite } from "./hosted.js";

const here = onSite();

async function open(name: string, context?: BrowserContext): Promise<{ page: Page; problems: string[] }> {
  const page = await (context ?? here.browser).newPage();
  const problems: string[] = [];
  page.on("pageerror", ({ message }) => problems.push(`error: ${message}`));
  page.on("console", (line) => line.type() === "error" && problems.push(`console: ${line.text()}`));
  page.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("request", (request) => {
    const { protocol, host } = new URL(request.url());
    if (protocol.startsWith("http") && host !== new URL(here.site.at("")).host)
      problems.push(`asks for ${request.url()}`);
  });
  await page.goto(here.site.at(name));
  await page.locator(".live-bar, .cards-head").waitFor();
  return { page, problems };
}

const give = (page: Page, name: string, text: string) =>
  page.locator('input[type="file"]').setInputFiles({ name, mimeType: "text/plain", buffer: Buffer.from(text) });

const evil = '<img src="x" onerror="alert(1)"><script>alert(2)</script><a href="javascript:alert(3)">a</a>';
const hostile = JSON.stringify({
  nbformat: 4,
  nbformat_minor: 5,
  metadata: {},
  cells: [
    { id: '"><img src=x onerror=alert(4)>', cell_type: "markdown", metadata: {}, source: `# Hello\n\n${evil}\n\n<form action="https://evil.example"><input name=a></form>\n\n[x](javascript:alert(5)) ![y](https://evil.example/p.png)` },
    { id: "main", cell_type: "code", metadata: {}, source: "globalThis.ran = true;\nconsole.log('ran');", execution_count: 1, outputs: [
      { output_type: "display_data", metadata: {}, data: { "text/html": `${evil}<style>body { display: none }</style><svg onload="alert(6)"><use href="https://evil.example/a.svg#b"/></svg><p>kept</p><iframe srcdoc="<script>parent.alert(7)</script>"></iframe>` } },
      { output_type: "stream", name: "stdout", text: evil },
      { output_type: "display_data", metadata: {}, data: { "image/png": 'x" onerror="alert(8)' } },
    ] },
    { cell_type: "raw", metadata: {}, source: evil },
  ],
}); // prettier-ignore

test("a notebook of somebody else is shown without what it would do, and runs on a click alone", async () => {
  const { page, problems } = await open("own.html");
  await give(page, "theirs.ipynb", hostile);
  await page.locator(".code-cell", { hasText: "globalThis.ran" }).waitFor();
  expect(await page.locator("main h1").allInnerTexts()).toContain("Hello");
  expect(await page.locator("main form, main iframe, main [onerror], main [onload]").count()).toBe(0);
  expect(await page.locator(".saved-html p").innerText()).toBe("kept");
  expect(await page.locator("body").isVisible()).toBe(true);
  expect(await page.locator('.live-bar[data-state="running"]').count()).toBe(0);
  expect(await page.locator(".output pre", { hasText: "ran" }).count()).toBe(0);
  await page.locator(".live-bar button", { hasText: "Run all" }).click();
  await page.locator(".output pre", { hasText: "ran" }).waitFor();
  // Chromium says so of the inert document in which the markup is cleaned, too; a dialog or a request would be a problem of its own.
  expect(problems.filter((line) => !line.startsWith("console: Executing inline event handler violates"))).toEqual([]);
  // What was dropped is there when the reader comes back.
  await page.reload();
  await page.locator(".code-cell", { hasText: "globalThis.ran" }).waitFor();
  await page.close();
});

test.each([
  ["no JSON", "{", "theirs.ipynb is no notebook: it is not JSON"],
  ["no cells", "{}", "theirs.ipynb is no notebook: it has no list of cells"],
  ["an old format", '{"nbformat":3,"cells":[]}', "theirs.ipynb is a notebook of format 3"],
  ["a cell of numbers", '{"nbformat":4,"cells":[{"cell_type":"code","source":7}]}', "its cell 1 has no source"],
])("what is no notebook gets a sentence, and the page stays: %s", async (_, text, sentence) => {
  const { page, problems } = await open("own.html");
  await give(page, "theirs.ipynb", text);
  await expect.poll(() => page.locator(".live-note").innerText()).toContain(sentence);
  expect(await page.locator(".code-cell").count()).toBe(1);
  expect(problems).toEqual([]);
  await page.close();
});

test("a text of the reader's can be read by its name in a cell, and a cell can be added", async () => {
  const { page, problems } = await open("own.html");
  await give(page, 'my "text".txt', "One two three. ".repeat(200));
  await expect.poll(() => page.locator(".live-note").innerText()).toContain('fromText("my \\"text\\".txt")');
  await page.getByRole("button", { name: "Close" }).click();
  const count = await page.locator(".code-cell").count();
  await page.getByRole("button", { name: "Add a cell" }).click();
  await expect.poll(() => page.locator(".code-cell").count()).toBe(count + 1);
  const cell = page.locator(".code-cell").last();
  await cell.locator(".cm-content").click();
  await page.keyboard.insertText('import { fromText } from "twinformer/data";\nconst mine = await fromText(\'my "text".txt\');\nconsole.log(mine.train.length);'); // prettier-ignore
  await cell.locator("button", { hasText: "▶ Run" }).click();
  await expect.poll(() => cell.locator(".output").innerText(), { timeout: 60_000 }).toMatch(/^2[67]\d\d/);
  expect(problems).toEqual([]);
  await page.close();
});

test("cards ask, take a grade by keys, and remember it; a self-test counts", async () => {
  const context = await here.browser.newContext();
  const { page, problems } = await open("cards.html", context);
  const said = page.locator(".cards-head [role=status]");
  const all = await page.locator("details.card").count();
  await expect.poll(() => said.innerText()).toBe(`0 due, ${all} new, 0 known for now`);
  await page.getByRole("button", { name: "Ask what is due" }).click();
  const first = await page.locator(".cards-question").innerText();
  await page.getByLabel("Your answer").fill("because");
  await page.getByRole("button", { name: "Show the answer" }).click();
  expect(await page.locator(".cards-card a").count()).toBe(2);
  await page.keyboard.press("4");
  await expect.poll(() => page.locator(".cards-question").innerText()).not.toBe(first);
  await page.reload();
  await expect.poll(() => said.innerText()).toBe(`0 due, ${all - 1} new, 1 known for now`);
  await page.getByRole("button", { name: "Ten questions" }).click();
  for (let i = 0; i < 10; i++) {
    await expect.poll(() => said.innerText()).toBe(`question ${i + 1} of 10`);
    await page.getByRole("button", { name: "Show the answer" }).click();
    await page.keyboard.press(i < 3 ? "1" : "3");
  }
  await expect.poll(() => page.locator(".cards-card").innerText()).toBe("7 of 10 known.");
  expect(await violations(page, "light")).toEqual([]);
  expect(problems).toEqual([]);
  await context.close();
});
