/** Byte-pair encoding as one would write it down first: everything is counted again for each merge, in strings. */

import { CHARACTERS, PIECES } from "../../../lib/data/bpe/bytes.js";

/** GPT-2's table, by its definition: bytes that are no visible Latin-1 get U+0100 and on, in order. */
const table = new Map<number, string>();
let more = 0x100;
for (let byte = 0; byte < 256; byte++) {
  const visible = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae;
  table.set(byte, String.fromCharCode(visible ? byte : more++));
}

export type NaiveMerge = readonly [left: string, right: string];

/** A text as pieces of tokens of one byte each. */
const pieces = (text: string): string[][] =>
  (text.match(PIECES) ?? []).map((piece) => Array.from(new TextEncoder().encode(piece), (byte) => table.get(byte)!));

const id = (tokens: readonly string[], token: string): number => tokens.indexOf(token);

/** Merges, each with its count and the tokens that the text has after it. */
export function naiveTraining(text: string, vocabSize: number) {
  const tokens: string[] = [...CHARACTERS];
  const done = new Set<string>();
  let words = pieces(text);
  const steps: { pair: NaiveMerge; token: string; count: number; tokens: number }[] = [];
  while (tokens.length < vocabSize) {
    const counts = new Map<string, number>();
    for (const word of words)
      for (let at = 0; at + 1 < word.length; at++) {
        const pair = `${word[at]} ${word[at + 1]}`;
        if (!done.has(pair)) counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
    const ranked = [...counts].sort(([a, n], [b, m]) => {
      const [p, q] = [a, b].map((pair) => pair.split(" ").map((token) => id(tokens, token)));
      return m - n || p[0] - q[0] || p[1] - q[1];
    });
    if (ranked.length === 0 || ranked[0][1] < 2) break;
    const [[name, count]] = ranked;
    const [left, right] = name.split(" ");
    done.add(name);
    if (!tokens.includes(left + right)) tokens.push(left + right);
    words = words.map((word) => {
      const out: string[] = [];
      for (let at = 0; at < word.length; at++)
        if (word[at] === left && word[at + 1] === right) out.push(word[at] + word[++at]);
        else out.push(word[at]);
      return out;
    });
    const left_ = words.reduce((sum, word) => sum + word.length, 0);
    steps.push({ pair: [left, right], token: left + right, count, tokens: left_ });
  }
  return { tokens, steps };
}

/** The tokens of a text: again and again the pair of the earliest merge, the leftmost of equals. */
export function naiveEncoding(text: string, merges: readonly NaiveMerge[]): string[] {
  return pieces(text).flatMap((word) => {
    for (;;) {
      const ranks = word.slice(1).map((right, at) => merges.findIndex(([a, b]) => a === word[at] && b === right));
      const first = Math.min(...ranks.filter((rank) => rank >= 0));
      if (first === Infinity) return word;
      const at = ranks.indexOf(first);
      word.splice(at, 2, word[at] + word[at + 1]);
    }
  });
}
