import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium, type Browser } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, expect, test } from "vitest";
import { findChromium } from "../../scripts/test/chromium.mjs";

let browser: Browser | undefined;
beforeAll(async () => {
  const executablePath = findChromium();
  if (executablePath)
    browser = await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-gpu", "--disable-quic"] });
});
afterAll(() => browser?.close());

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** The class as a script of a page. */
async function script(): Promise<string> {
  const packed = await rolldown({ input: at("../../lib/nn/state/checkpoint.ts"), platform: "browser" });
  const { output } = await packed.generate({ format: "iife", name: "library" });
  expect(output).toHaveLength(1); // what Node needs is asked for in Node only
  return output[0].code;
}

test("a page reads a checkpoint in parts from the files that a reader chose, and is told that it has no paths", async ({
  skip,
}) => {
  skip(!browser && process.env.CI !== "true", "no Chromium was found");
  const page = await browser!.newPage();
  await page.setContent('<input type="file" multiple>');
  await page.addScriptTag({ content: await script() });
  const folder = at("../golden/data/nn/checkpoints/bf16-in-parts/");
  const choose = (names: string[]): Promise<void> =>
    page.setInputFiles(
      "input",
      names.map((name) => folder + name),
    );
  const opened = (path?: string): Promise<unknown> => page.evaluate(`(${READ})(${JSON.stringify(path)})`);
  const names = readdirSync(folder);
  await choose(names);
  expect(await opened()).toEqual({ tensors: 21, numbers: 4944 });
  await choose(names.slice(0, -2));
  expect(await opened()).toMatch(/^Checkpoint: model-\S+ is a part of a checkpoint, of which \S+ is missing$/);
  expect(await opened("some/folder")).toBe(
    "Checkpoint: some/folder is a path, which only Node can read: give the files, or their bytes by name",
  );
});

/** What the page runs: how many tensors and numbers there are, or the sentence. */
const READ = `async (path) => {
  try {
    const checkpoint = await library.Checkpoint.open(path ?? document.querySelector("input").files);
    let numbers = 0;
    for (const name of checkpoint.tensors.keys()) numbers += (await checkpoint.read(name)).data.length;
    return { tensors: checkpoint.tensors.size, numbers };
  } catch (error) {
    return error.message;
  }
}`;
