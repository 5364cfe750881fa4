/** A text, split into a part to learn from and a part to be tested on, and batches of it. */

import { describe, ShapeError } from "../tensor/check.js";
import { checkIntegers, checkNumbers, checkWord } from "../config/options.js";
import { ceilShare } from "../config/share.js";
import { checkGenerator, type Generator } from "../tensor/random.js";
import { dim, fromArray } from "../tensor/create.js";
import type { Dim } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import { CharTokenizer, checkText, checkTokenizer, type Tokenizer } from "./tokenizer.js";

/** Rows of token ids and, shifted by one, the token that follows each: both [B, T]. */
export interface Batch {
  inputs: Tensor<[Dim<"B">, Dim<"T">]>;
  targets: Tensor<[Dim<"B">, Dim<"T">]>;
}

export type Split = "train" | "validation";

export interface CorpusOptions {
  name?: string;
  /** Share of the text, from its end, that is kept for validation: ⌈tokens · share⌉. From 0 to below 1, default 0.1. */
  validationShare?: number;
  /** Default: `new CharTokenizer(text)`, so that tokens are the text's characters. */
  tokenizer?: Tokenizer;
}

/** The parts of a corpus whose text has been split already. */
export interface CorpusParts {
  name: string;
  tokenizer: Tokenizer;
  /** Token ids. */
  train: Int32Array;
  validation: Int32Array;
}

export class Corpus {
  readonly name: string;
  readonly tokenizer: Tokenizer;
  /** Token ids. */
  readonly train: Int32Array;
  readonly validation: Int32Array;

  /** A text that is still whole, or its parts. Throws for an empty text, and for a share or a tokenizer that is none. */
  constructor(text: string | CorpusParts, options: CorpusOptions = {}) {
    const { name, tokenizer, train, validation } = isParts(text) ? text : split(text, options);
    this.name = name;
    this.tokenizer = tokenizer;
    this.train = train;
    this.validation = validation;
  }

  /** Throws if a split is too short for blocks of this size. */
  require(split: Split, blockSize: number): Int32Array {
    checkWord("Corpus", "split", split, ["train", "validation"]);
    checkIntegers("Corpus", { blockSize }, { from: 1 });
    const ids = this[split];
    if (ids.length <= blockSize) {
      throw new RangeError(
        `the ${split} part of ${this.name} has ${ids.length} tokens, but a block of ${blockSize} needs at least ${blockSize + 1}: use a longer text or a smaller blockSize`,
      );
    }
    return ids;
  }

  /** `batchSize` blocks from random places. */
  batch(split: Split, batchSize: number, blockSize: number, rng: Generator): Batch {
    checkIntegers("Corpus.batch", { batchSize, blockSize }, { from: 1 });
    checkGenerator("Corpus.batch", rng);
    const ids = this.require(split, blockSize);
    return batchAt(
      ids,
      Array.from({ length: batchSize }, () => rng.below(ids.length - blockSize)),
      blockSize,
    );
  }

  /** The whole split (or the first `blocks` of it) in blocks that do not overlap, `batchSize` at a time. */
  blocks(split: Split, batchSize: number, blockSize: number, blocks = Infinity): IterableIterator<Batch> {
    checkIntegers("Corpus.blocks", { batchSize, blockSize }, { from: 1 });
    checkIntegers("Corpus.blocks", { blocks }, { from: 1, orInfinity: true });
    const ids = this.require(split, blockSize);
    const count = Math.min(Math.floor((ids.length - 1) / blockSize), blocks);
    return inTurn(ids, count, Math.min(batchSize, count), blockSize);
  }
}

const isParts = (text: string | CorpusParts): text is CorpusParts =>
  typeof text === "object" && (text as CorpusParts | null)?.train instanceof Int32Array;

function split(text: string, { name = "text", validationShare = 0.1, tokenizer }: CorpusOptions): CorpusParts {
  checkText("Corpus", text);
  checkNumbers("Corpus", { validationShare }, { from: 0, below: 1 });
  if (tokenizer !== undefined) checkTokenizer("Corpus", tokenizer);
  const own = tokenizer ?? new CharTokenizer(text);
  const ids = own.encode(text);
  const cut = ids.length - ceilShare(ids.length, validationShare);
  return { name, tokenizer: own, train: ids.subarray(0, cut), validation: ids.subarray(cut) };
}

/** Throws unless `corpus` is one. */
export function checkIsCorpus(operation: string, corpus: unknown): void {
  const { batch, tokenizer } = (corpus ?? {}) as Partial<Corpus>;
  if (typeof batch === "function" && typeof tokenizer === "object") return;
  throw new ShapeError(`${operation} needs a corpus, such as new Corpus(text), got ${describe(corpus)}`);
}

/** Apart from `blocks`, whose checks must not wait for the first batch to be asked for. */
function* inTurn(ids: Int32Array, count: number, batchSize: number, blockSize: number): IterableIterator<Batch> {
  for (let first = 0; first < count; first += batchSize) {
    const size = Math.min(batchSize, count - first);
    yield batchAt(
      ids,
      Array.from({ length: size }, (_, i) => (first + i) * blockSize),
      blockSize,
    );
  }
}

function batchAt(ids: Int32Array, starts: readonly number[], blockSize: number): Batch {
  const [b, t] = [dim("B", starts.length), dim("T", blockSize)];
  const rows = (shift: number): Tensor<[typeof b, typeof t]> => {
    const flat = new Int32Array(b * t);
    starts.forEach((start, row) => flat.set(ids.subarray(start + shift, start + shift + t), row * t));
    return fromArray(flat, [b, t], "int32");
  };
  return { inputs: rows(0), targets: rows(1) };
}
