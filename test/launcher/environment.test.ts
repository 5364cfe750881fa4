import { lstatSync, mkdirSync, readdirSync, readFileSync, readlinkSync, symlinkSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Clone, jupyterPython } from "./clone.js";

const seed = new Clone();
beforeAll(() => seed.run(["scripts/build.mjs"]).code);
afterAll(() => seed.remove());

let clone: Clone;
beforeEach(() => {
  clone = new Clone(seed);
  clone.program("python3", jupyterPython({ lab: null }));
});
afterEach(() => clone.remove());

const own = ".twinformer/python";
const at = (name: string) => path.join(clone.root, name);

/** Everything at and below a path, with contents and times: equal before and after where nothing was touched. */
function picture(file: string): unknown {
  const about = lstatSync(file);
  const times = [about.mode, about.mtimeMs, about.ino];
  if (about.isSymbolicLink()) return [...times, readlinkSync(file)];
  if (!about.isDirectory()) return [...times, readFileSync(file, "utf8")];
  return [...times, readdirSync(file).map((entry) => [entry, picture(path.join(file, entry))])];
}

/** A folder with something precious in it, and what Twinformer might take for its own. */
function fill(folder: string): void {
  clone.write(`${folder}/thesis.tex`, "precious");
  clone.write(`${folder}/bin/python`, "#!/bin/sh\nexit 1\n");
  clone.write(`${folder}/lib/python3.12/site-packages/theirs.py`, "precious = True\n");
}

async function start() {
  const run = clone.run(["scripts/start.mjs", "--no-browser"], { PIP_TARGET: at(".venv"), VIRTUAL_ENV: at(".venv") });
  const code = await Promise.race([run.code, run.prints(/at\s+(http\S+)\s/).then(() => null)]);
  run.child.kill("SIGINT");
  await run.code;
  return { code, output: run.output };
}

const users: [string, () => void][] = [
  ["a folder", () => fill(".venv")],
  ["an empty folder", () => mkdirSync(at(".venv"))],
  [
    "an environment that an earlier version of this project made for other versions",
    () => {
      fill(".venv");
      clone.write(".venv/twinformer-requirements", "of an earlier version");
    },
  ],
  [
    "a link to a folder",
    () => {
      fill("theirs");
      symlinkSync(at("theirs"), at(".venv"));
    },
  ],
  ["a link to nothing", () => symlinkSync(at("theirs"), at(".venv"))],
  ["a file", () => clone.write(".venv", "precious")],
];

test.each(users)("a .venv of the user's that is %s stays as it is, twice over", async (_, make) => {
  make();
  clone.write("jupyter/requirements.txt", "jupyterlab==4.0.0\n");
  const before = readdirSync(clone.root).filter((name) => /venv|theirs/.test(name));
  const pictures = before.map((name) => picture(at(name)));
  for (const version of ["4.1.0", "4.2.0"]) {
    clone.write("jupyter/requirements.txt", `jupyterlab==${version}\n`); // the second start clears what the first made
    const { code, output } = await start();
    expect(code).toBeNull();
    expect(output).toContain(`Making a Python environment in ${own}`);
    expect(before.map((name) => picture(at(name)))).toEqual(pictures);
  }
});

const replaced: [string, () => void, RegExp][] = [
  [
    "a link",
    () => {
      mkdirSync(at(".twinformer"));
      symlinkSync(at("theirs"), at(own));
    },
    /python is a symbolic link, and a folder is needed there/,
  ],
  [
    "a link to where a stamp is, too",
    () => {
      clone.write("theirs/twinformer-requirements", "of other versions");
      mkdirSync(at(".twinformer"));
      symlinkSync(at("theirs"), at(own));
    },
    /python is a symbolic link/,
  ],
  [
    "a folder below a link",
    () => {
      mkdirSync(at("theirs/python"));
      clone.write("theirs/python/notes.txt", "precious");
      symlinkSync(at("theirs"), at(".twinformer"));
    },
    /\.twinformer is a symbolic link/,
  ],
  ["a file", () => clone.write(own, "precious"), /python is a file, and a folder is needed there/],
  [
    "a folder that we did not make",
    () => clone.write(`${own}/notes.txt`, "precious"),
    /python holds files that were not put there by this project/,
  ],
];

test.each(replaced)(
  "our own folder replaced by %s is one sentence, and nothing is deleted",
  async (_, make, sentence) => {
    fill("theirs");
    make();
    const names = ["theirs", ".twinformer"];
    const pictures = names.map((name) => picture(at(name)));
    const { code, output } = await start();
    expect(code).toBe(1);
    expect(output).toMatch(sentence);
    expect(output).toMatch(/: move it away and run the command again\.\n$/);
    expect(names.map((name) => picture(at(name)))).toEqual(pictures);
  },
);

test("links inside our own folder are deleted as links", async () => {
  expect((await start()).code).toBeNull();
  fill("theirs");
  symlinkSync(at("theirs"), at(`${own}/link`));
  const before = picture(at("theirs"));
  clone.write("jupyter/requirements.txt", "jupyterlab==4.99.0\n");
  expect((await start()).output).toContain(`Making a Python environment in ${own}`);
  expect(picture(at("theirs"))).toEqual(before);
  expect(readdirSync(at(own))).not.toContain("link");
});

test("git leaves a .venv alone, and with it the commands that go by .gitignore, also where it is a link", () => {
  const ignored = readFileSync(path.resolve(import.meta.dirname, "../../.gitignore"), "utf8").split("\n");
  expect(ignored).toEqual(expect.arrayContaining([".venv", ".twinformer", ".jupyter/"])); // ".venv/" would match no link
});
