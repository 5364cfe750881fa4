// Notebook sources are kept without what running them leaves behind: a diff then shows what somebody wrote.
import { readFileSync } from "node:fs";
import path from "node:path";
import { replaceFile } from "../setup/files.mjs";

export const read = (file) => JSON.parse(readFileSync(file, "utf8"));

/** What the source of a notebook holds that it should not: one sentence each, none where all is well.
 *  @param {string} file  @returns {string[]} */
export function sourceProblems(file) {
  const notebook = read(file);
  const problems = [];
  const say = (what) => problems.push(`${path.basename(file)} ${what}`);
  const ran = (cell) => cell.outputs?.length > 0 || (cell.execution_count ?? null) !== null;
  const saved = notebook.cells.filter((cell) => cell.cell_type === "code" && ran(cell)).length;
  if (saved > 0) say(`is saved with the outputs of ${saved} cells: run npm run notebooks -- --strip`);
  const kernel = notebook.metadata?.kernelspec?.name;
  if (kernel !== "tslab") say(`names the kernel "${kernel}": it should be "tslab"`);
  return problems;
}

/** Removes outputs, run counts and editor state from a notebook's source, in the layout that JupyterLab writes. */
export function strip(file) {
  const notebook = read(file);
  for (const cell of notebook.cells) {
    const { tags } = cell.metadata;
    cell.metadata = tags ? { tags } : {};
    if (cell.cell_type === "code") Object.assign(cell, { outputs: [], execution_count: null });
  }
  notebook.metadata = {
    kernelspec: { display_name: "TypeScript", language: "typescript", name: "tslab" },
    language_info: notebook.metadata.language_info ?? { name: "typescript" },
  };
  replaceFile(file, `${JSON.stringify(notebook, null, 1)}\n`);
}
