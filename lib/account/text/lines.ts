/** Words and columns that fit a width. */

import { columns } from "./table.js";

/** A space at which no line is broken. */
export const TIED = "\u00a0";

/** Lines of at most `width` characters, broken between words, and inside a word where it alone is too long. Spaces at the begin stay.
 *  @param hang what lines after the first begin with */
export function wrap(text: string, width: number, hang = ""): string {
  const lines: string[] = [];
  const room = (): number => Math.max(4, lines.length > 0 ? width - hang.length : width);
  let line = "";
  for (const word of text.replace(/^ +/, (lead) => TIED.repeat(lead.length)).split(" ")) {
    const longer = line === "" ? word : `${line} ${word}`;
    if (longer.length <= room()) {
      line = longer;
      continue;
    }
    if (line !== "") lines.push(line);
    line = word;
    while (line.length > room()) {
      const at = breakAt(line, room());
      lines.push(line.slice(0, at));
      line = line.slice(at);
    }
  }
  lines.push(line);
  return lines.map((each, i) => (i === 0 ? each : hang + each).replaceAll(TIED, " ").trimEnd()).join("\n");
}

/** Where a long word is broken: at a tied space or behind a mark in its second half, else where the line ends. */
function breakAt(word: string, room: number): number {
  const marks = [TIED, "/", ",", "-", "_", "."].map((mark) => word.lastIndexOf(mark, room - 1) + 1);
  const at = Math.max(...marks);
  return at > room / 2 ? at : room;
}

/** Rows of short cells and a last one of prose, which is wrapped beside them or, where that leaves no room, below.
 *  @param left which columns stand left, as in `columns` */
export function prose(rows: readonly (readonly string[])[], width: number, left: readonly number[] = [0]): string {
  const heads = columns(
    rows.map((row) => row.slice(0, -1)),
    left,
    false,
  ).split("\n");
  const beside = Math.max(...heads.map((head) => head.length)) + 2;
  return rows
    .map((row, i) => {
      const text = row.at(-1) ?? "";
      if (text === "") return heads[i].trimEnd();
      if (width - beside >= NARROWEST || beside + text.length <= width)
        return wrap(`${heads[i].replaceAll(" ", TIED)}${TIED}${TIED}${text}`, width, " ".repeat(beside));
      return `${wrap(heads[i].trimEnd(), width)}\n${wrap(`${TIED}${TIED}${text}`, width, "  ")}`;
    })
    .join("\n");
}

/** A column of prose is at least as wide. */
const NARROWEST = 24;

/** The first layout of which every line fits; where none does, the last. */
export function fitting(width: number, ...layouts: readonly (() => string)[]): string {
  let text = "";
  for (const layout of layouts) {
    text = layout();
    if (text.split("\n").every((line) => line.length <= width)) break;
  }
  return text;
}

/** A table as blocks: the first cell of each row, then every other cell below it with the head of its column. */
export function blocks(head: readonly string[], rows: readonly (readonly string[])[], width: number): string {
  return rows
    .map(([label, ...cells]) => {
      const inner = cells.map((cell, i) => [`  ${head[i + 1]}`, cell]).filter(([, cell]) => cell !== "");
      const below = inner.length > 0 ? columns(inner).split("\n") : [];
      return [label, ...below].map((line) => wrap(line.replaceAll(" ", TIED), width, "    ")).join("\n");
    })
    .join("\n");
}
