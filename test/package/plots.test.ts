import { mkdirSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { createContext, runInContext } from "node:vm";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { root } from "../../scripts/setup/run.mjs";
import { findChromium } from "../../scripts/test/chromium.mjs";
import type { Figure } from "../../lib/plot/index.js";
import { Kernel } from "../notebooks/kernel/kernel.js";
import { names, programs, writeFiles } from "./figures.js";
import { inProject, project, tools, write } from "./project.js";
import { figuresIn, launch, visit } from "./visit.js";
import { pageOf, viteBuild } from "./vite.js";

// A stranger with files of his own: the programs of docs/plots.md, word by word, wherever figures may be drawn.

const program = programs(project);

/** A folder with the files and these programs. */
function folderWith(name: string, ...own: string[]): string {
  const folder = path.join(project, name);
  writeFiles(folder);
  for (const file of ["figures.js", ...own]) write(`${name}/${file}`, program(file));
  return folder;
}

/** What the program drew in Node, which every other place has to equal. */
const drawn: string[] = [];
beforeAll(async () => {
  const folder = folderWith("in-node", "files.js");
  await inProject(process.execPath, ["files.js"], folder);
  drawn.push(...read(folder));
});

const read = (folder: string): string[] => names.map((name) => readFileSync(path.join(folder, `${name}.svg`), "utf8"));

test("the figures import this package alone, and the files have five of them in Node", () => {
  const imported = [...program("figures.js").matchAll(/from "([^"]+)"/g)].map(([, name]) => name);
  expect(new Set(imported)).toEqual(new Set(["twinformer/plot"]));
  expect(readdirSync(path.join(project, "in-node")).filter((file) => file.endsWith(".svg"))).toHaveLength(names.length);
  for (const svg of drawn) expect(svg).toMatch(/^<svg [\s\S]*<\/svg>$/);
  expect(drawn[1]).toContain("grad_norm ends between"); // named as its column, since nothing else was said
});

test("in Deno, with leave to read and write alone", async () => {
  const folder = folderWith("in-deno", "files.js");
  const deno = path.join(tools, "deno/bin.cjs");
  const allowed = ["--no-prompt", "--no-remote", "--allow-read", "--allow-write"];
  await inProject(process.execPath, [deno, "run", ...allowed, "files.js"], folder);
  expect(read(folder)).toEqual(drawn);
});

test("in a notebook of tslab, in an empty folder beside the package", async () => {
  const kernel = await Kernel.start(folderWith("in-tslab"));
  try {
    const first = await kernel.run(program("figures.js").replace("export ", ""));
    expect(first).toMatchObject({ status: "ok", stderr: "" });
    const second = await kernel.run(program("notebook.js"));
    expect(second).toMatchObject({ status: "ok", stderr: "" });
    expect(second.html.map((html) => /data-figure="([\w-]+)"/.exec(html)?.[1])).toEqual(names);
  } finally {
    kernel.stop();
  }
});

interface Esbuild {
  readonly build: (options: object) => Promise<{ readonly outputFiles: readonly { readonly text: string }[] }>;
}

/** One script by esbuild, which comes with tsx. */
async function bundled(code: string, resolveDir: string, options: object): Promise<string> {
  const { build } = (await import(pathToFileURL(path.join(root, "node_modules/esbuild/lib/main.js")).href)) as Esbuild;
  const stdin = { contents: code, resolveDir };
  const { outputFiles } = await build({ stdin, bundle: true, write: false, logLevel: "error", ...options });
  return outputFiles[0].text;
}

test.each(["esm", "cjs"])("bundled by esbuild for Node as %s, away from its packages", async (format) => {
  const folder = folderWith(`bundled-${format}`);
  const code = program("files.js").replace(/^for[\s\S]*/m, (loop) => `(async () => {\n${loop}})();`); // cjs waits for nothing
  const away = path.join(project, "..", format);
  mkdirSync(away, { recursive: true });
  const script = path.join(away, format === "esm" ? "plots.mjs" : "plots.cjs");
  write(path.relative(project, script), await bundled(code, folder, { platform: "node", format }));
  await inProject(process.execPath, [script], folder);
  expect(read(folder)).toEqual(drawn);
});

test("in a place that has neither a document nor Node's process", async () => {
  const folder = folderWith("bare");
  const code = `import { figures } from "./figures.js";
    figures((name) => bytesOf(name)).then((all) => done(all.map((figure) => figure.svg("auto"))), done);`;
  const script = await bundled(code, folder, { platform: "browser", format: "iife" });
  const found = await new Promise((done) => {
    const bytesOf = (name: string) => new Uint8Array(readFileSync(path.join(folder, name)));
    runInContext(script, createContext({ TextDecoder, TextEncoder, atob, btoa, console, bytesOf, done }));
  });
  expect(found).toEqual(drawn);
});

const isUntested = !findChromium() && process.env.CI !== "true";
describe.skipIf(isUntested)("in Chromium, from a site that Vite built,", () => {
  let browser: Browser | undefined;
  let site: string;
  beforeAll(async () => {
    writeFiles(path.join(project, "site/public"));
    const own = ["figures.js", "page.js", "worker.js", "beside.js"].map((name) => [name, program(name)] as const);
    site = await viteBuild("site", {
      ...Object.fromEntries(own),
      "index.html": pageOf("page.js"),
      "worker.html": pageOf("beside.js"),
      "png.html": pageOf("png.js"),
      "png.js": `import { figures } from "./figures.js";
        const file = async (name) => (await fetch("/" + name)).arrayBuffer();
        globalThis.drawn = await figures(file);`,
    });
    browser = await launch();
  });
  afterAll(() => browser?.close());

  test.each(["index.html", "worker.html"])("%s shows them", async (at) => {
    const { page, trouble } = await visit(browser!, site, { at });
    const seen = await figuresIn(page, names.length);
    expect(seen.map(({ name }) => name)).toEqual(names);
    for (const { words, width, height } of seen) expect(words > 5 && width > 300 && height > 100).toBe(true);
    expect(trouble).toEqual([]);
  });

  test("each is a PNG of its size, with words on the ground of its theme", async () => {
    const { page, trouble } = await visit(browser!, site, { at: "png.html" });
    await page.waitForFunction(() => "drawn" in globalThis);
    for (const theme of ["light", "dark"] as const) {
      const looks = await page.evaluate(looksOf, theme);
      expect(looks.map(({ name }) => name)).toEqual(names);
      for (const { size, expected, ground, background, inked } of looks) {
        expect(size).toEqual(expected);
        expect(ground).toBe(background);
        expect(inked).toBeGreaterThan(200); // pixels of a title of a few words
      }
    }
    expect(trouble).toEqual([]);
  });
});

/** Runs in a page that has `drawn`: the size of each picture, the color of its corner, and how much of its title has the color of ink. */
async function looksOf(theme: "light" | "dark") {
  const { drawn } = globalThis as unknown as { drawn: readonly Figure[] };
  const context = document.createElement("canvas").getContext("2d", { willReadFrequently: true })!;
  const colorOf = (css: string) => {
    context.fillStyle = css;
    context.fillRect(0, 0, 1, 1);
    return context.getImageData(0, 0, 1, 1).data.join();
  };
  const looks = [];
  for (const figure of drawn) {
    const [, background, ink] = /style="[^"]*background:([^;"]+);color:([^;"]+)/.exec(figure.svg(theme))!;
    const [paper, letters] = [colorOf(background), colorOf(ink)];
    const picture = await createImageBitmap(
      new Blob([(await figure.png({ theme })) as BlobPart], { type: "image/png" }),
    );
    [context.canvas.width, context.canvas.height] = [picture.width, picture.height];
    context.drawImage(picture, 0, 0);
    const { data } = context.getImageData(0, 0, picture.width, 48); // the title's first line, at two pixels each
    const pixels = Array.from({ length: data.length / 4 }, (_, i) => data.slice(4 * i, 4 * i + 4).join());
    looks.push({
      name: figure.name,
      size: [picture.width, picture.height],
      expected: [2 * figure.width, 2 * figure.height],
      ...{ ground: pixels[0], background: paper },
      inked: pixels.filter((pixel) => pixel === letters).length,
    });
  }
  return looks;
}
