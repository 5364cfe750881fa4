import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

const DIGITS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** The numbers of one segment: each in digits of base 64, lowest first, of 5 bits and one that says whether another follows.
 *  The lowest bit of all is the sign. Format: https://tc39.es/ecma426/
 *  @param {string} segment  @returns {number[]} */
export function decode(segment) {
  const numbers = [];
  let [value, shift] = [0, 0];
  for (const character of segment) {
    const digit = DIGITS.indexOf(character);
    value |= (digit & 31) << shift;
    shift += 5;
    if (digit & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}

/** @param {number[]} numbers  @returns {string} */
export function encode(numbers) {
  const one = (number) => {
    let rest = number < 0 ? (-number << 1) | 1 : number << 1;
    let digits = "";
    do {
      const digit = rest & 31;
      rest >>= 5;
      digits += DIGITS[rest > 0 ? digit | 32 : digit];
    } while (rest > 0);
    return digits;
  };
  return numbers.map(one).join("");
}

/** `mappings` with the first place of each line only: a debugger and a stack trace still find every line of the source, and the map
 *  takes a fifth of the room.
 *  @param {string} mappings  @param {Set<number>} without lines of the output, from 0, that are removed  @returns {string} */
export function byLine(mappings, without = new Set()) {
  // All but the column of the output are differences from the segment before, also across lines.
  const at = [0, 0, 0];
  let kept = [0, 0, 0];
  const lines = mappings.split(";").map((line, row) => {
    let first = "";
    for (const segment of line.split(",").map(decode)) {
      if (segment.length < 4) continue; // a place that comes from no source
      for (let i = 0; i < 3; i++) at[i] += segment[i + 1];
      if (first || without.has(row)) continue;
      first = encode([segment[0], ...at.map((value, i) => value - kept[i])]);
      kept = [...at];
    }
    return first;
  });
  return lines.filter((_, row) => !without.has(row)).join(";");
}

/** The lines of a module, from 0, that hold nothing but a comment.
 *  @param {string} text  @returns {Promise<Set<number>>} */
export async function commentLines(text) {
  // Here and not above: a clone whose packages are not installed yet reads this file, too.
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
    map.mappings = byLine(map.mappings, comments);
    map.names = [];
    if (name.endsWith(".generated.js.map")) delete map.sourcesContent;
    const lines = text.split("\n");
    writeFileSync(file, lines.filter((_, row) => !comments.has(row)).join("\n"));
    writeFileSync(`${file}.map`, JSON.stringify(map));
  }
}
