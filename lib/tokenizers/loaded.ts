import { checkFlag } from "../config/options.js";
import { bytesOf, CHARACTERS, readable } from "../data/bpe/bytes.js";
import { checkText, type Tokenizer, unknownId } from "../data/tokenizer.js";
import type { Contents } from "./kinds.js";
import type { Library } from "./library.js";

export interface SpecialTokens {
  /** Encoding: put in what the tokenizer adds to a text, such as the token of its beginning. Decoding: write special tokens, too.
   *  Default true for both, as in transformers. Special tokens that stand in the text are read in either case. */
  specialTokens?: boolean;
}

/** A tokenizer of a published model, with the same ids and texts as in transformers. Half a surrogate pair, which is no character, is
 *  read as U+FFFD. Made by `loadTokenizer`. */
export class LoadedTokenizer implements Tokenizer {
  /** Each token as it can be read: bytes that are no whole character are spelled out, such as `\xe2\x82`; an id that has no token is "". */
  readonly vocabulary: readonly string[];
  readonly #library: Library;
  readonly #special: ReadonlySet<number>;

  constructor(library: Library, { tokens, added, isByteLevel }: Contents) {
    const ids = [...tokens.keys(), ...added.map(({ id }) => id)];
    const vocabulary = Array<string>(ids.reduce((most, id) => Math.max(most, id + 1), 0)).fill("");
    for (const [id, token] of tokens) vocabulary[id] = isByteLevel ? ofBytes(token) : ofPieces(token);
    for (const { id, content } of added) vocabulary[id] = content;
    this.vocabulary = vocabulary;
    this.#library = library;
    this.#special = new Set(added.filter(({ special }) => special).map(({ id }) => id));
  }

  /** V: one above the largest id. */
  get vocabSize(): number {
    return this.vocabulary.length;
  }

  encode(text: string, { specialTokens = true }: SpecialTokens = {}): Int32Array {
    checkText("encode", text);
    checkFlag("encode", "specialTokens", specialTokens);
    const whole = text.replace(/\p{Cs}/gu, "\ufffd");
    return Int32Array.from(this.#library.encode(whole, { add_special_tokens: specialTokens }).ids);
  }

  decode(ids: ArrayLike<number>, { specialTokens = true }: SpecialTokens = {}): string {
    checkFlag("decode", "specialTokens", specialTokens);
    const all = Array.from(ids, (id) =>
      this.#library.id_to_token(id) === undefined ? unknownId(id, this.vocabSize) : id,
    );
    const wanted = specialTokens ? all : all.filter((id) => !this.#special.has(id));
    if (wanted.length === 0) return "";
    return this.#library.decode(wanted, { skip_special_tokens: false, clean_up_tokenization_spaces: false });
  }
}

const table = new Set(CHARACTERS);

/** Whether a token is written in the characters that stand for bytes. */
export const isOfBytes = (token: string): boolean => Array.from(token).every((character) => table.has(character));

const ofBytes = (token: string): string => (isOfBytes(token) ? readable(bytesOf(token)) : token);

const ofPieces = (token: string): string => {
  const [, byte] = /^<0x([0-9A-F]{2})>$/.exec(token) ?? [];
  return byte === undefined ? token.replaceAll("▁", " ") : readable(Uint8Array.of(parseInt(byte, 16)));
};
