/** A reader's text as ids, and each id as something to read. */

import { describe } from "../../tensor/check.js";

/** What turns text into ids: a tokenizer of this library or of another. */
export interface TextToIds {
  encode(text: string): ArrayLike<number> | { readonly ids: ArrayLike<number> };
  /** Gives the tokens of the figures their words; without it they are numbers. */
  decode?(ids: number[]): string;
}

export interface Tokens {
  readonly ids: readonly number[];
  readonly words: readonly string[];
}

/** @param given a text, which needs a tokenizer, or ids */
export function tokensOf(given: string | ArrayLike<number>, tokenizer: TextToIds | null): Tokens {
  if (typeof given === "string" && typeof tokenizer?.encode !== "function")
    throw new TypeError(
      "routing: a text needs a tokenizer, an object with encode(text): openModel(folder, { tokenizer }), or give ids",
    );
  const encoded: unknown = typeof given === "string" ? tokenizer!.encode(given) : given;
  const list = isList(encoded) ? encoded : (encoded as { ids?: unknown } | null)?.ids;
  if (!isList(list))
    throw new TypeError(
      typeof given === "string"
        ? `routing: encode(text) of the tokenizer must return ids or { ids }, got ${describe(encoded)}`
        : `routing: needs a text or a list of ids, got ${describe(given)}`,
    );
  const ids = Array.from(list);
  const wrong = ids.find((id) => !Number.isInteger(id) || id < 0);
  if (wrong !== undefined) throw new RangeError(`routing: an id must be an integer from 0, got ${String(wrong)}`);
  if (ids.length === 0) throw new RangeError("routing: there is no token: give a text of one character or more");
  const decode = tokenizer?.decode?.bind(tokenizer);
  return { ids, words: ids.map((id) => (decode ? decode([id]) : String(id))) };
}

const isList = (value: unknown): value is ArrayLike<number> =>
  Array.isArray(value) || (ArrayBuffer.isView(value) && "length" in value);

/** What sort of token it is, for the flow from tokens to experts. */
export function kindOf(word: string): string {
  if (/^\s*$/.test(word)) return "spaces";
  if (/^\s*\p{Lu}/u.test(word)) return "Capitals";
  if (/\p{L}/u.test(word)) return "letters";
  if (/\p{N}/u.test(word)) return "numbers";
  return "signs";
}
