/** A text of several domains, each character with the domain that it comes from: do experts divide the domains among themselves? */

import { Generator } from "../tensor/random.js";
import { Corpus } from "./corpus.js";
import { mobyDickText } from "./sources.js";

export interface Domain {
  name: string;
  text: string;
}

export interface Mixture {
  /** Chunks of the domains in turn, in a random order. */
  corpus: Corpus;
  /** Names of the domains; a label is a place in this list. */
  names: string[];
  /** [characters] of each split: the domain of each character. */
  labels: { train: Uint8Array; validation: Uint8Array };
}

export interface MixtureOptions {
  /** Characters of one domain in a row; blocks of a model should divide it, so that each lies in one domain. Default 256. */
  chunk?: number;
  /** Chunks of each domain. Default 400; a domain that is shorter is read again from its start. */
  chunks?: number;
  /** Default 1. */
  seed?: number;
  /** Share of the text, from its end, that is kept for validation. Default 0.1. */
  validationShare?: number;
}

/** Equally many characters of each domain, so that none is the usual case. */
export function mixture(domains: readonly Domain[], options: MixtureOptions = {}): Mixture {
  const { chunk = 256, chunks = 400, seed = 1, validationShare = 0.1 } = options;
  if (domains.length < 2) throw new RangeError(`mixture needs at least two domains, got ${domains.length}`);
  for (const { name, text } of domains)
    if (text.length < chunk)
      throw new RangeError(`mixture: ${name} has ${text.length} characters, a chunk needs ${chunk}`);
  const rng = new Generator(seed).fork("mixture");
  const order = domains.flatMap((_, d) => Array.from({ length: chunks }, (_, i) => ({ d, i, u: rng.uniform() })));
  order.sort((a, b) => a.u - b.u);
  const text = order.map(({ d, i }) => chunkOf(domains[d].text, i, chunk)).join("");
  const labels = Uint8Array.from({ length: text.length }, (_, at) => order[Math.floor(at / chunk)].d);
  // The splits meet where a chunk ends.
  const cut = Math.floor(order.length * (1 - validationShare)) * chunk;
  const corpus = new Corpus(text, { name: "mixture", validationShare: 1 - cut / text.length });
  const at = corpus.train.length;
  return {
    corpus,
    names: domains.map(({ name }) => name),
    labels: { train: labels.subarray(0, at), validation: labels.subarray(at) },
  };
}

function chunkOf(text: string, i: number, size: number): string {
  const whole = Math.floor(text.length / size);
  const at = (i % whole) * size;
  return text.slice(at, at + size);
}

/** Prose, program text, sums and names in German: real ones, in one alphabet as far as they share one (printable ASCII).
 *  Prose is Moby Dick, program text the TypeScript of this library, the names are of countries and languages as Node's own tables
 *  (ICU) have them. The sums are drawn with `seed`. */
export async function fourDomains({ seed = 1 }: { seed?: number } = {}): Promise<Domain[]> {
  return [
    { name: "prose", text: ascii(await mobyDickText()) },
    { name: "TypeScript", text: ascii(librarySources()) },
    { name: "arithmetic", text: sums(new Generator(seed).fork("sums"), 8000) },
    { name: "German names", text: ascii(germanNames(new Generator(seed).fork("names"))) },
  ];
}

/** Printable ASCII and line ends: letters lose their accents, other characters become spaces. */
const ascii = (text: string): string =>
  text
    .normalize("NFD")
    .replace(/\p{M}/gu, "")
    .replace(/[‘’]/g, "'")
    .replace(/[“”]/g, '"')
    .replace(/[^\n -~]/g, " ");

/** `37 + 5 = 42`, a line each. */
function sums(rng: Generator, count: number): string {
  return Array.from({ length: count }, () => {
    const [a, b] = [rng.below(100), rng.below(100)];
    return rng.below(2) ? `${a} + ${b} = ${a + b}\n` : `${a} * ${b} = ${a * b}\n`;
  }).join("");
}

/** Names of countries and languages in German, shuffled anew in each of ten rounds. */
function germanNames(rng: Generator): string {
  const letters = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");
  const pairs = letters.flatMap((a) => letters.map((b) => a + b));
  const named = (type: "region" | "language", codes: string[]): string[] => {
    const names = new Intl.DisplayNames(["de"], { type, fallback: "none" });
    return codes.flatMap((code) => names.of(code) ?? []);
  };
  const all = [
    ...named("region", pairs),
    ...named(
      "language",
      pairs.map((p) => p.toLowerCase()),
    ),
  ];
  return Array.from({ length: 10 }, () =>
    all
      .map((name) => ({ name, u: rng.uniform() }))
      .sort((a, b) => a.u - b.u)
      .map(({ name }) => name)
      .join(", "),
  ).join(".\n");
}

/** The sources of this library: they lie beside the package in its clone, and are not in what npm installs. */
function librarySources(): string {
  const fs = process.getBuiltinModule("node:fs");
  const here = import.meta.url; // apart, or a bundler would look for the folder
  const root = new URL("../../lib/", here);
  if (!fs.existsSync(root))
    throw new Error(
      "fourDomains reads the TypeScript of this library, which only a clone of it has: pass domains of your own to mixture",
    );
  return ["tensor/", "nn/", "tensor/ops/", "plot/"]
    .flatMap((folder) =>
      fs
        .readdirSync(new URL(folder, root))
        .filter((file) => file.endsWith(".ts"))
        .sort()
        .map((file) => fs.readFileSync(new URL(folder + file, root), "utf8")),
    )
    .join("\n");
}
