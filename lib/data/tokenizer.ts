/** Text to numbers and back. A character is a code point, as in Python: an emoji is one, though JavaScript's `length` counts two. */

import { describe } from "../tensor/check.js";

/** What turns text into the numbers that a model reads, and back. */
export interface Tokenizer {
  /** V: ids are below it. */
  readonly vocabSize: number;
  /** The text of each token, by id, to be read. */
  readonly vocabulary: readonly string[];
  encode(text: string): Int32Array;
  decode(ids: ArrayLike<number>): string;
}

/** One token per character: the vocabulary is the set of characters of a text, sorted by code point. */
export class CharTokenizer implements Tokenizer {
  readonly vocabulary: readonly string[];
  /** The id of each code point; -1 for those that are not in the vocabulary. */
  readonly #ids: Int32Array;

  /** Throws for an empty text. */
  constructor(text: string) {
    checkText("CharTokenizer", text);
    if (text.length === 0)
      throw new RangeError("the text is empty: a tokenizer needs at least one character to learn from");
    const seen = new Uint8Array(0x110000);
    for (let at = 0; at < text.length; at++) {
      const code = text.codePointAt(at)!;
      seen[code] = 1;
      if (code > 0xffff) at++; // two UTF-16 units
    }
    this.#ids = new Int32Array(seen.lastIndexOf(1) + 1).fill(-1);
    const vocabulary: string[] = [];
    for (let code = 0; code < this.#ids.length; code++) {
      if (seen[code]) this.#ids[code] = vocabulary.push(String.fromCodePoint(code)) - 1;
    }
    this.vocabulary = vocabulary;
  }

  /** V: number of different characters. */
  get vocabSize(): number {
    return this.vocabulary.length;
  }

  /** The id of each character, 4 bytes each. Throws for a character that the vocabulary lacks. */
  encode(text: string): Int32Array {
    checkText("encode", text);
    const ids = new Int32Array(text.length);
    let count = 0;
    for (let at = 0; at < text.length; at++) {
      const code = text.codePointAt(at)!;
      const id = this.#ids[code] ?? -1;
      if (id < 0) {
        throw new RangeError(
          `unknown character ${JSON.stringify(String.fromCodePoint(code))} at position ${count}: the vocabulary has ${this.vocabSize} characters, ${this.#sample()}`,
        );
      }
      ids[count++] = id;
      if (code > 0xffff) at++;
    }
    return count < ids.length ? ids.slice(0, count) : ids;
  }

  decode(ids: ArrayLike<number>): string {
    return Array.from(ids, (id) => this.vocabulary[id] ?? unknownId(id, this.vocabSize)).join("");
  }

  #sample(): string {
    const shown = JSON.stringify(this.vocabulary.slice(0, 60).join(""));
    return this.vocabSize > 60 ? `beginning with ${shown}` : shown;
  }
}

/** Throws unless `tokenizer` is one. */
export function checkTokenizer(operation: string, tokenizer: unknown): void {
  const { encode, decode } = (tokenizer ?? {}) as Partial<Tokenizer>;
  if (typeof encode !== "function" || typeof decode !== "function")
    throw new TypeError(
      `${operation} needs a tokenizer, such as corpus.tokenizer or trainBpe(text, { vocabSize: 512 }), got ${describe(tokenizer)}`,
    );
}

export function unknownId(id: number, vocabSize: number): never {
  throw new RangeError(`no token has id ${id}: ids go from 0 to ${vocabSize - 1}`);
}

/** Throws a TypeError unless `text` is a string. */
export function checkText(operation: string, text: unknown): void {
  if (typeof text !== "string")
    throw new TypeError(`${operation} needs a text, got ${text === null ? "null" : typeof text}`);
}
