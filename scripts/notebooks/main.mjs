import { accessSync, constants, mkdirSync, readdirSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { jupyterEnv } from "../setup/jupyter.mjs";
import { Problem, root, run, seconds } from "../setup/run.mjs";
import { setup } from "../setup.mjs";
import { disagreements } from "./agreement.mjs";
import { sourceProblems, strip } from "./sources.mjs";
import { variantsOf, writeVariant } from "./variants.mjs";

const usage = `npm run notebooks -- [NAME…] [options]     executes notebooks with the TypeScript kernel

  NAME        00-twins, 00 or a path to an .ipynb file (default: all of notebooks/)
  --variants  what "Try it" suggests (notebooks/variants.json), each in a copy of the notebook, and whether its pictures
              agree with the change
  --short     the short form that npm test runs (the same as TWINFORMER_SHORT=1); of the variants, one a notebook
  --jobs N    run N at once (default: 1)
  --out DIR   where executed .ipynb and .html go (default: build/notebooks, build/variants)
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
        out: { type: "string" },
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

export async function notebooks(args) {
  const { values, positionals } = parse(args);
  if (values.help) return console.log(usage);
  const files = choose(positionals);
  if (values.strip) return files.forEach(strip);
  const jobs = Number(values.jobs);
  if (!(Number.isInteger(jobs) && jobs > 0))
    throw new Problem(`npm run notebooks: --jobs must be a positive integer, not "${values.jobs}".`);
  const out = path.resolve(root, values.out ?? path.join("build", values.variants ? "variants" : "notebooks"));
  checkOut(out); // before the minutes that running takes

  const { python } = await setup({ python: true });
  const env = { ...jupyterEnv(), ...(values.short ? { TWINFORMER_SHORT: "1" } : {}) };
  const runs = values.variants
    ? files.flatMap((file) =>
        variantsOf(file)
          .filter(({ short }) => short || !values.short)
          .map((variant) => ({
            name: variant.name,
            file: writeVariant(file, variant, out),
            folder: path.dirname(file),
            variant,
          })),
      )
    : files.map((file) => ({ name: path.basename(file, ".ipynb"), file, folder: path.dirname(file) }));
  let failed = 0;
  const queue = [...runs];
  async function worker() {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const { name, file, folder, variant } = next;
      const since = performance.now();
      const command = [
        path.join(root, "scripts/notebooks/run.py"),
        file,
        out,
        path.join(root, "jupyter/templates"),
        folder,
      ];
      const { code, output } = await run(python, command, { env });
      const problems = code === 0 ? [] : [output.trim()];
      if (!variant) problems.push(...sourceProblems(file));
      else if (code === 0) problems.push(...disagreements(path.join(out, path.basename(file)), variant.shows));
      if (problems.length > 0) failed++;
      console.log(`${problems.length > 0 ? "FAIL" : "ok  "} ${name.padEnd(24)} ${seconds(since).padStart(8)}`);
      for (const problem of problems) console.log(problem.replace(/^/gm, "     "));
    }
  }
  await Promise.all(Array.from({ length: jobs }, worker));
  console.log(
    `${runs.length - failed} passed, ${failed} failed; executed copies are in ${path.relative(process.cwd(), out) || "."}`,
  );
  if (failed > 0) process.exitCode = 1;
  setTimeout(() => process.exit(), 0);
}
