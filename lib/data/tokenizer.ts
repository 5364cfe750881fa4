/** Text to numbers and back. */

/** One token per character: the vocabulary is the set of characters of a text, sorted by code point. */
export class CharTokenizer {
  readonly vocabulary: readonly string[];
  readonly #ids: ReadonlyMap<string, number>;

  constructor(text: string) {
    if (text.length === 0)
      throw new RangeError("the text is empty: a tokenizer needs at least one character to learn from");
    this.vocabulary = [...new Set(text)].sort((a, b) => a.codePointAt(0)! - b.codePointAt(0)!);
    this.#ids = new Map(this.vocabulary.map((character, id) => [character, id]));
  }

  /** V: number of different characters. */
  get vocabSize(): number {
    return this.vocabulary.length;
  }

  /** Ids of each character. Throws for a character that the vocabulary lacks. */
  encode(text: string): Int32Array {
    return Int32Array.from(text, (character, at) => {
      const id = this.#ids.get(character);
      if (id === undefined) {
        throw new RangeError(
          `unknown character ${JSON.stringify(character)} at position ${at}: the vocabulary has ${this.vocabSize} characters, ${this.#sample()}`,
        );
      }
      return id;
    });
  }

  decode(ids: ArrayLike<number>): string {
    return Array.from(ids, (id) => {
      const character = this.vocabulary[id];
      if (character === undefined)
        throw new RangeError(`no token has id ${id}: ids go from 0 to ${this.vocabSize - 1}`);
      return character;
    }).join("");
  }

  #sample(): string {
    const shown = JSON.stringify(this.vocabulary.slice(0, 60).join(""));
    return this.vocabSize > 60 ? `beginning with ${shown}` : shown;
  }
}
