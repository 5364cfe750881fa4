/** A text that can only be foretold by looking back. */

import { checkIntegers } from "../config/options.js";
import { Generator } from "../tensor/random.js";
import { Corpus } from "./corpus.js";

const LETTERS = "abcdefghijklmnopqrstuvwxyz";

export interface CopyTaskOptions {
  /** Words, each of which is written twice. Default 4,000. */
  words?: number;
  /** Letters of a word. Default 4. */
  length?: number;
  /** Different letters. Default 8. */
  letters?: number;
  /** Default 0. */
  seed?: number;
}

/** Random words, each followed by its copy: "fcab=fcab hade=hade ". Nothing foretells a word, so that guessing it costs ln(letters) nats
 *  a letter; its copy costs nothing to who looks back. `lowest` is the loss of who knows the rule: the share of letters that nothing
 *  foretells, times ln(letters).
 *  @example
 *  copyTask({ words: 20, length: 3, letters: 2 }).lowest; // => 0.259930 */
export function copyTask({ words = 4000, length = 4, letters = 8, seed = 0 }: CopyTaskOptions = {}): Corpus & {
  readonly lowest: number;
} {
  checkIntegers("copyTask", { words, length }, { from: 1 });
  checkIntegers("copyTask", { letters }, { from: 1, below: LETTERS.length + 1 });
  checkIntegers("copyTask", { seed });
  const rng = new Generator(seed).fork("copyTask");
  const word = (): string => Array.from({ length }, () => LETTERS[rng.below(letters)]).join("");
  const lines = Array.from({ length: words }, () => {
    const one = word();
    return `${one}=${one} `;
  });
  const text = new Corpus(lines.join(""), { name: "copies" });
  return Object.assign(text, { lowest: (length * Math.log(letters)) / (2 * length + 2) });
}
