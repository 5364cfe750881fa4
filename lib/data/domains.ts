/** A corpus of labelled domains that are kept apart: each token knows which domain it comes from. */

import { checkIntegers } from "../config/options.js";
import { Corpus, type Split } from "./corpus.js";
import type { Domain, Mixture } from "./mixture.js";
import { checkText, type Tokenizer } from "./tokenizer.js";

export interface HeldOutOptions {
  /** One block of so many is held out. Default 10. */
  every?: number;
  /** A block ends with the line in which it reaches so many characters. Default 2000. */
  blockLength?: number;
}

/** A text in blocks of whole lines, of which each tenth is held out: both parts are of the same pages, so a difference between
 *  training and validation loss is what was learned by heart, and not another subject.
 *  @example
 *  heldOut("a\nb\nc\nd\n", { every: 2, blockLength: 1 }); // => { train: "a\nc\n", validation: "b\nd\n" } */
export function heldOut(text: string, { every = 10, blockLength = 2000 }: HeldOutOptions = {}): Record<Split, string> {
  checkText("heldOut", text);
  checkIntegers("heldOut", { every }, { from: 2 });
  checkIntegers("heldOut", { blockLength }, { from: 1 });
  const parts = { train: "", validation: "" };
  for (let [begin, block] = [0, 1]; begin < text.length; block++) {
    const line = text.indexOf("\n", begin + blockLength - 1);
    const end = line < 0 ? text.length : line + 1;
    parts[block % every === 0 ? "validation" : "train"] += text.slice(begin, end);
    begin = end;
  }
  return parts;
}

/** The domains one after another in each split, a tenth of each held out (`heldOut`), with the domain of each token. Every domain is cut
 *  to whole blocks of `blockSize` tokens, so that the blocks that `Corpus.blocks` gives lie in one domain each.
 *  Throws for fewer than two domains, and for one that is too short for a block in each split.
 *  @example
 *  const domains = ["ab", "cd"].map((letters) => ({ name: letters, text: `${letters}\n`.repeat(4000) }));
 *  const { corpus, labels, names } = domainCorpus(domains, new CharTokenizer("abcd\n"), { blockSize: 8 });
 *  names[labels.validation[corpus.validation.length - 1]]; // => "cd" */
export function domainCorpus(
  domains: readonly Domain[],
  tokenizer: Tokenizer,
  { blockSize }: { blockSize: number },
): Mixture {
  checkIntegers("domainCorpus", { blockSize }, { from: 1 });
  if (!(domains.length >= 2 && domains.length <= 256))
    throw new RangeError(`domainCorpus needs 2 to 256 domains, got ${domains.length}`);
  const splits = domains.map(({ name, text }) => {
    const parts = heldOut(text);
    return { name, train: blocksOf("train"), validation: blocksOf("validation") };
    function blocksOf(split: Split): Int32Array {
      const ids = tokenizer.encode(parts[split]);
      const whole = ids.length - (ids.length % blockSize);
      if (whole === 0)
        throw new RangeError(
          `domainCorpus: the ${split} part of ${name} has ${ids.length} tokens, a block needs ${blockSize}: give a longer text`,
        );
      return ids.subarray(0, whole);
    }
  });
  const joined = (split: Split): Int32Array => Int32Array.from(splits.flatMap((s) => Array.from(s[split])));
  const labelled = (split: Split): Uint8Array =>
    Uint8Array.from(splits.flatMap((s, d) => new Array<number>(s[split].length).fill(d)));
  return {
    corpus: new Corpus({ name: "domains", tokenizer, train: joined("train"), validation: joined("validation") }),
    names: domains.map(({ name }) => name),
    labels: { train: labelled("train"), validation: labelled("validation") },
  };
}

/** One corpus for each domain of a mixture, in the order of its names.
 *  @example
 *  const domains = ["ab", "cd"].map((letters) => ({ name: letters, text: `${letters}\n`.repeat(4000) }));
 *  const mixture = domainCorpus(domains, new CharTokenizer("abcd\n"), { blockSize: 8 });
 *  domainCorpora(mixture).map(({ name }) => name); // => ["ab", "cd"] */
export function domainCorpora({ corpus, labels, names }: Mixture): Corpus[] {
  const { tokenizer } = corpus;
  return names.map((name, d) => {
    const part = (split: Split): Int32Array => corpus[split].filter((_, at) => labels[split][at] === d);
    return new Corpus({ name, tokenizer, train: part("train"), validation: part("validation") });
  });
}
