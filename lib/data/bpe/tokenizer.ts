import { describe } from "../../tensor/check.js";
import { checkText, type Tokenizer, unknownId } from "../tokenizer.js";
import { byteIds, bytesOf, PIECES, readable, textOf } from "./bytes.js";
import { merged } from "./merge.js";
import { Growing } from "./vocabulary.js";

/** A byte-level BPE from its merges: ids 0 to 255 are the bytes, in GPT-2's order ("!" is 0), then comes what merges make, then special
 *  tokens. Any text can be encoded. Half a surrogate pair, which is no character, is read as U+FFFD; ids whose bytes are no UTF-8, such
 *  as half a character, decode to U+FFFD as well; any other text comes back as it was. To make one: `trainBpe`.
 *  @example
 *  const bpe = new BpeTokenizer([[71, 72]]); // "h" and "i"
 *  Array.from(bpe.encode("hi!")); // => [256, 0]
 *  bpe.decode([256, 0]); // => "hi!" */
export class BpeTokenizer implements Tokenizer {
  readonly merges: readonly (readonly [number, number])[];
  readonly specialTokens: readonly string[];
  /** Each token as it can be read: bytes that are no whole character are spelled out, such as `\xe2\x82`. */
  readonly vocabulary: readonly string[];
  /** Each token as a tokenizer.json writes it: a visible character for each byte, GPT-2's table. */
  readonly tokens: readonly string[];
  readonly #table: Growing["merges"];
  readonly #bytes: readonly Uint8Array[];
  /** Finds special tokens, the longest first; null where there are none. */
  readonly #special: RegExp | null;

  /** Throws for a merge of tokens that are not there yet or that was there before, and for special tokens that are not words of
   *  visible ASCII. */
  constructor(merges: readonly (readonly [number, number])[], specialTokens: readonly string[] = []) {
    const growing = new Growing();
    merges.forEach(([left, right], rank) => {
      const known = growing.tokens.length;
      for (const id of [left, right])
        if (!(Number.isInteger(id) && id >= 0 && id < known))
          throw new RangeError(`BpeTokenizer: merge ${rank} needs two ids from 0 to ${known - 1}, got ${describe(id)}`);
      growing.merge(left, right);
      if (growing.merges.size === rank) throw new RangeError(`BpeTokenizer: merge ${rank} repeats an earlier one`);
    });
    checkSpecial(specialTokens, growing);
    this.merges = merges.map(([left, right]) => [left, right] as const);
    this.specialTokens = [...specialTokens];
    this.tokens = [...growing.tokens, ...specialTokens];
    this.#table = growing.merges;
    this.#bytes = this.tokens.map(bytesOf);
    this.vocabulary = this.#bytes.map(readable);
    const longestFirst = [...specialTokens].sort((a, b) => b.length - a.length).map(escaped);
    this.#special = specialTokens.length > 0 ? new RegExp(`(${longestFirst.join("|")})`) : null;
  }

  /** V: bytes, merged and special tokens. */
  get vocabSize(): number {
    return this.tokens.length;
  }

  /** 4 bytes a token. Special tokens in the text become theirs. */
  encode(text: string): Int32Array {
    checkText("encode", text);
    const ids = new Ids();
    const seen = new Map<string, number[]>(); // most pieces of a text are words that it has had before
    const parts = this.#special ? text.split(this.#special) : [text];
    parts.forEach((part, i) => {
      if (i % 2 === 1) ids.push([this.tokens.indexOf(part, 256)]);
      else
        for (const [piece] of part.matchAll(PIECES)) {
          let found = seen.get(piece);
          if (!found) seen.set(piece, (found = merged(byteIds(piece), this.#table)));
          ids.push(found);
        }
    });
    return ids.all();
  }

  decode(ids: ArrayLike<number>): string {
    const parts = Array.from(ids, (id) => this.#bytes[id] ?? unknownId(id, this.vocabSize));
    const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
    let at = 0;
    for (const part of parts) {
      bytes.set(part, at);
      at += part.length;
    }
    return textOf(bytes);
  }
}

/** What every reader of a tokenizer.json decodes to the same text: visible ASCII is its own byte. */
function checkSpecial(specialTokens: readonly string[], growing: Growing): void {
  specialTokens.forEach((token, i) => {
    const wrong = (why: string): never => {
      throw new RangeError(`BpeTokenizer: a special token must be ${why}, got ${describe(token)}`);
    };
    if (typeof token !== "string" || !/^[!-~]+$/.test(token)) wrong('visible ASCII, such as "<|endoftext|>"');
    if (growing.has(token) || specialTokens.indexOf(token) !== i) wrong("a token that is not there already");
  });
}

const escaped = (text: string): string => text.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");

/** A list that grows, 4 bytes a number. */
class Ids {
  #ids = new Int32Array(1024);
  #count = 0;

  push(ids: readonly number[]): void {
    if (this.#count + ids.length > this.#ids.length) {
      const larger = new Int32Array(2 * (this.#count + ids.length));
      larger.set(this.#ids);
      this.#ids = larger;
    }
    for (const id of ids) this.#ids[this.#count++] = id;
  }

  all(): Int32Array {
    return this.#ids.slice(0, this.#count);
  }
}
