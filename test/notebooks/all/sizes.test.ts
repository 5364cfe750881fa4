import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { expect, it } from "vitest";

const folder = path.resolve(import.meta.dirname, "../../../notebooks");
const names = readdirSync(folder).filter((name) => name.endsWith(".ipynb"));

/** A page shows 90 columns of code; more is cut off at its right. */
const COLUMNS = 90;
/** A reader sees a cell and its output together. */
const LINES = 12;
it.each(names)("%s: a code cell has at most 12 lines of 90 columns", (name) => {
  const { cells } = JSON.parse(readFileSync(path.join(folder, name), "utf8")) as {
    cells: { id: string; cell_type: string; source: string[] }[];
  };
  const tooLarge = cells
    .filter(({ cell_type: type }) => type === "code")
    .map(({ id, source }) => ({ id, lines: source.join("").split("\n") }))
    .filter(({ lines }) => lines.length > LINES || lines.some((line) => line.length > COLUMNS))
    .map(({ id, lines }) => `${id}: ${lines.length} lines, ${Math.max(...lines.map(({ length }) => length))} columns`);
  expect(tooLarge.length, tooLarge.join("\n")).toBe(0);
});
