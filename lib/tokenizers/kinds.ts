/** Which tokenizer.json can be read, and what has to be said otherwise in it for @huggingface/tokenizers 0.2 to do what Hugging Face's own
 *  library does (tokenizers 0.23, in Rust). Each part that is let through is compared with that in test/tokenizers; any other is refused,
 *  since a tokenizer that is nearly right is a bug that nobody sees. */

import { SPLIT } from "../data/bpe/bytes.js";
import { isRecord } from "../format/record.js";
import { named, show, showAll } from "../text/show.js";

type Part = Readonly<Record<string, unknown>>;

export interface AddedToken {
  id: number;
  content: string;
  special: boolean;
  normalized: boolean;
}

/** A tokenizer.json that has been looked at, and rewritten where the two libraries differ. */
export interface Contents {
  /** For the constructor of `Tokenizer`. */
  json: Part;
  added: readonly AddedToken[];
  /** Tokens of the model by id; the added ones are not among them. */
  tokens: ReadonlyMap<number, string>;
  /** Whether tokens are written in bytes, GPT-2's way; the others are text with ▁ for a space. */
  isByteLevel: boolean;
}

export function fail(sentence: string): never {
  throw new Error(`loadTokenizer: ${sentence}`);
}

/** Throws a sentence for what is no tokenizer.json and for kinds that are not read. */
export function contentsOf(file: Part): Contents {
  const model = isRecord(file.model) ? file.model : fail("this is no tokenizer.json: it has no model");
  const { vocab } = model;
  const type = model.type ?? (isRecord(vocab) && Array.isArray(model.merges) ? "BPE" : undefined);
  if (type !== "BPE") fail(`its model is ${show(type)}: only byte-pair encodings ("BPE") are read`);
  for (const field of ["dropout", "continuing_subword_prefix", "end_of_word_suffix"])
    if (model[field]) fail(`its model has ${field} ${show(model[field])}, which is not read`);
  const tokens = tokensOf(vocab);
  if (!Array.isArray(model.merges) || !model.merges.every(isMerge))
    fail("its merges must be a list of pairs of tokens");
  const added = list(file.added_tokens ?? [], "added_tokens").map(addedToken);
  const decoders = parts("decoder", file.decoder, "decoders", isDecoder);
  if (decoders.length === 0) fail("it has no decoder, without which ids do not become the text that they came from");
  parts("normalizer", file.normalizer, "normalizers", isNormalizer);
  parts("post-processor", file.post_processor, "processors", isPostProcessor);
  const isByteLevel = decoders.some((part) => part.type === "ByteLevel");
  return {
    json: {
      normalizer: null,
      post_processor: null,
      ...file,
      added_tokens: added,
      model: { ...model, type },
      pre_tokenizer: sequence(parts("pre-tokenizer", file.pre_tokenizer, "pretokenizers", () => true).flatMap(cut)),
    },
    added,
    tokens,
    isByteLevel,
  };
}

function tokensOf(vocab: unknown): Map<number, string> {
  if (!isRecord(vocab)) fail("its model has no vocab");
  const tokens = new Map<number, string>();
  for (const [token, id] of Object.entries(vocab)) {
    if (!isId(id)) fail(`the id of the token ${show(token)} must be an integer from 0, got ${show(id)}`);
    if (tokens.has(id)) fail(`the tokens ${show(tokens.get(id))} and ${show(token)} have the same id, ${id}`);
    tokens.set(id, token);
  }
  return tokens;
}

/** Ids are places in lists, so that one far out would take memory. */
const isId = (id: unknown): id is number => Number.isInteger(id) && (id as number) >= 0 && (id as number) < 2 ** 24;

const isMerge = (merge: unknown): boolean =>
  typeof merge === "string"
    ? /^[^ ]+ [^ ]+$/.test(merge)
    : Array.isArray(merge) && merge.length === 2 && merge.every((token) => typeof token === "string");

function addedToken(given: unknown): Part & AddedToken {
  const { id, content, single_word, special = false, normalized = !special } = isRecord(given) ? given : {};
  if (!isId(id) || typeof content !== "string" || content === "")
    fail(`an added token needs an id and a content, got ${show(given)}`);
  if (single_word) fail(`the added token ${show(content)} has single_word, which is not read`);
  return { ...(given as Part), id, content, special: special === true, normalized: normalized === true };
}

/** A part of a tokenizer.json as a list: null is none, a Sequence its members. */
function parts(what: string, given: unknown, members: string, isRead: (part: Part) => boolean): Part[] {
  if (given === null || given === undefined) return [];
  if (!isRecord(given)) fail(`its ${what} must be an object, got ${show(given)}`);
  if (given.type === "Sequence")
    return list(given[members], members).flatMap((part) => parts(what, part, members, isRead));
  if (!isRead(given)) refuse(what, given);
  return [given];
}

function refuse(what: string, part: Part): never {
  const { type, ...options } = part;
  fail(`its ${what} ${show(type)} is of a kind that is not read (${showAll(Object.entries(options).map(pair))})`);
}

const pair = ([name, value]: [string, unknown]): string => `${named(name)} ${show(value)}`;

const list = (given: unknown, name: string): unknown[] =>
  Array.isArray(given) ? given : fail(`its ${name} must be a list, got ${show(given)}`);

const sequence = (pretokenizers: readonly Part[]): Part | null =>
  pretokenizers.length > 0 ? { type: "Sequence", pretokenizers } : null;

const isNormalizer = ({ type }: Part): boolean => ["NFC", "Prepend", "Replace"].some((name) => name === type);

const isPostProcessor = ({ type }: Part): boolean => type === "ByteLevel" || type === "TemplateProcessing";

const isDecoder = ({ type }: Part): boolean =>
  ["ByteLevel", "Replace", "ByteFallback", "Fuse", "Strip"].some((name) => name === type);

/** One part of a pre-tokenizer in words that both libraries take the same way. */
function cut(part: Part): Part[] {
  switch (part.type) {
    case "Split":
      if (part.behavior !== "Isolated" || part.invert === true) break;
      return [part];
    case "Digits": // its own \d is 0 to 9 there
      return [split(part.individual_digits === true ? "\\p{N}" : "\\p{N}+")];
    case "ByteLevel": {
      const { add_prefix_space: prefix = true, use_regex: cuts = true } = part;
      // Its own rule is applied with JavaScript's \s, which differs in U+0085 and U+FEFF.
      return [
        ...(prefix === true ? [{ type: "Replace", pattern: { Regex: "\\A(?=[^ ])" }, content: " " }] : []),
        ...(cuts === true ? [split(SPLIT)] : []),
        { ...part, add_prefix_space: false, use_regex: false },
      ];
    }
    case "Metaspace": {
      const { replacement: space = "▁", prepend_scheme: scheme, split: cuts = true } = part;
      if (space !== "▁" || (scheme !== "always" && scheme !== "first" && scheme !== "never")) break;
      // It is not cut there.
      return cuts === true ? [part, split("▁[^▁]*|[^▁]+")] : [part];
    }
  }
  refuse("pre-tokenizer", part);
}

const split = (regex: string): Part => ({
  type: "Split",
  pattern: { Regex: regex },
  behavior: "Isolated",
  invert: false,
});
