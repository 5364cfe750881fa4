/**
 * npm run mutate -- [FOLDER|FILE…] [--sample N] [--seed S] [--survivors] [--json]
 * Changes the code in one small way at a time and runs the unit tests that reach the place: does one of them fail? Without
 * names, the five folders of `folders`, N (80) changes of each, chosen by the seed S (1). A run that was stopped goes on where
 * it was, as long as neither lib nor test has changed. --survivors: only those that survived the last run of these arguments.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import type { TestUserConfig } from "vitest/node";
import config from "../../vitest.config.js";
import { report } from "./report.js";
import { mutate } from "./run.js";
import { hash, sampled } from "./sample.js";

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), "../..");
const folders = ["lib/tensor", "lib/nn", "lib/moe", "lib/train", "lib/plot"];
/** Tests of the project's tools run none of lib's code in their own process. */
const others = ["test/{lint,types,scripts}/**"];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sample: { type: "string", default: "80" },
    seed: { type: "string", default: "1" },
    workers: { type: "string", default: String(os.availableParallelism()) },
    survivors: { type: "boolean", default: false },
    json: { type: "boolean", default: false },
  },
});
const at = positionals.length > 0 ? positionals.map((name) => path.normalize(name).replace(/\/$/, "")) : folders;
const count = Number(values.sample);

const missing = at.find((name) => !existsSync(path.join(root, name)));
if (missing !== undefined || !(Number.isInteger(count) && count > 0)) {
  console.error(
    missing !== undefined
      ? `there is no ${missing}; name files or folders of lib, from the root of the repository`
      : `--sample needs an integer from 1, got ${values.sample}`,
  );
  process.exitCode = 1;
} else await main();

async function main(): Promise<void> {
  os.setPriority(10); // it takes long, so it lets others go first
  process.removeAllListeners("warning"); // vitest adds a listener for each file that it runs
  const strata = sampled(root, at, count, values.seed);
  const base = path.join(root, "build/mutate");
  const last = path.join(base, `survivors-${hash([values.sample, values.seed, ...at].join()).slice(0, 12)}.json`);
  if (values.survivors) {
    const ids = new Set(JSON.parse(readFileSync(last, "utf8")) as string[]);
    for (const stratum of strata) stratum.mutants = stratum.mutants.filter(({ id }) => ids.has(id));
  }
  // One mutant may be in two strata, a folder and a file in it.
  const mutants = [...new Map(strata.flatMap((s) => s.mutants).map((mutant) => [mutant.id, mutant])).values()];
  const folder = path.join(base, hash(treeOf(["lib", "test"]) + mutants.map(({ id }) => id).join()).slice(0, 12));
  const result = await mutate({
    root,
    folder,
    mutants,
    tests: unitTests(),
    workers: Number(values.workers),
    progress: (text) => console.error(text),
  });
  mkdirSync(base, { recursive: true });
  const survivors = result.outcomes.filter(({ how }) => how === "survived" || how === "unreached");
  writeFileSync(last, JSON.stringify(survivors.map(({ mutant }) => mutant.id)));
  console.log(values.json ? JSON.stringify({ seed: values.seed, strata, ...result }, null, 2) : report(strata, result));
}

/** The unit tests, as vitest.config.ts describes them, without those that reach nothing. */
function unitTests(): TestUserConfig {
  for (const project of config.test?.projects ?? []) {
    if (typeof project !== "object" || !("test" in project) || project.test?.name !== "unit") continue;
    const { name: _, exclude = [], ...tests } = project.test;
    return { ...tests, exclude: [...exclude, ...others] };
  }
  throw new Error('vitest.config.ts has no project "unit"');
}

/** All that the sources and tests hold, as one text that changes when they do. */
function treeOf(names: readonly string[]): string {
  return names
    .flatMap((name) => readdirSync(path.join(root, name), { recursive: true, withFileTypes: true }))
    .filter(
      (entry) => entry.isFile() && /\.(ts|js|json)$/.test(entry.name) && !entry.parentPath.includes("node_modules"),
    )
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort()
    .map((file) => file + hash(readFileSync(file, "utf8")))
    .join("\n");
}
