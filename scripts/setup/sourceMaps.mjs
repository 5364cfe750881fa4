import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

/** `mappings` with the first place of each line only: a debugger and a stack trace still find every line of the source, and the map
 *  takes a fifth of the room.
 *  @param {string} mappings  @param {Set<number>} without lines of the output, from 0, that are removed  @returns {Promise<string>} */
export async function byLine(mappings, without = new Set()) {
  // Here and not above, as TypeScript below: a clone whose packages are not installed yet reads this file, too.
  const { decode, encode } = await import("@jridgewell/sourcemap-codec");
  const isPlace = (segment) => segment.length >= 4; // others come from no source
  const lines = decode(mappings).map((line) => line.filter(isPlace).slice(0, 1));
  return encode(lines.filter((_, row) => !without.has(row)));
}

/** The lines of a module, from 0, that hold nothing but a comment.
 *  @param {string} text  @returns {Promise<Set<number>>} */
export async function commentLines(text) {
  const { default: ts } = await import("typescript");
  const file = ts.createSourceFile("module.js", text, ts.ScriptTarget.Latest);
  const lines = new Set();
  const visit = (node) => {
    for (const { pos, end } of ts.getLeadingCommentRanges(text, node.pos) ?? []) {
      const lineStart = text.lastIndexOf("\n", pos) + 1;
      const isAlone = text.slice(lineStart, pos).trim() === "" && /^[ \t\r]*(\n|$)/.test(text.slice(end));
      if (!isAlone || /^\/\/#|@__PURE__/.test(text.slice(pos, end))) continue;
      const [first, last] = [pos, end].map((at) => file.getLineAndCharacterOfPosition(at).line);
      for (let line = first; line <= last; line++) lines.add(line);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return lines;
}

/** Makes every module below a folder and its map smaller: comments stay in the types, which editors show, and in the source, which
 *  the map holds. Maps of generated modules forget the source as well, which nobody reads. */
export async function shorten(folder) {
  for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".js.map")) continue;
    const file = path.join(folder, name.slice(0, -".map".length));
    const text = readFileSync(file, "utf8");
    const comments = await commentLines(text);
    const map = JSON.parse(readFileSync(`${file}.map`, "utf8"));
    map.mappings = await byLine(map.mappings, comments);
    map.names = [];
    if (name.endsWith(".generated.js.map")) delete map.sourcesContent;
    const lines = text.split("\n");
    writeFileSync(file, lines.filter((_, row) => !comments.has(row)).join("\n"));
    writeFileSync(`${file}.map`, JSON.stringify(map));
  }
}
