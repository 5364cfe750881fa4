import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism } from "node:os";
import path from "node:path";
import { root, run } from "../setup/run.mjs";
import { findChromium } from "./chromium.mjs";

const bin = (file) => path.join(root, "node_modules", file);

/** Runs a program of ours or of node_modules by this Node: one check, or as many as its last line
 *  ("N passed, N failed") says. */
async function program(file, args = [], env = {}) {
  const { code, output } = await run(process.execPath, [file, ...args], { env: { ...process.env, ...env } });
  const line = /(\d+) passed, (\d+) failed[^\n]*$/.exec(output.trimEnd());
  const failed = line ? Number(line[2]) : Number(code !== 0);
  return { passed: line ? Number(line[1]) : 1 - failed, failed: Math.max(failed, Number(code !== 0)), output };
}

/** Runs one project of vitest.config.ts and counts its tests. A file that could not be loaded is one failed test. */
async function vitest(project, env = {}) {
  const report = path.join(root, "build", "test", `${project}.json`);
  mkdirSync(path.dirname(report), { recursive: true });
  rmSync(report, { force: true });
  const args = ["run", "--project", project, "--reporter=json", "--outputFile", report, "--reporter=dot"];
  // vitest leaves one core free, which is half of a machine with two. Tests of browsers and launchers start programs of their own.
  if (project === "unit" || project === "notebooks") args.push("--maxWorkers", String(availableParallelism()));
  const { code, output } = await run(process.execPath, [bin("vitest/vitest.mjs"), ...args], {
    env: { ...process.env, NO_COLOR: "1", ...env },
  });
  let json;
  try {
    json = JSON.parse(readFileSync(report, "utf8"));
  } catch {
    return { passed: 0, failed: 1, output }; // vitest itself could not start
  }
  const broken = json.testResults.filter(
    (file) => file.status === "failed" && file.assertionResults.length === 0,
  ).length;
  const failed = json.numFailedTests + broken;
  return {
    passed: json.numPassedTests,
    failed: Math.max(failed, Number(code !== 0)),
    skipped: json.numPendingTests,
    output,
  };
}

/** Adds up what several checks of one stage found. */
async function all(...checks) {
  const total = { passed: 0, failed: 0, skipped: 0, output: "" };
  for (const check of checks) {
    const { passed, failed, skipped = 0, output } = await check();
    total.passed += passed;
    total.failed += failed;
    total.skipped += skipped;
    if (failed > 0) total.output += `${output.trimEnd()}\n`;
  }
  return total;
}

async function browser() {
  const chromium = findChromium();
  if (chromium) return vitest("browser", { CHROMIUM: chromium });
  const note =
    "THE BROWSER TESTS WERE NOT RUN: no Chromium was found. Install one (Debian: sudo apt install chromium) or let CHROMIUM name it.";
  return process.env.CI === "true"
    ? { passed: 0, failed: 1, output: "With CI=true that is a failure.", note }
    : { passed: 0, failed: 0, output: "", note };
}

/** The sizes that the tests of the package print are worth a look also where nothing failed. */
async function packed() {
  const result = await vitest("package", { CHROMIUM: findChromium() ?? "" });
  const sizes = result.output.match(/^size of .*$/gm) ?? [];
  return { ...result, details: [...new Set(sizes)].sort() };
}

/** What `npm test` runs, in order: { name, title, run, slow }. The slow ones are left out by --quick. */
export const stages = [
  {
    name: "format",
    title: "the layout of all files (Prettier); npm run format mends it",
    run: () => program(bin("prettier/bin/prettier.cjs"), ["--check", "--log-level", "warn", "."]),
  },
  {
    name: "lint",
    title:
      "ESLint, the layers of lib/ and circles of imports, sizes of files and folders, notebook sources, whether docs/api.md and docs/measurements.md are current",
    run: () =>
      all(
        () => program(bin("eslint/bin/eslint.js"), ["."]),
        () => program("scripts/lint/tree.mjs"),
        () => program("scripts/docs.mjs", ["--check"]),
      ),
  },
  {
    name: "types",
    title:
      "types of lib/, test/ and scripts/, and of the built package as the notebook kernel's TypeScript 5.0 sees it",
    run: () =>
      all(
        () => program(bin("typescript/lib/tsc.js"), ["--noEmit", "-p", "tsconfig.json"]),
        () => program(bin("@tslab/typescript-for-tslab/bin/tsc"), ["-p", "test/types/tslab"]),
      ),
  },
  { name: "unit", title: "unit and property tests, goldens", run: () => vitest("unit") },
  {
    name: "package",
    title: "the packed tarball in empty projects: Node, TypeScript, Vite, Deno, a notebook kernel",
    slow: true,
    run: packed,
  },
  {
    name: "launcher",
    title: "npm start and the other commands on machines where something is missing",
    slow: true,
    run: () => vitest("launcher"),
  },
  {
    name: "notebooks",
    title:
      "all notebooks in their short form, one suggestion of each, the pages of the site, then the tests that read them",
    slow: true,
    run: () =>
      all(
        () => program("scripts/notebooks.mjs", ["--short", "--jobs", "2"]),
        () => program("scripts/notebooks.mjs", ["--variants", "--short", "--jobs", "2"]),
        () => program("scripts/site/run.mjs", ["--short"]),
        () => vitest("notebooks"),
      ),
  },
  {
    name: "bench",
    title: "npm run bench on tiny products: each peer computes what ours computes",
    slow: true,
    run: () => vitest("bench"),
  },
  { name: "browser", title: "notebooks in JupyterLab in Chromium", slow: true, run: browser },
];
