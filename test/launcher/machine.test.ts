import { existsSync, rmSync } from "node:fs";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { nodeProblem } from "../../scripts/setup/node.mjs";
import { Clone, command } from "./clone.js";

const seed = new Clone();
beforeAll(() => seed.run(["scripts/build.mjs"]).code);
afterAll(() => seed.remove());

let clone: Clone;
beforeEach(() => {
  clone = new Clone(seed);
});
afterEach(() => clone.remove());

/** A Python that answers questions about itself and can do nothing else. */
const python = (version: string, lab: string | null, venv = true) => `#!/usr/bin/env node
console.log(JSON.stringify({ version: [${version.replace(".", ",")}], executable: __filename, lab: ${JSON.stringify(lab)}, venv: ${venv} }));
process.exit(process.argv[2] === "-c" ? 0 : 1);
`;

test.each(["20.19.0", "20.20.2", "22.12.0", "22.21.1", "23.0.0", "24.3.0", "26.0.0"])(
  "Node %s is new enough",
  (version) => {
    expect(nodeProblem(version)).toBeNull();
  },
);

test.each(["12.22.12", "18.20.4", "20.18.3", "21.7.3", "22.11.0"])(
  "Node %s is too old, and one sentence says so",
  (version) => {
    expect(nodeProblem(version)).toMatch(
      /^Twinformer needs Node 20\.19 or newer .* this is Node \d+\.\d+\.\d+: install .*\.$/,
    );
    expect(nodeProblem(version)).toContain(version);
  },
);

test.each(["start", "test", "notebooks", "golden", "bench", "build"])(
  "npm run %s on an old Node prints that sentence and nothing else",
  async (name) => {
    const old = `data:text/javascript,Object.defineProperty(process.versions,"node",{value:"18.20.4"})`;
    const run = command(["--import", old, `scripts/${name}.mjs`]);
    expect(await run.code).toBe(1);
    expect(run.output).toBe(`${nodeProblem("18.20.4")}\n`);
  },
);

test("without Python, one sentence says what to install", async () => {
  const run = clone.run(["scripts/start.mjs", "--no-browser"]);
  expect(await run.code).toBe(1);
  expect(run.output).toMatch(/JupyterLab needs Python 3\.10 or newer, and none was found: install it .*\n$/);
});

test("with a Python that is too old, the sentence names it", async () => {
  clone.program("python3", python("3.8", "4.2.1"));
  const run = clone.run(["scripts/start.mjs", "--no-browser"]);
  expect(await run.code).toBe(1);
  expect(run.output).toMatch(/only an older one was found \(python3 is 3\.8\): install it .*\n$/);
});

test("with a Python that cannot make environments, one sentence says which package is missing", async () => {
  clone.program("python3", python("3.12", null, false));
  const run = clone.run(["scripts/start.mjs", "--no-browser"]);
  expect(await run.code).toBe(1);
  expect(run.output).toMatch(/python3 cannot make virtual environments: install its venv module .*\n$/);
});

test("JupyterLab 3 is not used: an environment with JupyterLab 4 is made", async () => {
  clone.program("python3", python("3.12", "3.6.8"));
  const run = clone.run(["scripts/start.mjs", "--no-browser"]);
  expect(await run.code).toBe(1); // this Python cannot do it, but is asked to
  expect(run.output).toContain("Making a Python environment in .twinformer/python (Python 3.12)");
  expect(run.output).toContain("Could not make .twinformer/python");
});

test("packages that differ from the lock file are installed anew", async () => {
  clone.write("package-lock.json", JSON.stringify({ packages: { "node_modules/tslab": { version: "9.9.9" } } }));
  clone.write("bin/npm-cli.js", 'console.log("asked for", process.argv.slice(2).join(" ")); process.exit(1);');
  const run = clone.run(["scripts/build.mjs"], { npm_execpath: `${clone.bin}/npm-cli.js` });
  expect(await run.code).toBe(1);
  expect(run.output).toMatch(/npm ci failed:\nasked for ci --include=dev/);
});

test("a source that does not compile stops the command with the compiler's words", async () => {
  clone.write("lib/index.ts", 'export const answer: number = "42";\n');
  const run = clone.run(["scripts/build.mjs"]);
  expect(await run.code).toBe(1);
  expect(run.output).toContain("lib/ does not compile:\nlib/index.ts(1,14): error TS2322");
});

test("a second build has nothing to do, a changed source makes one, a removed source takes its output along", async () => {
  clone.write("lib/old.ts", "export const old = 1;\n");
  const first = clone.run(["scripts/build.mjs"]);
  expect(await first.code).toBe(0);
  expect(first.output).toMatch(/^Building dist\/ … \d+\.\d s\n$/);
  const second = clone.run(["scripts/build.mjs"]);
  expect(await second.code).toBe(0);
  expect(second.output).toBe("");
  rmSync(`${clone.root}/lib/old.ts`);
  const third = clone.run(["scripts/build.mjs"]);
  expect(await third.code).toBe(0);
  expect(third.output).toContain("Building dist/");
  expect(existsSync(`${clone.root}/dist/index.js`)).toBe(true);
  expect(existsSync(`${clone.root}/dist/old.js`)).toBe(false);
});
