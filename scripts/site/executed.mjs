// Which executed notebooks the site is made of: what build/notebooks holds where it is fresh, the others executed first.
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { read } from "../notebooks/sources.mjs";
import { Problem, root, run } from "../setup/run.mjs";

const joined = (lines) => (Array.isArray(lines) ? lines.join("") : lines);
const executedFile = (name) => path.join(root, "build/notebooks", `${name}.ipynb`);

/** All notebooks of the clone, in order: paths. */
export function notebookFiles() {
  const names = readdirSync(path.join(root, "notebooks")).filter((name) => name.endsWith(".ipynb"));
  return names.sort().map((name) => path.join(root, "notebooks", name));
}

const cellsOf = ({ cells }) => JSON.stringify(cells.map(({ id, source }) => [id, joined(source)]));

/** Why an executed copy cannot stand for a notebook: "" where it can.
 *  @param {object} source the notebook  @param {object | null} copy  @param {boolean} short whether the short form is good enough */
export function staleness(source, copy, short) {
  if (!copy) return "not executed yet";
  if (cellsOf(copy) !== cellsOf(source)) return "changed since";
  const { form, failed } = copy.metadata.twinformer ?? {};
  if (failed) return "ended in an error";
  return form === "full" || short ? "" : "executed in the short form";
}

/** What was executed, of each notebook: { name, source, copy }. Says what it takes and what it executes.
 *  @param {string[]} files  @param {{ short: boolean }} options */
export async function executedNotebooks(files, { short }) {
  const look = (file) => {
    const name = path.basename(file, ".ipynb");
    const copy = existsSync(executedFile(name)) ? read(executedFile(name)) : null;
    return { name, file, source: read(file), copy, executed: executedFile(name) };
  };
  const found = files.map(look).map((one) => ({ ...one, why: staleness(one.source, one.copy, short) }));
  const [fresh, stale] = [found.filter(({ why }) => !why), found.filter(({ why }) => why)];
  const of = ({ name, copy }) => {
    const { form = "form unknown", commit } = copy.metadata.twinformer ?? {};
    return `${name} (${form}${commit ? `, ${commit}` : ""})`;
  };
  if (fresh.length > 0) console.log(`taken from build/notebooks: ${fresh.map(of).join(", ")}`);
  if (stale.length === 0) return fresh;
  console.log(`to be executed: ${stale.map(({ name, why }) => `${name} (${why})`).join(", ")}`);
  const command = [path.join(root, "scripts/notebooks.mjs"), ...stale.map(({ name }) => name)];
  const { code } = await run(process.execPath, short ? [...command, "--short"] : command, { show: true });
  if (code !== 0) throw new Problem("npm run site: a notebook failed, so there are no pages.");
  return files.map(look);
}
