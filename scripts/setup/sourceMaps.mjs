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
 *  @param {string} mappings  @returns {string} */
export function byLine(mappings) {
  // All but the column of the output are differences from the segment before, also across lines.
  const at = [0, 0, 0];
  let kept = [0, 0, 0];
  const lines = mappings.split(";").map((line) => {
    let first = "";
    for (const segment of line.split(",").map(decode)) {
      if (segment.length < 4) continue; // a place that comes from no source
      for (let i = 0; i < 3; i++) at[i] += segment[i + 1];
      if (first) continue;
      first = encode([segment[0], ...at.map((value, i) => value - kept[i])]);
      kept = [...at];
    }
    return first;
  });
  return lines.join(";");
}

/** Shortens every map below a folder; those of generated modules forget the source as well, which nobody reads. */
export function shortenMaps(folder) {
  for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
    if (!file.endsWith(".js.map")) continue;
    const at = path.join(folder, file);
    const map = JSON.parse(readFileSync(at, "utf8"));
    map.mappings = byLine(map.mappings);
    map.names = [];
    if (file.endsWith(".generated.js.map")) delete map.sourcesContent;
    writeFileSync(at, JSON.stringify(map));
  }
}
