import { existsSync, readFileSync, rmSync } from "node:fs";
import { createServer, type AddressInfo, type Server } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { Clone, command, jupyterPython } from "./clone.js";

const seed = new Clone();
beforeAll(() => seed.run(["scripts/build.mjs"]).code);
afterAll(() => seed.remove());

let clone: Clone;
beforeEach(() => {
  clone = new Clone(seed);
  clone.program("python3", jupyterPython({ lab: "4.4.0" }));
});
afterEach(() => clone.remove());

/** How the server was started, by its own account. */
interface Asked {
  argv: string[];
  path: string;
  names: string[];
}

/** Listens on a free port of this machine, as another program would. */
function listen(): Promise<{ server: Server; port: number }> {
  const server = createServer();
  return new Promise((resolve) => {
    server.listen(0, "127.0.0.1", () => resolve({ server, port: (server.address() as AddressInfo).port }));
  });
}

async function freePort() {
  const { server, port } = await listen();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

test("the address is printed once the server really answers, and a signal ends everything", async () => {
  const port = await freePort();
  const run = clone.run(["scripts/start.mjs", "--no-browser", "--port", `${port}`]);
  const [, url] = await run.prints(/answers after \d+\.\d s at\s+(\S+)\s/);
  expect(url).toMatch(new RegExp(`^http://127\\.0\\.0\\.1:${port}/lab\\?token=[0-9a-f]{48}$`));
  run.child.kill("SIGINT");
  expect(await run.code).toBe(0);
  expect(existsSync(`${clone.root}/ended`)).toBe(true);
  await expect(fetch(url)).rejects.toThrow();
});

test("the server gets the clone's notebooks, kernel and port, listens on this machine alone, and is asked for no browser", async () => {
  const port = await freePort();
  const run = clone.run(["scripts/start.mjs", "--no-browser", "--port", `${port}`], {
    TWINFORMER_TOKEN: "se cret",
  });
  const [, url] = await run.prints(/at\s+(\S+)\s/);
  expect(url).toBe(`http://127.0.0.1:${port}/lab?token=se%20cret`);
  const asked = JSON.parse(readFileSync(`${clone.root}/asked.json`, "utf8")) as Asked;
  expect(asked.names).not.toContain("TWINFORMER_TOKEN"); // the kernels inherit the server's environment
  expect(run.output).not.toContain("every user of this machine");
  expect(asked.argv).toEqual(
    expect.arrayContaining([
      `--ServerApp.root_dir=${clone.root}/my-notebooks`,
      "--ServerApp.ip=127.0.0.1",
      "--ServerApp.port_retries=0",
      "--ServerApp.open_browser=False",
    ]),
  );
  expect(asked.argv.join(" ")).not.toContain("se cret"); // arguments are visible to everybody on the machine
  expect(asked.path).toBe(`${clone.root}/jupyter`);
  run.child.kill("SIGTERM");
  await run.code;
});

test("notebook 00 opens in a copy of the notebooks, with how to get an original back; a changed copy stays", async () => {
  clone.write("notebooks/00-twins.ipynb", '{ "cells": [] }');
  for (const text of ['{ "cells": [] }', '{ "cells": [{ "cell_type": "code", "source": "mine" }] }']) {
    clone.write("my-notebooks/00-twins.ipynb", text);
    const run = clone.run(["scripts/start.mjs", "--no-browser"]);
    const [, url] = await run.prints(/at\s+(http\S+)\s/);
    await run.prints(/Ctrl-C/);
    expect(url).toMatch(/\/lab\/tree\/00-twins\.ipynb\?token=/);
    expect(run.output).toContain("delete\nyour file and start again, or run npm start -- --fresh 04-routing");
    const { argv } = JSON.parse(readFileSync(`${clone.root}/asked.json`, "utf8")) as Asked;
    expect(argv).toContain("--LabApp.default_url=/lab/tree/00-twins.ipynb");
    expect(readFileSync(`${clone.root}/my-notebooks/00-twins.ipynb`, "utf8")).toBe(text);
    run.child.kill("SIGTERM");
    await run.code;
  }
});

test("--folder opens that folder, and makes no copies", async () => {
  const run = clone.run(["scripts/start.mjs", "--no-browser", "--folder", "notebooks"]);
  await run.prints(/Ctrl-C/);
  const { argv } = JSON.parse(readFileSync(`${clone.root}/asked.json`, "utf8")) as Asked;
  expect(argv).toContain(`--ServerApp.root_dir=${clone.root}/notebooks`);
  expect(existsSync(`${clone.root}/my-notebooks`)).toBe(false);
  expect(run.output).not.toContain("--fresh");
  run.child.kill("SIGTERM");
  await run.code;
});

test("where npm is killed, the server ends too, though the shell between them passes nothing on", async () => {
  clone.write(
    "npm.mjs",
    `import { spawn } from "node:child_process";
     const env = { ...process.env, npm_lifecycle_event: "start" };
     spawn("sh", ["-c", "node scripts/start.mjs --no-browser; true"], { env, stdio: "inherit" });`,
  );
  const npm = clone.run(["npm.mjs"]);
  await npm.prints(/at\s+(http\S+)\s/);
  npm.child.kill("SIGKILL");
  await expect.poll(() => existsSync(`${clone.root}/ended`), { timeout: 10_000 }).toBe(true);
});

test("two starts at once build once and listen on two ports", async () => {
  rmSync(`${clone.root}/dist`, { recursive: true });
  const runs = [0, 1].map(() => clone.run(["scripts/start.mjs", "--no-browser"]));
  const urls = await Promise.all(runs.map((run) => run.prints(/at\s+(http\S+)\s/)));
  expect(runs.filter((run) => run.output.includes("Building dist/"))).toHaveLength(1);
  expect(urls).toHaveLength(2);
  runs.forEach((run) => run.child.kill("SIGTERM"));
  await Promise.all(runs.map((run) => run.code));
});

test("a port in use is one sentence, at once", async () => {
  const { server, port } = await listen();
  const run = clone.run(["scripts/start.mjs", "--no-browser", "--port", `${port}`]);
  expect(await run.code).toBe(1);
  expect(run.output).toBe(
    `Port ${port} is in use: end the program that listens there, or choose another with --port N.\n`,
  );
  server.close();
});

test("a server that cannot start shows its last words", async () => {
  const run = clone.run(["scripts/start.mjs", "--no-browser"], { FAKE_CRASH: "1" });
  expect(await run.code).toBe(1);
  expect(run.output).toMatch(/JupyterLab ended with an error .*:\nImportError: no module named tornado\n$/);
});

test.each([
  [["--prot", "8899"], /^npm start: Unknown option '--prot'/],
  [["8899"], /^npm start: Unexpected argument '8899'/],
  [["--port"], /^npm start: Option '--port <value>' argument missing/],
])("npm start %j prints one sentence and the usage", async (args, sentence) => {
  const run = command(["scripts/start.mjs", ...args]);
  expect(await run.code).toBe(1);
  expect(run.output).toMatch(sentence);
  expect(run.output).toContain("--no-browser   start the server only");
});

test.each(["0", "65536", "80.5", "lab"])("--port %s is one sentence", async (port) => {
  const run = command(["scripts/start.mjs", "--port", port]);
  expect(await run.code).toBe(1);
  expect(run.output).toBe(`npm start: --port must be an integer from 1 to 65535, not "${port}".\n`);
});

test("an address for the whole network needs a token", async () => {
  const run = command(["scripts/start.mjs", "--host", "0.0.0.0", "--token", ""]);
  expect(await run.code).toBe(1);
  expect(run.output).toMatch(/^npm start: --host 0\.0\.0\.0 with an empty --token .* give a token\.\n$/);
});

test("an address that is not this machine's is one sentence", async () => {
  const run = command(["scripts/start.mjs", "--no-browser", "--host", "203.0.113.7"]);
  expect(await run.code).toBe(1);
  expect(run.output).toMatch(/^This machine has no address 203\.0\.113\.7: give one of its own with --host\.\n$/);
});
