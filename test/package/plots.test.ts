import { cpSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { createContext, runInContext } from "node:vm";
import { chromium } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { saveSafetensors } from "../../lib/index.js";
import { root } from "../../scripts/setup/run.mjs";
import { findChromium } from "../../scripts/test/chromium.mjs";
import { inProject, project, tools, write } from "./project.js";

// A stranger with files of his own: the first program of docs/plots.md, word by word, wherever figures may be drawn.

const page = readFileSync(path.join(project, "node_modules/twinformer/docs/plots.md"), "utf8");
const program = /```ts\n([\s\S]*?)```/.exec(page)![1];
const figures = `JSON.stringify(figures.map((figure) => figure.svg()))`;
const data = path.join(root, "test/plot/gallery/data");
const names = ["log.csv", "experts.csv", "router_logits.safetensors"];

beforeAll(() => {
  cpSync(path.join(data, "twins.csv"), path.join(project, "log.csv"));
  cpSync(path.join(data, "experts.csv"), path.join(project, "experts.csv"));
  const { router_logits: logits } = JSON.parse(readFileSync(path.join(data, "router.json"), "utf8")) as {
    readonly router_logits: number[][][];
  };
  const shape = [logits.length, logits[0].length, logits[0][0].length];
  write("router_logits.safetensors", saveSafetensors({ router_logits: { shape, data: logits.flat(2) } }));
});

/** What the program drew in Node, which every other place has to equal. */
let drawn: readonly string[] = [];
function expectFigures(printed: string): void {
  const found = JSON.parse(printed) as string[];
  expect(found).toHaveLength(5);
  for (const svg of found) expect(svg).toMatch(/^<svg [\s\S]*<\/svg>$/);
  if (drawn.length === 0) drawn = found;
  expect(found).toEqual(drawn);
}

test("in Node, from a log in CSV, counts in CSV and logits in safetensors, with no other import", async () => {
  expect([...program.matchAll(/from "([^"]+)"/g)].map(([, name]) => name)).toEqual([
    "node:fs/promises",
    "twinformer/plot",
  ]);
  write("plots.mjs", `${program}\nconsole.log(${figures});`);
  expectFigures(await inProject(process.execPath, ["plots.mjs"]));
});

test("in Deno, with leave to read alone", async () => {
  const deno = path.join(tools, "deno/bin.cjs");
  write("plots.ts", `${program}\nconsole.log(${figures});`);
  const allowed = ["--no-prompt", "--no-remote", "--allow-read"];
  expectFigures(await inProject(process.execPath, [deno, "run", "--no-check", ...allowed, "plots.ts"]));
});

interface Esbuild {
  readonly build: (options: object) => Promise<{ readonly outputFiles: readonly { readonly text: string }[] }>;
}

/** One script by esbuild, which comes with tsx. */
async function bundled(code: string, options: object): Promise<string> {
  const { build } = (await import(pathToFileURL(path.join(root, "node_modules/esbuild/lib/main.js")).href)) as Esbuild;
  const stdin = { contents: code, resolveDir: project, loader: "ts" };
  const { outputFiles } = await build({ stdin, bundle: true, write: false, logLevel: "error", ...options });
  return outputFiles[0].text;
}

test.each([
  ["esm", "mjs"],
  ["cjs", "cjs"],
])("bundled by esbuild for Node as %s, away from its packages", async (format, ending) => {
  const code = `async function main() {\n${program.replace(/^import[\s\S]*?;$/gm, "")}\nconsole.log(${figures});\n}\nmain();`;
  const imports = [...program.matchAll(/^import[\s\S]*?;$/gm)].map(([line]) => line).join("\n");
  write(`../plots.${ending}`, await bundled(`${imports}\n${code}`, { platform: "node", format }));
  expectFigures(await inProject(process.execPath, [path.join(project, `../plots.${ending}`)]));
});

/** The program for a place without files: it has their bytes in `files`, and gives what it drew to `done`. */
const forWorker = (): Promise<string> => {
  const own = program
    .replace(/^import \{ readFile \}.*\n/m, "")
    .replaceAll("await readFile(", "bytesOf(")
    .replace(/^const figures/m, "globalThis.figures");
  const files = Object.fromEntries(names.map((name) => [name, readFileSync(path.join(project, name), "base64")]));
  const bytes = `const files = ${JSON.stringify(files)};
    const bytesOf = (name) => Uint8Array.from(atob(files[name]), (letter) => letter.charCodeAt(0));`;
  const [line] = /^import[\s\S]*?;$/m.exec(own)!;
  const rest = own.replace(line, "");
  return bundled(`${line}\n${bytes}\n${rest}\ndone(${figures.replace("figures", "globalThis.figures")});`, {
    ...{ platform: "browser", format: "iife" },
  });
};

test("in a place that has neither a document nor Node's process", async () => {
  const found: string[] = [];
  const has = { TextDecoder, TextEncoder, atob, btoa, console, done: (text: string) => found.push(text) };
  runInContext(await forWorker(), createContext(has));
  expectFigures(found[0]);
});

test("in a worker of a page", async ({ skip }) => {
  const executablePath = findChromium();
  skip(!executablePath && process.env.CI !== "true", "no Chromium was found");
  const browser = await chromium.launch({ executablePath: executablePath!, args: ["--no-sandbox", "--disable-gpu"] });
  try {
    const code = `const done = (text) => postMessage(text);\n${await forWorker()}`;
    const printed = await (
      await browser.newPage()
    ).evaluate(
      (script) =>
        new Promise<string>((resolve, reject) => {
          const worker = new Worker(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
          worker.onmessage = ({ data: text }) => resolve(text as string);
          worker.onerror = ({ message }) => reject(new Error(message));
        }),
      code,
    );
    expectFigures(printed);
  } finally {
    await browser.close();
  }
});
