import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "../setup/run.mjs";

/** Writes the part of a page of docs/ that a command makes: what is between `<!-- NAME -->` and `<!-- end of NAME -->`. The rest is ours.
 *  @param {string} page "docs/course.md"  @param {string} name  @param {string} text */
export async function writePart(page, name, text) {
  const file = path.join(root, page);
  const all = readFileSync(file, "utf8");
  const [start, end] = [`<!-- ${name} -->`, `<!-- end of ${name} -->`];
  const [from, to] = [all.indexOf(start), all.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`${page} has lost its marks ${start} and ${end}`);
  const whole = `${all.slice(0, from + start.length)}\n\n${text.trim()}\n\n${all.slice(to)}`;
  const { format, resolveConfig } = await import("prettier"); // here: a clone may have no packages yet
  writeFileSync(file, await format(whole, { ...(await resolveConfig(file)), filepath: file }));
}

/** A table of Markdown. @param {readonly string[]} head  @param {readonly (readonly string[])[]} rows */
export const tableOf = (head, rows) =>
  [head, head.map(() => "---"), ...rows].map((cells) => `| ${cells.join(" | ")} |`).join("\n");
