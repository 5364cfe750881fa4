import { readBytes } from "../nn/state/files.js";
import { type CheckpointSource, folderOf } from "../nn/state/folder.js";
import { parseStrictly } from "../format/strictJson.js";
import { asBytes } from "../format/record.js";
import { sentence, show } from "../text/show.js";
import { type Contents, contentsOf, fail } from "./kinds.js";
import { type Decoder, type Library, Tokenizer } from "./library.js";
import { isOfBytes, LoadedTokenizer } from "./loaded.js";

const FILE = "tokenizer.json";

/** The tokenizer of a published model from its tokenizer.json, the one file that is read: the path of a folder (in Node), the files that
 *  a page was given, their bytes by name, or the bytes of tokenizer.json. Byte-pair encodings: byte-level ones (GPT-2, Llama 3, Qwen,
 *  OLMo, DeepSeek-V3, gpt-oss) and those that SentencePiece made (Llama 2, Mistral). Our own files too: see `tokenizerFiles`.
 *  By @huggingface/tokenizers, with its differences from Hugging Face's own library set right: its byte-level rule cuts U+0085 and
 *  U+FEFF as JavaScript's `\s` does, its Digits know 0 to 9 only, its Metaspace does not cut, its ByteFallback writes too few U+FFFD and
 *  no byte order mark, and it tidies spaces unasked.
 *  Throws one sentence for a file that is missing, that is no tokenizer.json, and for a kind that is not read.
 *  @example
 *  const { "tokenizer.json": json } = tokenizerFiles(trainBpe("ab ab", { vocabSize: 257 }));
 *  const tokenizer = await loadTokenizer(new TextEncoder().encode(json));
 *  Array.from(tokenizer.encode("abb")); // => [256, 65] */
export async function loadTokenizer(source: CheckpointSource): Promise<LoadedTokenizer> {
  const contents = contentsOf(parseStrictly(await bytesOfFile(source), FILE, "this is no tokenizer.json", fail));
  return new LoadedTokenizer(libraryOf(contents), contents);
}

async function bytesOfFile(source: CheckpointSource): Promise<Uint8Array> {
  const bytes = asBytes(source);
  if (bytes) return bytes;
  try {
    const folder = await folderOf(source);
    if (folder.names.includes(FILE)) return await readBytes(folder, FILE);
  } catch (cause) {
    // The folder speaks for checkpoints.
    throw new Error((cause as Error).message.replace(/^Checkpoint:/, "loadTokenizer:"), { cause });
  }
  fail(
    `there is no ${FILE}${typeof source === "string" ? ` in ${show(source)}` : ""}; from older files, transformers makes one: AutoTokenizer.from_pretrained(folder).save_pretrained(folder)`,
  );
}

/** The library's tokenizer, mended where no words of tokenizer.json do it. */
function libraryOf(contents: Contents): Library {
  const { json, added, tokens, isByteLevel } = contents;
  const known = new Set(added.map(({ content }) => content));
  if (isByteLevel)
    for (const token of tokens.values())
      if (!isOfBytes(token) && !known.has(token))
        fail(`the token ${show(token)} is not written in the characters that stand for bytes`);
  let library: Library;
  try {
    library = new Tokenizer(json, {});
  } catch (cause) {
    throw new Error(sentence(`loadTokenizer: @huggingface/tokenizers does not read it: ${(cause as Error).message}`), {
      cause,
    });
  }
  const { model, normalizer } = library;
  // Such a token is found in the text as it is after the normalizer, and is written that way.
  if (normalizer)
    for (const { id, content, normalized } of added) if (normalized) model.vocab[id] = normalizer.normalize(content);
  for (const part of partsOf(library.decoder)) if (part.config.type === "ByteFallback") part.text_decoder = { decode };
  return library;
}

const partsOf = (decoder: Decoder): Decoder[] => decoder.decoders?.flatMap(partsOf) ?? [decoder];

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** Bytes that stand one after the other: a text, or U+FFFD for each of them. */
function decode(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    return "\ufffd".repeat(bytes.length);
  }
}
