/** The page for notebooks of the reader's own: an empty one, or one that was dropped. */

import { button } from "../page/cell.js";
import { joined, type NotebookCell } from "../page/notebook.js";
import { keepOwn, keptOwn } from "./kept.js";
import { takeFiles } from "./open.js";
import { say } from "../page/say.js";
import { codeSection, drawNotebook, parseNotebook } from "./ownNotebook.js";
import { wake } from "../page/wake.js";

const EMPTY = JSON.stringify({
  cells: [{ id: "first", cell_type: "code", metadata: {}, source: "", outputs: [], execution_count: null }],
  metadata: { kernelspec: { name: "tslab", display_name: "TypeScript", language: "typescript" } },
  nbformat: 4,
  nbformat_minor: 5,
});

export function ownPage(): void {
  const place = document.createElement("div");
  document.querySelector("main")!.append(place);
  const kept = keptOwn();
  try {
    show(kept ?? { name: "my-own.ipynb", text: EMPTY }, place);
  } catch {
    show({ name: "my-own.ipynb", text: EMPTY }, place);
  }
}

function show({ name, text }: { name: string; text: string }, place: HTMLElement): void {
  const notebook = parseNotebook(name, text);
  drawNotebook(notebook, place);
  const awake = wake(`own ${name.replace(/\.ipynb$/i, "")}`, notebook);
  const open = (other: string, found: string): void => {
    try {
      parseNotebook(other, found);
    } catch (error) {
      say((error as Error).message);
      return;
    }
    // A page anew: names and cells of the last notebook are gone.
    if (keepOwn(other, found)) location.reload();
    else say(`${other} is too large for what this browser lets a page keep: 5 MB in most.`);
  };
  takeFiles(awake.runner, open);
  const edit = (id: string): void =>
    document.getElementById(`cell-id=${id}`)?.querySelector<HTMLElement>(".live-cell button:nth-of-type(3)")?.click();
  for (const { id, source } of notebook.code) if (source.trim() === "") edit(id);
  const cells = notebook.file.cells as NotebookCell[];
  const more = button("+ Cell", "Add a cell", () => {
    const cell: NotebookCell = {
      ...{
        id: `own-${Date.now().toString(36)}`,
        cell_type: "code",
        metadata: {},
        source: "",
        outputs: [],
        execution_count: null,
      },
    };
    cells.push(cell);
    keepOwn(name, JSON.stringify(notebook.file));
    place.append(codeSection(cell));
    awake.add(cell.id, joined(cell.source));
    edit(cell.id);
  });
  const empty = button("Empty notebook", "Begin with an empty notebook", () => {
    if (keepOwn("my-own.ipynb", EMPTY)) location.reload();
  });
  const row = document.createElement("p");
  row.className = "live-own";
  row.append(more, empty);
  place.after(row);
}
