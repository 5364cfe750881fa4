/** A decoder-only transformer put together from any parts: what all families of published models are here. */

import type { Pass } from "../../moe/moe.js";
import { type Routing, tensorsOf } from "../../moe/routing.js";
import type { AttentionInputs } from "../../nn/attention.js";
import { Embedding } from "../../nn/embedding.js";
import { KVCache } from "../../nn/kvCache.js";
import { Module } from "../../nn/module.js";
import type { Norm } from "../../nn/norms.js";
import { LearnedPositions } from "../../nn/positions.js";
import { markLibraryForward, recyclingIntermediates } from "../../nn/recycling.js";
import { Linear } from "../../nn/linear.js";
import { checkTensor, ShapeError, show } from "../../tensor/check.js";
import { fromArray } from "../../tensor/create.js";
import { add } from "../../tensor/ops/elementwise.js";
import { linear } from "../../tensor/ops/matmul.js";
import { read, type Tensor } from "../../tensor/tensor.js";
import type { FeedForwardPart } from "../transformer.js";

/** x [B, T, D] -> [B, T, D]. */
export interface AttentionPart extends Module {
  forward(x: Tensor, inputs: AttentionInputs): Tensor;
}

/** The intermediate results of one forward pass, for comparisons and figures. */
export interface Trace {
  /** The embeddings, then each block's output, [B, T, D]; in place of the last one, that of the final norm. */
  hiddenStates: Tensor[];
  /** What the feed-forward part of each block reads, [B, T, D]. */
  feedForwardInputs: Tensor[];
}

/** x + attention(norm1(x)), then x + feedForward(norm2(x)), as `Block`, but of parts that it is given. */
export class DecoderBlock extends Module {
  static {
    markLibraryForward(this);
  }

  constructor(
    readonly norm1: Norm,
    readonly attention: AttentionPart,
    readonly norm2: Norm,
    readonly feedForward: FeedForwardPart,
  ) {
    super();
  }

  forward(x: Tensor, inputs: AttentionInputs, pass: Pass, trace: Trace | null = null): Tensor {
    const mixed: Tensor = add(x, this.attention.forward(this.norm1.forward(x), inputs));
    const read: Tensor = this.norm2.forward(mixed);
    trace?.feedForwardInputs.push(read);
    return add(mixed, this.feedForward.forward(read as never, pass));
  }
}

export interface DecoderParts {
  tokens: Embedding;
  /** Null where attention turns queries and keys by their positions. */
  positions: LearnedPositions | null;
  blocks: DecoderBlock[];
  norm: Norm;
  /** Null: the token embedding again (tied weights). */
  head: Linear | null;
}

export interface DecoderOptions {
  /** 1 for each token that counts and 0 for padding, on either side, int32 [B, T]; with caches, of those in the caches too:
   *  [B, past + T]. Default: all count. */
  mask?: Tensor | null;
  /** Position of each token, int32 [B, T]. Default: its place in its row, padding included. */
  positions?: Tensor | null;
  /** One for each block, from `newCaches`: `ids` continues what they hold. */
  caches?: readonly KVCache[];
  /** Filled, where it is given. */
  trace?: Trace | null;
}

export interface DecoderOutput {
  /** [B, T, V]. */
  logits: Tensor;
  /** One for each block with a mixture of experts, in order. Padding is routed too, as transformers does. */
  routings: Routing[];
}

/** ids [B, T] -> logits [B, T, V]. */
export class Decoder extends Module {
  static {
    markLibraryForward(this);
  }

  readonly tokens: Embedding;
  readonly positions: LearnedPositions | null;
  readonly blocks: DecoderBlock[];
  readonly norm: Norm;
  readonly head: Linear | null;

  constructor({ tokens, positions, blocks, norm, head }: DecoderParts) {
    super();
    this.tokens = tokens;
    this.positions = positions;
    this.blocks = blocks;
    this.norm = norm;
    this.head = head;
  }

  /** An empty cache for each block, for `forward`. */
  newCaches(): KVCache[] {
    return this.blocks.map(() => new KVCache());
  }

  forward(
    ids: Tensor,
    { mask = null, positions = null, caches = [], trace = null }: DecoderOptions = {},
  ): DecoderOutput {
    checkTensor("the model", "ids", ids);
    if (ids.rank !== 2 || ids.dtype !== "int32")
      throw new ShapeError(`the model reads int32 ids [B, T], got ${ids.dtype} ${show(ids.shape)}`);
    if (caches.length > 0 && (caches.length !== this.blocks.length || new Set(caches).size < caches.length))
      throw new RangeError(`the model needs ${this.blocks.length} different caches, as newCaches() gives them`);
    const past = caches[0]?.length ?? 0;
    if (caches.some(({ length }) => length !== past))
      throw new RangeError("the model's caches must hold equally many positions");
    this.#checkIds(ids, past, positions);
    const inputs = { mask: mask && keysMask(mask, ids.shape[0], past + ids.shape[1]), positions };
    const run = (): DecoderOutput => {
      const routings: Routing[] = [];
      const pass: Pass = { routings, ids: read(ids).slice(), past };
      let x: Tensor = this.tokens.forward(ids);
      if (this.positions) x = this.positions.forward<readonly number[]>(x, positions ?? past);
      for (const [i, block] of this.blocks.entries()) {
        trace?.hiddenStates.push(x);
        x = block.forward(x, { ...inputs, cache: caches[i] ?? null }, pass, trace);
      }
      x = this.norm.forward(x);
      trace?.hiddenStates.push(x);
      const { weight, bias } = this.head ?? { weight: this.tokens.weight, bias: null };
      return { logits: linear(x as never, weight as never, bias as never), routings };
    };
    return recyclingIntermediates(this, run, ({ logits, routings }) => [
      logits,
      ...routings.flatMap(tensorsOf),
      ...caches.flatMap((cache) => cache.tensors()),
      ...(trace ? [...trace.hiddenStates, ...trace.feedForwardInputs] : []),
    ]);
  }

  #checkIds(ids: Tensor, past: number, positions: Tensor | null): void {
    const vocabSize = this.tokens.weight.shape[0];
    const wrong = read(ids).find((id) => id < 0 || id >= vocabSize);
    if (wrong !== undefined)
      throw new RangeError(`the model: id ${wrong} is none of its vocabulary, 0 to ${vocabSize - 1}`);
    const longest = this.positions?.weight.shape[0] ?? Infinity;
    const length = past + ids.shape[1];
    if (positions === null && length > longest)
      throw new RangeError(
        `the model: ${length} tokens are more than its ${longest} positions (n_positions); cut the text`,
      );
  }
}

/** [B, Tk] as attention wants it, [B, 1, 1, Tk]; null where it hides nothing. */
function keysMask(mask: Tensor, rows: number, keys: number): Tensor | null {
  checkTensor("the model", "mask", mask);
  if (mask.rank !== 2 || mask.shape[0] !== rows || mask.shape[1] !== keys)
    throw new ShapeError(
      `the model's mask must be [${rows}, ${keys}], with the positions that the caches hold, got ${show(mask.shape)}`,
    );
  const numbers = read(mask);
  return numbers.every((m) => m !== 0) ? null : fromArray(numbers.slice(), [rows, 1, 1, keys], mask.dtype);
}
