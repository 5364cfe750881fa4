import { existsSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { chromium, type Browser } from "playwright-core";
import { rolldown } from "rolldown";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fromArray, loadPretrained, noGrad, pretrained } from "./page.js";
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

test("a page loads a whole model from chosen files and from bytes, and computes what Node does", async ({ skip }) => {
  skip(!browser && process.env.CI !== "true", "no Chromium was found");
  const page = await browser!.newPage();
  await page.setContent('<input type="file" multiple>');
  await page.addScriptTag({ content: await modelScript() });
  for (const name of ["gpt2-left", "qwen2moe-mixed"]) {
    const folder = at(`../golden/data/models/${name}/`);
    const files = ["config.json", "model.safetensors"].map((file) => folder + file);
    await page.setInputFiles("input", files);
    const { model } = await loadPretrained(folder);
    const { logits } = noGrad(() => model.forward(fromArray([3, 7, 5, 9], [1, 4], "int32")));
    const wanted = Array.from(logits.toTypedArray());
    for (const how of ["files", "bytes"]) {
      const found = await page.evaluate<number[]>(`(${RUN})(${JSON.stringify(how)})`);
      expect(found).toHaveLength(wanted.length);
      expect(Math.max(...found.map((x, i) => Math.abs(x - wanted[i]))), `${name} by ${how}`).toBeLessThan(1e-5);
    }
  }
  await page.setInputFiles("input", [at("../golden/data/models/gptoss/model.safetensors")]);
  expect(await page.evaluate(`(${RUN})("files")`)).toBe(
    "loadPretrained: there is no config.json among the files (model.safetensors); give the whole folder",
  );
});

test("a page finds the trained twins beside it, or where it is told, and computes what Node does", async ({ skip }) => {
  skip(!browser && process.env.CI !== "true", "no Chromium was found");
  const page = await browser!.newPage();
  await page.route("http://course.test/**", (route) => {
    const [, file] = /\/(assets\/models\/.+)$/.exec(new URL(route.request().url()).pathname) ?? [];
    if (file === undefined) return route.fulfill({ body: "<!doctype html>", contentType: "text/html" });
    const path = at(`../../${file}`);
    return existsSync(path) ? route.fulfill({ path }) : route.fulfill({ status: 404 });
  });
  await page.goto("http://course.test/notes/");
  await page.addScriptTag({ content: await modelScript() });
  const { model, tokenizer } = await pretrained("dense");
  const ids = tokenizer.encode("It is a truth universally");
  const wanted = noGrad(() => model.forward(fromArray(ids, [1, ids.length], "int32"))).logits.toTypedArray();
  for (const from of [undefined, "http://course.test/elsewhere/assets/models", "../elsewhere/assets/models/"]) {
    const found = await page.evaluate<number[]>(`(${TRAINED})(${JSON.stringify(from)})`);
    expect(Math.max(...found.map((x, i) => Math.abs(x - wanted[i])))).toBeLessThan(1e-4);
    expect(found).toHaveLength(wanted.length);
  }
  expect(await page.evaluate(`(${TRAINED})("assets/models/none")`)).toMatch(
    /^pretrained: http:\/\/course.test\/notes\/assets\/models\/none\/dense\/\S+ was answered by 404; they are kept in assets\/models/,
  );
});

/** What the page runs: the logits, or the sentence. */
const TRAINED = `async (from) => {
  try {
    const { model, tokenizer } = await library.pretrained("dense", from ? { from } : {});
    const ids = tokenizer.encode("It is a truth universally");
    const { logits } = library.noGrad(() => model.forward(library.fromArray(ids, [1, ids.length], "int32")));
    return Array.from(logits.toTypedArray());
  } catch (error) {
    return error.message;
  }
}`;

/** The models and tensors as a script of a page, which computes on one thread: see "browser" in package.json. */
async function modelScript(): Promise<string> {
  const packed = await rolldown({
    input: at("page.ts"),
    platform: "browser",
    transform: { define: { "import.meta": "{}" } }, // read in Node alone
    plugins: [
      {
        name: "one thread",
        resolveId: (id) => (/threads\/(node|threads)\.js$/.test(id) ? at("../../lib/kernels/threads/page.ts") : null),
      },
    ],
  });
  const { output } = await packed.generate({ format: "iife", name: "library" });
  expect(output).toHaveLength(1);
  return output[0].code;
}

/** What the page runs: the logits, or the sentence. */
const RUN = `async (how) => {
  try {
    const { files } = document.querySelector("input");
    const bytes = {};
    for (const file of files) bytes[file.name] = await file.arrayBuffer();
    const { model } = await library.loadPretrained(how === "files" ? files : bytes);
    const ids = library.fromArray([3, 7, 5, 9], [1, 4], "int32");
    return Array.from(library.noGrad(() => model.forward(ids)).logits.toTypedArray());
  } catch (error) {
    return error.message;
  }
}`;

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
