/** A text of several domains, each character with the domain that it comes from: do experts divide the domains among themselves? */

import { checkIntegers, checkNumbers } from "../config/options.js";
import { ceilShare } from "../config/share.js";
import { Generator } from "../tensor/random.js";
import { assetPlace } from "./assets.js";
import { Corpus } from "./corpus.js";
import { mobyDickText } from "./sources.js";
import { checkText } from "./tokenizer.js";

export interface Domain {
  name: string;
  text: string;
}

export interface Mixture {
  /** Chunks of the domains in turn, in a random order. */
  corpus: Corpus;
  /** Names of the domains; a label is a place in this list. */
  names: string[];
  /** [characters] of each split: the domain of each token. */
  labels: { train: Uint8Array; validation: Uint8Array };
}

export interface MixtureOptions {
  /** Characters (code points) of one domain in a row; blocks of a model should divide it, so that each lies in one domain.
   *  Default 256. */
  chunk?: number;
  /** Chunks of each domain. Default 400; a domain that is shorter is read again from its start. */
  chunks?: number;
  /** Default 1. */
  seed?: number;
  /** Share of the chunks, from the end, that is kept for validation: ⌈chunks of all domains · share⌉. Default 0.1. */
  validationShare?: number;
}

/** Equally many characters of each domain, so that none is the usual case. The splits meet where a chunk ends. Half a surrogate
 *  pair, which is no character, becomes U+FFFD. Throws for fewer than two domains, and for one shorter than a chunk. */
export function mixture(domains: readonly Domain[], options: MixtureOptions = {}): Mixture {
  const { chunk = 256, chunks = 400, seed = 1, validationShare = 0.1 } = options;
  checkIntegers("mixture", { chunk, chunks }, { from: 1 });
  checkIntegers("mixture", { seed });
  checkNumbers("mixture", { validationShare }, { from: 0, below: 1 });
  if (!(domains.length >= 2 && domains.length <= 256))
    throw new RangeError(`mixture needs 2 to 256 domains, got ${domains.length}`);
  const pieces = domains.map(({ name, text }) => piecesOf(name, text, chunk, chunks));
  const rng = new Generator(seed).fork("mixture");
  const order = domains.flatMap((_, d) => Array.from({ length: chunks }, (_, i) => ({ d, i, u: rng.uniform() })));
  order.sort((a, b) => a.u - b.u);
  const text = order.map(({ d, i }) => pieces[d][i % pieces[d].length]).join("");
  // As a share that gives just these chunks; a corpus takes none of 1, where nothing is left for training.
  const share = Math.min(ceilShare(order.length, validationShare) / order.length, 1 - Number.EPSILON);
  const corpus = new Corpus(text, { name: "mixture", validationShare: share });
  const labels = new Uint8Array(order.length * chunk);
  order.forEach(({ d }, at) => labels.fill(d, at * chunk, (at + 1) * chunk));
  const cut = corpus.train.length;
  return {
    corpus,
    names: domains.map(({ name }) => name),
    labels: { train: labels.subarray(0, cut), validation: labels.subarray(cut) },
  };
}

/** The text in pieces of `size` characters, at most `most` of them; what is left over at the end is left out. */
function piecesOf(name: string, text: string, size: number, most: number): string[] {
  checkText(`mixture: ${name}`, text);
  const whole = text.replace(/\p{Cs}/gu, "\ufffd");
  const pieces: string[] = [];
  let [begin, count] = [0, 0];
  for (let at = 0; at < whole.length && pieces.length < most;) {
    at += whole.codePointAt(at)! > 0xffff ? 2 : 1;
    if (++count % size > 0) continue;
    pieces.push(whole.slice(begin, at));
    begin = at;
  }
  if (pieces.length === 0) throw new RangeError(`mixture: ${name} has ${count} characters, a chunk needs ${size}`);
  return pieces;
}

/** Prose, program text, sums and names in German, in one alphabet as far as they share one (printable ASCII). Prose is Moby Dick;
 *  program text are 120,000 characters of this library's own TypeScript, the names are of countries and languages; both are frozen in
 *  `assets/texts`, so that a corpus stays the same while the library and Node's tables change. Sums and the order of the names are drawn with `seed`. */
export async function fourDomains({ seed = 1 }: { seed?: number } = {}): Promise<Domain[]> {
  checkIntegers("fourDomains", { seed });
  return [
    { name: "prose", text: ascii(await mobyDickText()) },
    { name: "TypeScript", text: ownText("typescript.txt") },
    { name: "arithmetic", text: sums(new Generator(seed).fork("sums"), 8000) },
    { name: "German names", text: ascii(shuffledNames(new Generator(seed).fork("names"))) },
  ];
}

/** Printable ASCII and line ends: letters lose their accents, other characters become spaces. */
const ascii = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/[^\n -~]/gu, " ");

/** `37 + 5 = 42`, a line each. */
function sums(rng: Generator, count: number): string {
  return Array.from({ length: count }, () => {
    const [a, b] = [rng.below(100), rng.below(100)];
    return rng.below(2) ? `${a} + ${b} = ${a + b}\n` : `${a} * ${b} = ${a * b}\n`;
  }).join("");
}

/** All names, shuffled anew in each of fifteen rounds. */
function shuffledNames(rng: Generator): string {
  const names = ownText("german-names.txt").trimEnd().split("\n");
  return Array.from({ length: 15 }, () =>
    names
      .map((name) => ({ name, u: rng.uniform() }))
      .sort((a, b) => a.u - b.u)
      .map(({ name }) => name)
      .join(", "),
  ).join(".\n");
}

/** A text of assets/texts. */
function ownText(name: string): string {
  const fs = process.getBuiltinModule("node:fs");
  const file = assetPlace(`texts/${name}`);
  if (!fs.existsSync(file))
    throw new Error(
      `fourDomains reads assets/texts/${name} of this package, which is not where its code is (was it bundled?): pass domains of your own to mixture`,
    );
  return fs.readFileSync(file, "utf8");
}
