import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { Problem, root, run, seconds } from "../setup/run.mjs";
import { setup } from "../setup.mjs";
import { executedNotebooks, notebookFiles } from "./executed.mjs";
import { writeAssets, writeScripts } from "./live.mjs";
import { planOf } from "./plan.mjs";
import { writePolicy } from "./policy.mjs";
import { searchFiles } from "./search.mjs";
import { serve } from "./serve.mjs";

const usage = `npm run site [-- options]     the executed notebooks as linked pages with one search

Takes what build/notebooks holds of a notebook, if that is the notebook as it is now, executed in full to its end;
executes the others first. The folder works on any host, in any of its folders, and from a disk.

  --short     what was executed in the short form is good enough; what is missing is executed in the short form
  --serve     serves the pages on this machine until Ctrl-C
  --port N    at this port (default: 8123)
  --out DIR   where the pages go (default: build/site); what is there is removed`;

function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        short: { type: "boolean", default: false },
        serve: { type: "boolean", default: false },
        port: { type: "string", default: "8123" },
        out: { type: "string", default: "build/site" },
        help: { type: "boolean", short: "h", default: false },
      },
    }).values;
  } catch (error) {
    throw new Problem(`npm run site: ${error.message.split(". ")[0]}.\n\n${usage}`);
  }
}

/** Empties the folder, which must be one that holds nothing but a site. */
function emptied(out) {
  const inside = path.relative(root, out);
  if (inside === "" || root.startsWith(out + path.sep))
    throw new Problem(`npm run site: --out ${out} would remove the clone: name a folder for the pages alone.`);
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  return out;
}

export async function site(args) {
  const values = parse(args);
  if (values.help) return console.log(usage);
  const port = Number(values.port);
  if (!(Number.isInteger(port) && port >= 0 && port < 65536))
    throw new Problem(`npm run site: --port must be a whole number from 0 to 65535, not "${values.port}".`);
  const { python } = await setup({ python: true });
  const notebooks = await executedNotebooks(notebookFiles(), { short: values.short });

  const since = performance.now();
  const out = emptied(path.resolve(root, values.out));
  const { plan, copies } = await planOf(notebooks, out);
  const planFile = path.join(root, "build/site-plan.json");
  writeFileSync(planFile, JSON.stringify(plan));
  const { code, output } = await run(python, [path.join(root, "scripts/site/pages.py"), planFile]);
  if (code !== 0) throw new Problem(`the pages could not be made:\n${output.trim()}`);
  for (const [from, to] of Object.entries(copies)) cpSync(path.join(root, from), path.join(out, to));
  writePolicy(plan.pages, out);
  writeAssets(out);
  const files = await searchFiles(plan.pages, out);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(out, name), text);
  await writeScripts(out);
  console.log(`${plan.pages.length} pages are in ${path.relative(process.cwd(), out) || "."} after ${seconds(since)}`);
  if (values.serve) await serve(out, port);
}
