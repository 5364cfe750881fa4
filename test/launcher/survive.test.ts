import { chmodSync, cpSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, unlinkSync } from "node:fs";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Clone, jupyterPython, project } from "./clone.js";

// A class of forty on the first morning: starts that were killed, folders that were moved, rooms without a network.
const seed = new Clone();
beforeAll(() => seed.run(["scripts/build.mjs"]).code);
afterAll(() => seed.remove());

let clone: Clone;
beforeEach(() => {
  clone = new Clone(seed);
});
afterEach(() => clone.remove());

const making = "Making a Python environment in .twinformer/python";
const address = /at\s+(http\S+)\s/;

/** Starts, waits for the address, ends it; gives what was printed. */
async function start(env: Record<string, string> = {}): Promise<string> {
  const run = clone.run(["scripts/start.mjs", "--no-browser"], env);
  await run.prints(address);
  run.child.kill("SIGINT");
  expect(await run.code).toBe(0);
  return run.output;
}

test("the first start makes an environment; the second finds it and needs neither npm nor pip nor a network", async () => {
  clone.program("python3", jupyterPython({ lab: null }));
  expect(await start()).toContain(making);
  unlinkSync(path.join(clone.bin, "python3")); // nothing on PATH could install anything now
  expect(await start()).not.toMatch(/Making|Installing|Building/);
});

test("an environment that was left half-made is made anew", async () => {
  clone.program("python3", jupyterPython({ lab: null }));
  const failed = clone.run(["scripts/start.mjs", "--no-browser"], { FAKE_PIP: "fails" });
  expect(await failed.code).toBe(1);
  expect(failed.output).toMatch(/pip could not install JupyterLab:\nno network\n$/);
  expect(existsSync(path.join(clone.root, ".twinformer/python/bin/python"))).toBe(true);
  expect(await start()).toContain(making);
  expect(await start()).not.toContain(making);
});

test("an environment made for other versions of JupyterLab is made anew", async () => {
  clone.program("python3", jupyterPython({ lab: null }));
  await start();
  clone.write("jupyter/requirements.txt", "jupyterlab==4.99.0\n");
  expect(await start()).toContain(making);
});

test("an install that was killed is done again, and the lock of a process that is gone holds nobody up", async () => {
  clone.program("python3", jupyterPython({ lab: "4.4.0" }));
  clone.write("build/setup.lock", "999999999");
  unlinkSync(path.join(clone.root, "node_modules"));
  clone.write("node_modules/tslab/package.json", "{"); // npm writes node_modules/.package-lock.json last
  clone.write(
    "bin/npm-cli.js",
    `console.log(process.argv.slice(2).join(" "));
     const fs = require("node:fs");
     fs.rmSync("node_modules", { recursive: true });
     fs.symlinkSync(${JSON.stringify(path.join(project, "node_modules"))}, "node_modules");`,
  );
  const output = await start({ npm_execpath: `${clone.bin}/npm-cli.js` });
  expect(output).toContain("Installing packages from package-lock.json (npm ci)");
  expect(existsSync(path.join(clone.root, "build/setup.lock"))).toBe(false);
});

test("a clone that was moved starts from its new place without setting anything up", async () => {
  clone.program("python3", jupyterPython({ lab: null }));
  await start();
  const before = clone.root;
  const moved = `${before} moved`;
  renameSync(before, moved);
  clone.movedTo(moved);
  expect(await start()).not.toMatch(/Making|Installing|Building/);
  const asked = JSON.parse(readFileSync(path.join(moved, "asked.json"), "utf8")) as { argv: string[]; path: string };
  expect(asked.path).toBe(`${moved}/jupyter`);
  expect(asked.argv).toContain(`--ServerApp.root_dir=${moved}/my-notebooks`);
});

/** Takes or gives back everybody's leave to write in a folder. */
function setWritable(folder: string, writable: boolean): void {
  chmodSync(folder, writable ? 0o755 : 0o555);
  for (const entry of readdirSync(folder, { withFileTypes: true }))
    if (entry.isDirectory()) setWritable(path.join(folder, entry.name), writable);
}

test.each(["a new clone", "one that was set up before"])("%s that is read-only is one sentence", async (state) => {
  clone.program("python3", jupyterPython({ lab: "4.4.0" }));
  if (state === "a new clone") rmSync(path.join(clone.root, "dist"), { recursive: true });
  else await start();
  setWritable(clone.root, false);
  try {
    // Nothing is read-only for the superuser, so a test that runs as one steps down first.
    const stepDown = "data:text/javascript,if (process.getuid() === 0) process.setuid(65534)";
    const run = clone.run(["--import", stepDown, "scripts/start.mjs", "--no-browser"]);
    expect(await run.code).toBe(1);
    expect(run.output).toMatch(/^Cannot write in .* \(EACCES\): .* clone it into a folder of yours\.\n$/);
  } finally {
    setWritable(clone.root, true);
  }
});

test("a copy of the clone is a clone of its own: both run at once", async () => {
  clone.program("python3", jupyterPython({ lab: "4.4.0" }));
  const copy = new Clone(seed);
  cpSync(path.join(clone.bin, "python3"), path.join(copy.bin, "python3"));
  try {
    const runs = [clone, copy].map((one) => one.run(["scripts/start.mjs", "--no-browser"]));
    const urls = await Promise.all(runs.map(async (run) => (await run.prints(address))[1]));
    expect(new Set(urls).size).toBe(2);
  } finally {
    await copy.remove();
  }
});
