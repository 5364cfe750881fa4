/** The reader's own notebook, kept in this browser. */

import { storageOf } from "../page/edits.js";

const key = (): string => `twinformer:own:${location.pathname.replace(/[^/]*$/, "")}`;

/** @returns whether the browser had room for it */
export function keepOwn(name: string, text: string): boolean {
  try {
    storageOf()?.setItem(key(), JSON.stringify({ name, text }));
    return storageOf() !== null;
  } catch {
    return false;
  }
}

export function keptOwn(): { name: string; text: string } | null {
  try {
    const found = JSON.parse(storageOf()?.getItem(key()) ?? "null") as { name?: unknown; text?: unknown } | null;
    if (typeof found?.name === "string" && typeof found.text === "string")
      return { name: found.name, text: found.text };
  } catch {
    // What is not ours is nothing.
  }
  return null;
}
