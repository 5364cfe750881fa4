// What the "Try it" of each notebook suggests, as data: notebooks/variants.json has for each notebook a list of
// { says, edits: [{ cell, text, by }], shows, short }: words of the notebook, what a reader changes then, what the figures and claims
// must say afterwards (see agreement.mjs), and whether it is the one that stands for its notebook in the short form.
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { Problem } from "../setup/run.mjs";
import { read } from "./sources.mjs";

const joined = (lines) => (Array.isArray(lines) ? lines.join("") : lines);

/** The variants of a notebook, each with a name for its files.
 *  @param {string} file  @returns {{ name: string, says: string, edits: { cell: string, text: string, by: string }[],
 *    shows?: object, short?: boolean }[]} */
export function variantsOf(file) {
  const base = path.basename(file, ".ipynb");
  const own = read(path.join(path.dirname(file), "variants.json"))[base] ?? [];
  return own.map((variant, i) => ({ ...variant, name: `${base}.${i + 1}` }));
}

/** A notebook with the changes of a variant. Throws a sentence where a text that it replaces is not there exactly once.
 *  @param {object} notebook  @param {{ name: string, edits: { cell: string, text: string, by: string }[] }} variant */
export function changed(notebook, { name, edits }) {
  const cells = structuredClone(notebook.cells);
  for (const { cell: id, text, by } of edits) {
    const cell = cells.find((one) => one.id === id);
    const parts = cell ? joined(cell.source).split(text) : [];
    if (parts.length !== 2)
      throw new Problem(
        `variant ${name}: "${text}" is ${cell ? Math.max(0, parts.length - 1) : 0} times in cell ${id}, not once`,
      );
    cell.source = parts.join(by);
  }
  return { ...notebook, cells };
}

/** Writes the changed notebook to be run; returns its path. */
export function writeVariant(file, variant, out) {
  const folder = path.join(out, "sources");
  mkdirSync(folder, { recursive: true });
  const target = path.join(folder, `${variant.name}.ipynb`);
  writeFileSync(target, JSON.stringify(changed(read(file), variant), null, 1));
  return target;
}
