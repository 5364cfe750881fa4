/** `npm run interop`: saves twins and loads them with transformers, makes random models of every family with transformers and loads
 *  them here, and compares what both compute. Prints a line a family, and writes docs/interop.md where --count is the default.
 *
 *    python3 -m venv build/torch && build/torch/bin/pip install torch transformers==5.24.0
 *    npm run interop [-- --python PATH] [--count N] [--seed S]
 *
 *  --python  a Python with torch and transformers; default: the one above
 *  --count   random models of each family, default 20
 *  --seed    default 1; the models have the seeds 1000 S, 1000 S + 1, ... */

import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { checkFamily } from "./families.js";
import { partOf } from "./part.js";
import { type Row, rowOf, table, written } from "./table.js";
import { checkTwin, targets, writeTwins } from "./twins.js";

const root = fileURLToPath(new URL("../..", import.meta.url));
const COUNT = 20;
const { values } = parseArgs({
  options: {
    python: { type: "string", default: join(root, "build/torch/bin/python") },
    count: { type: "string", default: String(COUNT) },
    seed: { type: "string", default: "1" },
  },
});
const [count, seed] = [Number(values.count), Number(values.seed)];
if (!(Number.isInteger(count) && count >= 1 && Number.isInteger(seed) && seed >= 0))
  throw new RangeError(
    `interop: --count ${values.count} and --seed ${values.seed} must be integers, from 1 and from 0`,
  );
if (!existsSync(values.python))
  throw new Error(`interop: there is no ${values.python}: give a Python with torch and transformers by --python`);

const python = (script: string, ...args: string[]): string =>
  execFileSync(resolve(values.python), [join(root, script), ...args], {
    encoding: "utf8",
    env: { ...process.env, TRANSFORMERS_VERBOSITY: "error", PYTHONWARNINGS: "ignore" },
    stdio: ["ignore", "pipe", "pipe"],
  });

const rows: Row[] = [];
const print = (row: Row): void => {
  rows.push(row);
  console.log(table([row]).at(-1));
  for (const failure of row.failures) console.log(`  ${failure}`);
};
const build = join(root, "build/interop");
rmSync(build, { recursive: true, force: true });
mkdirSync(build, { recursive: true });
console.log(table([])[0]);

const twins = join(build, "twins");
await writeTwins(twins, count, seed);
const versions = python("scripts/interop/twins.py", twins).trim();
for (const target of targets) {
  const names = readdirSync(twins).filter((name) => name.startsWith(`${target}-`));
  print(rowOf(`twin as ${target}`, names.map((name) => checkTwin(twins, name)))); // prettier-ignore
}

const families = join(build, "families");
python("test/golden/python/pretrained.py", families, String(count), String(seed));
const made = readdirSync(families);
for (const family of new Set(made.map((name) => name.split("-")[0]))) {
  const outcomes = [];
  for (const name of made.filter((other) => other.startsWith(`${family}-`)))
    outcomes.push(await checkFamily(families, name));
  print(rowOf(family, outcomes));
}

if (count === COUNT) {
  const page = join(root, "docs/interop.md");
  const framework = partOf(readFileSync(page, "utf8"));
  writeFileSync(page, await written(rows, { root, versions, seed, count, framework }));
}
process.exitCode = rows.some(({ failures }) => failures.length > 0) ? 1 : 0;
