/** Our tokenizers as Hugging Face's files, and back. */

import { describe } from "../tensor/check.js";
import { SPLIT } from "./bpe/bytes.js";
import { BpeTokenizer } from "./bpe/tokenizer.js";
import { CharTokenizer } from "./tokenizer.js";

/** Two files of a Hugging Face folder, as JSON. */
export interface TokenizerFiles {
  "tokenizer.json": string;
  "tokenizer_config.json": string;
}

/** A tokenizer as tokenizer.json and tokenizer_config.json, which transformers (`AutoTokenizer`) and @huggingface/tokenizers read as
 *  the same one: the same ids for every text, the same text for all ids. But for three cases: a character that a `CharTokenizer` lacks
 *  is left out there and an error here; characters that are newer than one side's Unicode tables may be cut into other pieces; and
 *  Python takes no half of a surrogate pair. The first special token is named as the one that ends a text.
 *  @example
 *  const files = tokenizerFiles(trainBpe("ab ab", { vocabSize: 257 }));
 *  JSON.parse(files["tokenizer.json"]).model.merges; // => ["a b"] */
export function tokenizerFiles(tokenizer: CharTokenizer | BpeTokenizer): TokenizerFiles {
  const [end] = tokenizer instanceof BpeTokenizer ? tokenizer.specialTokens : [];
  const config = {
    tokenizer_class: "PreTrainedTokenizerFast",
    clean_up_tokenization_spaces: false,
    ...(end === undefined ? {} : { eos_token: end }),
  };
  return {
    "tokenizer.json": `${JSON.stringify(contents(tokenizer), null, 1)}\n`,
    "tokenizer_config.json": `${JSON.stringify(config, null, 1)}\n`,
  };
}

/** The tokenizer of a tokenizer.json that `tokenizerFiles` wrote. Throws a sentence for any other file: `loadTokenizer` reads those of
 *  published models.
 *  @example
 *  const tokenizer = new CharTokenizer("abc");
 *  tokenizerFromJson(tokenizerFiles(tokenizer)["tokenizer.json"]).vocabulary; // => ["a", "b", "c"] */
export function tokenizerFromJson(json: string): CharTokenizer | BpeTokenizer {
  let given: unknown;
  try {
    given = JSON.parse(json);
  } catch (cause) {
    throw new SyntaxError("tokenizerFromJson: tokenizer.json is no JSON", { cause });
  }
  const tokenizer = candidate(given);
  if (tokenizer && JSON.stringify(contents(tokenizer)) === JSON.stringify(given)) return tokenizer;
  throw new RangeError(
    "tokenizerFromJson: this is no tokenizer.json that tokenizerFiles wrote; for those of published models: loadTokenizer of twinformer/tokenizers",
  );
}

/** The tokenizer that a file must be if it is one of ours; null where it cannot be. */
function candidate(given: unknown): CharTokenizer | BpeTokenizer | null {
  try {
    const { model, decoder, added_tokens: added } = given as ReturnType<typeof contents>;
    const tokens: string[] = [];
    for (const [token, id] of Object.entries(model.vocab)) tokens[id] = token; // by id: a name such as "7" comes first in any object
    if (decoder.type === "Fuse") return new CharTokenizer(tokens.join(""));
    const merges = model.merges.map((merge) => merge.split(" ").map((part) => tokens.indexOf(part)));
    return new BpeTokenizer(
      merges as [number, number][],
      added.map(({ content }) => content),
    );
  } catch {
    return null;
  }
}

function contents(tokenizer: CharTokenizer | BpeTokenizer) {
  if (tokenizer instanceof BpeTokenizer) return ofBytes(tokenizer);
  if (tokenizer instanceof CharTokenizer) return ofCharacters(tokenizer);
  throw new TypeError(`tokenizerFiles needs a CharTokenizer or a BpeTokenizer, got ${describe(tokenizer)}`);
}

/** A byte-pair encoding without a merge, over the whole text at once. */
function ofCharacters({ vocabulary }: CharTokenizer) {
  if (vocabulary.some((character) => /\p{Cs}/u.test(character)))
    throw new RangeError(
      `tokenizerFiles: the vocabulary has half a surrogate pair, which no file in UTF-8 can hold: make the tokenizer from a text without`,
    );
  return file(vocabulary, [], { decoder: { type: "Fuse" } });
}

function ofBytes({ tokens, merges, specialTokens }: BpeTokenizer) {
  const known = tokens.length - specialTokens.length;
  return file(
    tokens.slice(0, known),
    merges.map(([left, right]) => `${tokens[left]} ${tokens[right]}`),
    {
      added: specialTokens.map((content, i) => ({ ...ADDED, id: known + i, content })),
      // Not by ByteLevel's own rule, which is the same one, but which @huggingface/tokenizers applies with JavaScript's `\s`.
      pieces: {
        type: "Sequence",
        pretokenizers: [{ type: "Split", pattern: { Regex: SPLIT }, behavior: "Isolated", invert: false }, BYTE_LEVEL],
      },
      decoder: BYTE_LEVEL,
    },
  );
}

const BYTE_LEVEL = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: false };
const ADDED = {
  id: 0,
  content: "",
  single_word: false,
  lstrip: false,
  rstrip: false,
  normalized: false,
  special: true,
};

/** All fields that Hugging Face's reader asks for. */
function file(
  vocabulary: readonly string[],
  merges: readonly string[],
  {
    added = [],
    pieces = null,
    decoder,
  }: { added?: readonly (typeof ADDED)[]; pieces?: object | null; decoder: { type: string } },
) {
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: added,
    normalizer: null,
    pre_tokenizer: pieces,
    post_processor: null,
    decoder,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
      merges,
    },
  };
}
