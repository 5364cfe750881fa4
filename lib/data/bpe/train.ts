/** A vocabulary from a text: byte-pair encoding, one merge after another. */

import { checkIntegers, checkObject } from "../../config/options.js";
import { checkText } from "../tokenizer.js";
import { byteIds, bytesOf, PIECES, readable } from "./bytes.js";
import { pairKey } from "./merge.js";
import { BpeTokenizer } from "./tokenizer.js";
import { Growing } from "./vocabulary.js";

export interface BpeOptions {
  /** V: the 256 bytes, the merges' tokens and the special ones; fewer where no pair is left that occurs twice. */
  vocabSize: number;
  /** Texts that are a token each wherever they stand, such as "<|endoftext|>". They come last. Default none. */
  specialTokens?: readonly string[];
}

/** One merge: `pair` becomes `id`. */
export interface BpeStep {
  /** 0 for the first merge. */
  rank: number;
  pair: readonly [number, number];
  /** Both tokens of the pair, to be read. */
  parts: readonly [string, string];
  id: number;
  /** What they become, to be read. */
  token: string;
  /** How often the pair stood in the text. */
  count: number;
  /** Tokens of the whole text after this merge. */
  tokens: number;
}

/** A byte-level BPE that is trained on a text, as GPT-2's was: the text is cut into pieces (words with the space before them, numbers,
 *  signs, spaces), and the pair of neighbors within pieces that occurs most often becomes a token, again and again. Of pairs that
 *  occur equally often, the one with the lower left id, then the lower right id; a pair that occurs once is left alone, as is one that
 *  has been merged before. So the same text always gives the same tokens.
 *  Sources: Sennrich et al. 2016, https://arxiv.org/abs/1508.07909; Radford et al. 2019 (bytes, pieces).
 *  @example
 *  const bpe = trainBpe("low lower lowest low", { vocabSize: 260 });
 *  bpe.vocabulary.slice(256); // => ["lo", "low", " low", " lowe"]
 *  Array.from(bpe.encode(" lower"), (id) => bpe.vocabulary[id]); // => [" lowe", "r"] */
export function trainBpe(text: string, options: BpeOptions): BpeTokenizer {
  const merges = Array.from(bpeSteps(text, options), ({ pair }) => pair);
  return new BpeTokenizer(merges, options.specialTokens);
}

/** The merges of `trainBpe` one by one, to be watched: each is found when it is asked for.
 *  @example
 *  const [first] = bpeSteps("banana bandana", { vocabSize: 300 });
 *  [first.parts, first.token, first.count, first.tokens]; // => [["a", "n"], "an", 4, 10] */
export function bpeSteps(text: string, options: BpeOptions): IterableIterator<BpeStep> {
  checkText("trainBpe", text);
  checkObject("trainBpe", "the options", options);
  const { vocabSize, specialTokens = [] } = options;
  new BpeTokenizer([], specialTokens); // throws for special tokens that are none
  checkIntegers("trainBpe", { vocabSize }, { from: 256 + specialTokens.length, below: 2 ** 24 });
  return steps(text, vocabSize - specialTokens.length);
}

/** Where a pair occurs. */
interface Pair {
  left: number;
  right: number;
  count: number;
  /** Places in the list of words; some of them may have lost the pair since. */
  words: Set<number>;
}

/** Apart from `bpeSteps`, whose checks must not wait for the first step to be asked for. */
function* steps(text: string, size: number): IterableIterator<BpeStep> {
  const growing = new Growing();
  const words = wordsOf(text);
  const pairs = new Map<number, Pair>();
  const change = (left: number, right: number, by: number, word: number): void => {
    const key = pairKey(left, right);
    let pair = pairs.get(key);
    if (!pair) {
      if (by < 0 || growing.merges.has(key)) return; // a pair that has been merged is never chosen again
      pairs.set(key, (pair = { left, right, count: 0, words: new Set() }));
    }
    pair.count += by;
    if (by > 0) pair.words.add(word);
    else if (pair.count === 0) pairs.delete(key);
  };
  words.forEach(({ ids, count }, w) => ids.slice(1).forEach((right, at) => change(ids[at], right, count, w)));
  let tokens = words.reduce((sum, { ids, count }) => sum + ids.length * count, 0);
  while (growing.tokens.length < size) {
    const best = mostFrequent(pairs.values());
    if (best === undefined || best.count < 2) return;
    const { left, right, count } = best;
    const rank = growing.merges.size;
    const id = growing.merge(left, right);
    for (const w of best.words) {
      const word = words[w];
      const ids = replaced(word.ids, left, right, id, (a, b, sign) => change(a, b, sign * word.count, w));
      tokens -= (word.ids.length - ids.length) * word.count;
      word.ids = ids;
    }
    pairs.delete(pairKey(left, right));
    const [first, second, token] = [left, right, id].map((i) => readable(bytesOf(growing.tokens[i])));
    yield { rank, pair: [left, right], parts: [first, second], id, token, count, tokens };
  }
}

/** The different pieces of a text, each with the number of times that it occurs. */
function wordsOf(text: string): { ids: number[]; count: number }[] {
  const counts = new Map<string, number>();
  for (const [piece] of text.matchAll(PIECES)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
  return Array.from(counts, ([piece, count]) => ({ ids: Array.from(byteIds(piece)), count }));
}

function mostFrequent(pairs: Iterable<Pair>): Pair | undefined {
  let best: Pair | undefined;
  for (const pair of pairs)
    if (
      best === undefined ||
      pair.count > best.count ||
      (pair.count === best.count && (pair.left < best.left || (pair.left === best.left && pair.right < best.right)))
    )
      best = pair;
  return best;
}

/** A word in which `id` stands for each pair, from left to right; `change` is told which neighbors there are no more (-1) and which
 *  there are now (1), so that no pair is counted again. */
function replaced(
  ids: readonly number[],
  left: number,
  right: number,
  id: number,
  change: (left: number, right: number, sign: 1 | -1) => void,
): number[] {
  const out: number[] = [];
  for (let at = 0; at < ids.length; at++) {
    if (ids[at] !== left || ids[at + 1] !== right) {
      out.push(ids[at]);
      continue;
    }
    if (out.length > 0) {
      const before = out[out.length - 1];
      change(before, left, -1);
      change(before, id, 1);
    }
    at++;
    if (at + 1 < ids.length) {
      change(right, ids[at + 1], -1);
      change(id, ids[at + 1], 1);
    }
    out.push(id);
  }
  return out;
}
