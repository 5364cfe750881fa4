/** The notebook as the reader has it: edits and outputs in it, ready for JupyterLab. */

import type { CodeCell } from "./cell.js";
import type { Notebook } from "./notebook.js";

export function notebookText(notebook: Notebook, cells: ReadonlyMap<string, CodeCell>): string {
  const all = notebook.file.cells.map((cell) => {
    const own = cells.get(cell.id);
    return own ? { ...cell, source: own.source, outputs: own.outputs.saved(), execution_count: null } : cell;
  });
  return `${JSON.stringify({ ...notebook.file, cells: all }, null, 1)}\n`;
}

export function download(name: string, notebook: Notebook, cells: ReadonlyMap<string, CodeCell>): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([notebookText(notebook, cells)], { type: "application/x-ipynb+json" }));
  link.download = `${name}.ipynb`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
