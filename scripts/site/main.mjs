import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { Problem, root, run, seconds } from "../setup/run.mjs";
import { setup } from "../setup.mjs";
import { executedNotebooks, notebookFiles } from "./executed.mjs";
import { writeAssets, writeScripts } from "./live.mjs";
import { planOf, SHELL } from "./plan.mjs";
import { writePolicy } from "./policy.mjs";
import { searchFiles } from "./search.mjs";
import { serve } from "./serve.mjs";

const usage = `npm run site [-- options]     the executed notebooks as linked pages with one search

Takes what build/notebooks holds of a notebook, if that is the notebook as it is now, executed in full to its end;
executes the others first. The folder works on any host, in any of its folders, and from a disk.

  --short     what was executed in the short form is good enough; what is missing is executed in the short form
  --serve     serves the pages on this machine until Ctrl-C, and opens the first one
  --port N    at this port (default: 8123)
  --out DIR   where the pages go (default: build/site); what is there is removed
  --address URL  where the site will be: pictures beside shared links need it. Without it no page knows an address`;

function parse(args) {
  try {
    return parseArgs({
      args,
      options: {
        short: { type: "boolean", default: false },
        serve: { type: "boolean", default: false },
        port: { type: "string", default: "8123" },
        out: { type: "string", default: "build/site" },
        address: { type: "string" },
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

/** With a slash at its end, so that names of pages can follow. */
function addressOf(text) {
  if (text === undefined) return null;
  const url = URL.canParse(text) ? new URL(text) : null; // Node 20 may have no URL.parse
  if (!/^https?:$/.test(url?.protocol ?? ""))
    throw new Problem(`npm run site: --address must be like https://example.org/course/, not "${text}".`);
  return `${url.origin}${url.pathname.replace(/\/*$/, "/")}`;
}

/** Of all files in it. */
const folderBytes = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((one) => one.isFile())
    .reduce((sum, { parentPath, name }) => sum + statSync(path.join(parentPath, name)).size, 0);

/** The pages that are made from data: models, claims, questions, myths and figures alone. */
async function makeMore(plan, out, address) {
  const made = path.join(root, "build/site-made.json");
  const planFile = path.join(root, "build/site-more.json");
  const own = plan.pages.filter(({ notebook }) => notebook !== undefined);
  const listed = own.map(({ notebook, href, title }) => ({
    name: path.basename(href, ".html"),
    title,
    executed: notebook,
  }));
  const cards = path.join(root, "build/site-cards");
  writeFileSync(planFile, JSON.stringify({ out, address, shell: SHELL, cards, notebooks: listed, made }));
  const tsx = pathToFileURL(path.join(root, "node_modules/tsx/dist/loader.mjs")).href;
  const { code, output } = await run(process.execPath, [
    "--import",
    tsx,
    path.join(root, "scripts/site/made/main.ts"),
    planFile,
  ]);
  if (code !== 0) throw new Problem(`the pages about models and claims could not be made:\n${output.trim()}`);
  return JSON.parse(readFileSync(made, "utf8"));
}

export async function site(args) {
  const values = parse(args);
  if (values.help) return console.log(usage);
  const port = Number(values.port);
  if (!(Number.isInteger(port) && port >= 0 && port < 65536))
    throw new Problem(`npm run site: --port must be a whole number from 0 to 65535, not "${values.port}".`);
  const address = addressOf(values.address);
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
  const more = await makeMore(plan, out, address);
  const pages = plan.pages.filter(({ href }) => href !== SHELL);
  writePolicy(pages, out);
  writeAssets(out);
  const files = await searchFiles([...pages, ...more.found], out);
  for (const [name, text] of Object.entries(files)) writeFileSync(path.join(out, name), text);
  await writeScripts(out);
  const where = path.relative(process.cwd(), out) || ".";
  const megabytes = Math.round(folderBytes(out) / 1e6);
  console.log(
    `${pages.length + more.pages} pages and ${more.embeds} figures alone, ${megabytes} MB, are in ${where} after ${seconds(since)}`,
  );
  if (values.serve) await serve(out, port);
}
