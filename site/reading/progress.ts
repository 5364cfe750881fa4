/** How far the reader has come: which cells of each notebook ran to their end here. Kept in this browser. */

import { storageOf } from "../page/edits.js";

interface Progress {
  readonly done: readonly string[];
  readonly of: number;
}

const key = (): string => `twinformer:progress:${location.pathname.replace(/[^/]*$/, "")}`;

function all(): Record<string, Progress> {
  try {
    const found: unknown = JSON.parse(storageOf()?.getItem(key()) ?? "{}");
    return typeof found === "object" && found !== null ? (found as Record<string, Progress>) : {};
  } catch {
    return {};
  }
}

/** @param cells of the notebook, in all */
export function cellIsDone(notebook: string, cell: string, cells: number): void {
  const progress = all();
  const done = new Set(Array.isArray(progress[notebook]?.done) ? progress[notebook].done : []);
  progress[notebook] = { done: [...done.add(cell)], of: cells };
  try {
    storageOf()?.setItem(key(), JSON.stringify(progress));
  } catch {
    // A full storage: progress is a nicety.
  }
}

/** Says beside each notebook of a list how many of its cells were run. */
export function showProgress(list: Element): void {
  const progress = all();
  for (const link of list.querySelectorAll<HTMLAnchorElement>("li > a")) {
    const found = progress[link.getAttribute("href")!.replace(/\.html$/, "")];
    if (!found || !Array.isArray(found.done) || !Number.isInteger(found.of)) continue;
    const words = document.createElement("small");
    const isAll = found.done.length >= found.of;
    words.textContent = isAll ? " ✓ all cells run" : ` ${found.done.length} of ${found.of} cells run`;
    link.after(words);
  }
}
