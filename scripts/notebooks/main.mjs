import { accessSync, constants, existsSync, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { jupyterEnv } from "../setup/jupyter.mjs";
import { tableOf, writePart } from "../record/parts.mjs";
import { Problem, root, run, seconds } from "../setup/run.mjs";
import { thisMachine } from "../record/thisMachine.mjs";
import { setup } from "../setup.mjs";
import { disagreements } from "./agreement.mjs";
import { sourceProblems, strip } from "./sources.mjs";
import { variantsOf, writeVariant } from "./variants.mjs";

const usage = `npm run notebooks -- [NAME…] [options]     executes notebooks with the TypeScript kernel

  NAME        00-twins, 00 or a path to an .ipynb file (default: all of notebooks/)
  --variants  what "Try it" suggests (notebooks/variants.json), each in a copy of the notebook, and whether its pictures
              agree with the change
  --record    all notebooks in full, then all variants, and writes how long each took and what failed into docs/course.md
  --short     the short form that npm test runs (the same as TWINFORMER_SHORT=1); of the variants, one a notebook
  --jobs N    run N at once (default: 1)
  --out DIR   where executed .ipynb and .html go (default: build/notebooks, build/variants)
  --pages     execute nothing: make the .html of what was executed anew, by the template as it is now
  --strip     execute nothing: remove outputs from the sources, as they are kept in git`;

/** The notebooks that a command line asks for, as absolute paths. */
function choose(names) {
  const folder = path.join(root, "notebooks");
  const all = readdirSync(folder)
    .filter((name) => name.endsWith(".ipynb"))
    .sort();
  if (all.length === 0 && names.length === 0) throw new Problem("There is no notebook in notebooks/.");
  if (names.length === 0) return all.map((name) => path.join(folder, name));
  return names.flatMap((name) => {
    const base = path.basename(name, ".ipynb");
    if (name.endsWith(".ipynb") && name !== `${base}.ipynb`) return [path.resolve(name)];
    const found = all.filter((file) => file === `${base}.ipynb` || file.startsWith(`${base}-`));
    if (found.length > 0) return found.map((file) => path.join(folder, file));
    throw new Problem(`There is no notebook "${name}": notebooks/ has ${all.join(", ") || "none"}.`);
  });
}

function parse(args) {
  try {
    return parseArgs({
      args,
      allowPositionals: true,
      options: {
        short: { type: "boolean", default: false },
        jobs: { type: "string", default: "1" },
        variants: { type: "boolean", default: false },
        record: { type: "boolean", default: false },
        out: { type: "string" },
        pages: { type: "boolean", default: false },
        strip: { type: "boolean", default: false },
        help: { type: "boolean", short: "h", default: false },
      },
    });
  } catch (error) {
    throw new Problem(`npm run notebooks: ${error.message.split(". ")[0]}.\n\n${usage}`);
  }
}

/** Makes the folder for the executed copies; throws one sentence where nothing can be written there. */
function checkOut(out) {
  try {
    mkdirSync(out, { recursive: true });
    accessSync(out, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new Problem(`npm run notebooks: cannot write in ${out} (${error.code}): name another folder with --out DIR.`);
  }
}

/** The pages of executed copies, of those that there are. */
async function makePages(python, files, out) {
  const copies = files.map((file) => path.join(out, path.basename(file))).filter((file) => existsSync(file));
  const { code, output } = await run(python, [path.join(root, "scripts/notebooks/page.py"), ...copies]);
  if (code !== 0) throw new Problem(output.trim());
  console.log(`${copies.length} pages are in ${path.relative(process.cwd(), out) || "."}`);
}

export async function notebooks(args) {
  const { values, positionals } = parse(args);
  if (values.help) return console.log(usage);
  const files = choose(positionals);
  if (values.strip) return files.forEach(strip);
  const jobs = Number(values.jobs);
  if (!(Number.isInteger(jobs) && jobs > 0))
    throw new Problem(`npm run notebooks: --jobs must be a positive integer, not "${values.jobs}".`);
  const folder = (variants) =>
    path.resolve(root, values.out ?? path.join("build", variants ? "variants" : "notebooks"));
  const kinds = values.record ? [false, true] : [values.variants];
  for (const variants of kinds) checkOut(folder(variants)); // before the minutes that running takes

  const { python } = await setup({ python: true });
  if (values.pages) return makePages(python, files, folder(values.variants));
  const machine = thisMachine(); // before what is made changes the state of the clone
  const short = values.short ? { TWINFORMER_SHORT: "1" } : {};
  const env = { ...jupyterEnv(), ...short, TWINFORMER_COMMIT: machine.commit };
  const done = [];
  for (const variants of kinds) {
    const out = folder(variants);
    const runs = variants ? files.flatMap((file) => variantRuns(file, out, values.short)) : files.map(ownRun);
    const results = await executeAll(runs, { out, jobs, python, env });
    const failed = results.filter(({ problems }) => problems.length > 0).length;
    const where = path.relative(process.cwd(), out) || ".";
    console.log(`${runs.length - failed} passed, ${failed} failed; executed copies are in ${where}`);
    if (failed > 0) process.exitCode = 1;
    done.push(...results);
  }
  if (values.record) await writePart("docs/course.md", "npm run notebooks -- --record", recordOf(done, machine));
  setTimeout(() => process.exit(), 0);
}

const ownRun = (file) => ({ name: path.basename(file, ".ipynb"), file, folder: path.dirname(file) });

const variantRuns = (file, out, isShort) =>
  variantsOf(file)
    .filter(({ short }) => short || !isShort)
    .map((variant) => ({
      name: variant.name,
      file: writeVariant(file, variant, out),
      folder: path.dirname(file),
      variant,
    }));

/** Executes them, some at once, and says of each how it went. Resolves to { name, variant, took, problems } in their order. */
async function executeAll(runs, { out, jobs, python, env }) {
  const results = [];
  let next = 0;
  async function worker() {
    while (next < runs.length) {
      const i = next++;
      const { name, file, folder, variant } = runs[i];
      const since = performance.now();
      const command = [path.join(root, "scripts/notebooks/run.py"), file, out, folder];
      const { code, output } = await run(python, command, { env });
      const problems = code === 0 ? [] : [output.trim()];
      if (!variant) problems.push(...sourceProblems(file));
      else if (code === 0) problems.push(...disagreements(path.join(out, path.basename(file)), variant.shows));
      const took = seconds(since);
      console.log(`${problems.length > 0 ? "FAIL" : "ok  "} ${name.padEnd(24)} ${took.padStart(8)}`);
      for (const problem of problems) console.log(problem.replace(/^/gm, "     "));
      results[i] = { name, variant, took, problems };
    }
  }
  await Promise.all(Array.from({ length: jobs }, worker));
  return results;
}

/** What docs/course.md says of a run. */
function recordOf(results, { commit, cpu, node, date }) {
  const rows = results.map(({ name, variant, took, problems }) => [
    name.split(".")[0],
    variant ? variant.says.replaceAll("|", "\\|") : "as it is",
    took,
    problems.length > 0 ? problems[0].split("\n")[0] : "passed",
  ]);
  const failed = results.filter(({ problems }) => problems.length > 0).length;
  return `Commit ${commit}, ${date}, ${cpu}, Node ${node}: ${results.length - failed} passed, ${failed} failed.

${tableOf(["notebook", "changed", "took", "result"], rows)}`;
}
