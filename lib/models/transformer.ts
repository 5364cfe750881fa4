/**
 * A decoder-only transformer in the style of GPT-2, or by the words of its config in that of Llama. The feed-forward layer is a part that the block is given: `twins.ts`
 * passes a dense one or a mixture of experts, and nothing else differs.
 * Not here: training (`train/loop.ts`), sampling (`train/generate.ts`).
 */

import type { Pass } from "../moe/moe.js";
import { type Routing, tensorsOf } from "../moe/routing.js";
import { MultiHeadAttention } from "../nn/attention.js";
import { Embedding } from "../nn/embedding.js";
import { KVCache } from "../nn/kvCache.js";
import { Module } from "../nn/module.js";
import { Identity, LayerNorm, type Norm, RMSNorm } from "../nn/norms.js";
import { LearnedPositions, SinusoidalPositions } from "../nn/positions.js";
import { ShapeError, show, checkTensor, describe } from "../tensor/check.js";
import { dim } from "../tensor/create.js";
import { add, mul } from "../tensor/ops/elementwise.js";
import { linear } from "../tensor/ops/matmul.js";
import { Generator } from "../tensor/random.js";
import type { Dim } from "../tensor/shape.js";
import { read, type Tensor } from "../tensor/tensor.js";
import { dependsOnBatch } from "../config/router/defaults.js";
import type { ModelConfig } from "../config/model.js";
import { recyclingIntermediates, markLibraryForward } from "../nn/recycling.js";

type B = Dim<"B">;
type T = Dim<"T">;
type D = Dim<"D">;
type V = Dim<"V">;

/** What stands between two residual additions and looks at one token at a time. */
export interface FeedForwardPart extends Module {
  /** @param pass where a mixture of experts reads what it needs and leaves what its router decided */
  forward(x: Tensor<[B, T, D]>, pass: Pass): Tensor<[B, T, D]>;
}

/** Makes the feed-forward part of one block. `std` is the spread of first weights that write to the residual. */
export type MakeFeedForward = (dModel: D, rng: Generator, residualStd: number) => FeedForwardPart;

/** A norm, or nothing in its place. */
type NormPart = Norm<D> | Identity<D>;

/** Adds to each token what tells its position. */
interface AddedPositions extends Module {
  forward(x: Tensor<[B, T, D]>, start?: number): Tensor<[B, T, D]>;
}

/** x + attention(norm(x)), then x + feedForward(norm(x)). Norms come first ("pre-norm"), so that the residual is a clear path.
 *  Without a residual: attention(norm(x)), then feedForward(norm(x)). */
export class Block extends Module {
  static {
    markLibraryForward(this);
  }

  readonly norm1: NormPart;
  readonly attention: MultiHeadAttention<D>;
  readonly norm2: NormPart;
  readonly residual: boolean;

  constructor(
    config: ModelConfig,
    d: D,
    rng: Generator,
    readonly feedForward: FeedForwardPart,
  ) {
    super();
    const { nHead, nLayer, bias, positions, residual, window } = config;
    this.residual = residual;
    this.norm1 = normOf(config, d);
    this.attention = new MultiHeadAttention(d, nHead, {
      rng,
      isCausal: true,
      rotary: positions === "rotary",
      bias,
      window,
      residualStd: residualStd(nLayer),
    });
    this.norm2 = normOf(config, d);
  }

  /** @param cache keys and values of the tokens before x */
  forward(x: Tensor<[B, T, D]>, pass: Pass, cache: KVCache | null = null): Tensor<[B, T, D]> {
    const mixed = this.attend(x, cache);
    const normed = this.norm2.forward(mixed);
    pass.onPart?.("attention");
    const y = this.onto(mixed, this.feedForward.forward(normed, pass));
    pass.onPart?.("feed-forward");
    return y;
  }

  /** The first half of it. */
  attend(x: Tensor<[B, T, D]>, cache: KVCache | null = null): Tensor<[B, T, D]> {
    return this.onto(x, this.attention.forward(this.norm1.forward(x), { cache }));
  }

  /** What leaves a part that was given x and gave y. */
  onto(x: Tensor<[B, T, D]>, y: Tensor<[B, T, D]>): Tensor<[B, T, D]> {
    return this.residual ? add(x, y) : y;
  }
}

const norms: Readonly<Record<ModelConfig["normalization"], (d: D, bias: boolean) => NormPart>> = {
  layerNorm: (d, bias) => new LayerNorm(d, { bias }),
  rmsNorm: (d) => new RMSNorm(d),
  none: () => new Identity(),
};
const normOf = ({ normalization, bias }: ModelConfig, d: D): NormPart => norms[normalization](d, bias);

/** 2 L layers write to the residual; their first weights shrink so that its variance does not grow with depth.
 *  Source: Radford et al. 2019 (GPT-2), §2.3. */
const residualStd = (nLayer: number): number => 0.02 / Math.sqrt(2 * nLayer);

/** What is wrong with a list of caches, for the sentence. */
const cachesInWords = (caches: readonly KVCache[]): string =>
  new Set(caches).size < caches.length
    ? `${caches.length} of which ${new Set(caches).size} are different`
    : `lengths ${caches.map(({ length }) => length).join(", ")}`;

/** Throws unless `model` is one: its config and its `forward` are what the functions of a model read. */
export function checkModel(operation: string, model: unknown): void {
  const { config, forward } = (model ?? {}) as Partial<Transformer>;
  if (typeof config === "object" && typeof forward === "function") return;
  throw new ShapeError(`${operation} needs a model, such as transformer({ … }), got ${describe(model)}`);
}

export interface ForwardOptions {
  caches?: readonly KVCache[];
  /** Called when a part of the work is done: who keeps a clock sees what each took. */
  onPart?: Pass["onPart"];
}

export interface ModelOutput<Rows extends number = B, Length extends number = T> {
  /** [B, T, V] score of each token to come next. */
  logits: Tensor<[Rows, Length, V]>;
  /** One per block with a mixture of experts, from the first block to the last; empty for a dense model. */
  routings: Routing[];
}

/** What can be trained on text and asked about it: a transformer, or a recurrent model in its place. */
export interface LanguageModel extends Module {
  readonly config: Pick<ModelConfig, "vocabSize" | "blockSize" | "nExpert" | "balance">;
  forward<Rows extends number, Length extends number>(ids: Tensor<readonly [Rows, Length]>): ModelOutput<Rows, Length>;
}

/** ids [B, T] -> logits [B, T, V]. The output head is the token embedding again (tied weights). */
export class Transformer extends Module {
  static {
    markLibraryForward(this);
  }

  readonly tokens: Embedding<V, D>;
  /** Null where attention turns queries and keys by their positions, and where nothing tells them. */
  readonly positions: AddedPositions | null;
  readonly blocks: Block[];
  readonly norm: NormPart;

  /** @param seed the first weights: each place (`tokens`, `blocks.0.attention`, `blocks.0.feedForward`) has a stream of its own
   *  that depends on the seed and its name alone, so they are equal in both twins but for the feed-forward part */
  constructor(
    readonly config: ModelConfig,
    seed: number,
    makeFeedForward: MakeFeedForward,
  ) {
    super();
    const rng = new Generator(seed);
    const d = dim("D", config.dModel);
    this.tokens = new Embedding(dim("V", config.vocabSize), d, { rng: rng.fork("tokens") });
    const added = {
      learned: () => new LearnedPositions(config.blockSize, d, { rng: rng.fork("positions") }),
      sinusoidal: () => new SinusoidalPositions(d),
    };
    const { positions } = config;
    this.positions = positions === "learned" || positions === "sinusoidal" ? added[positions]() : null;
    this.blocks = Array.from({ length: config.nLayer }, (_, i) => {
      const place = (name: string): Generator => rng.fork(`blocks.${i}.${name}`);
      const feedForward = makeFeedForward(d, place("feedForward"), residualStd(config.nLayer));
      return new Block(config, d, place("attention"), feedForward);
    });
    this.norm = normOf(config, d);
  }

  /** An empty cache for each block, for `forward`. */
  newCaches(): KVCache[] {
    return this.blocks.map(() => new KVCache());
  }

  /** What enters the first block: ids [B, T] -> [B, T, D]. @param past how many tokens come before them */
  embed<Rows extends number, Length extends number>(
    ids: Tensor<readonly [Rows, Length]>,
    past?: number,
  ): Tensor<[Rows, Length, D]>;
  embed(ids: Tensor<readonly [B, T]>, past = 0): Tensor<[B, T, D]> {
    const x: Tensor<[B, T, D]> = this.tokens.forward(ids);
    // Waves are as large as 1, so tokens are made as large (Vaswani et al. 2017, §3.4).
    const isAmongWaves = this.positions instanceof SinusoidalPositions;
    const scaled = isAmongWaves ? mul(x, Math.sqrt(this.config.dModel)) : x;
    return this.positions?.forward(scaled, past) ?? scaled;
  }

  /** @param ids int32; with what the caches hold, at most `blockSize` of them in a row
   *  @param options.caches one for each block, from `newCaches`: `ids` continues what they hold, and is added to them. Throws a
   *  RangeError where a router needs the whole text at once: see `dependsOnBatch` */
  forward<Rows extends number, Length extends number>(
    ids: Tensor<readonly [Rows, Length]>,
    options?: ForwardOptions,
  ): ModelOutput<Rows, Length>;
  forward(ids: Tensor<[B, T]>, { caches = [], onPart }: ForwardOptions = {}): ModelOutput {
    checkTensor("the model", "ids", ids);
    if (ids.shape.length !== 2 || ids.dtype !== "int32") {
      throw new ShapeError(`the model reads int32 ids [B, T], got ${ids.dtype} ${show(ids.shape)}`);
    }
    const list: unknown = caches;
    if (!Array.isArray(list))
      throw new RangeError(
        `the model's caches must be an array of them, as newCaches() gives it, got ${describe(caches)}`,
      );
    if (caches.length > 0 && caches.length !== this.blocks.length)
      throw new RangeError(`the model has ${this.blocks.length} blocks, but ${caches.length} caches were given`);
    const why = caches.length > 0 && this.config.nExpert > 0 ? dependsOnBatch(this.config) : null;
    if (why)
      throw new RangeError(
        `the model cannot read a text in parts (caches), because ${why}: read it whole, without caches`,
      );
    const past = caches[0]?.length ?? 0;
    if (new Set(caches).size < caches.length || caches.some(({ length }) => length !== past))
      throw new RangeError(
        `the model's caches must be different objects that hold equally many positions, got ${cachesInWords(caches)}; use newCaches(), and trim all of them alike`,
      );
    const end = past + ids.shape[1];
    if (end > this.config.blockSize)
      throw new ShapeError(`the model reads at most ${this.config.blockSize} tokens (blockSize), got ${end}`);
    const run = (): ModelOutput => {
      const routings: Routing[] = [];
      const pass: Pass = { routings, ids: read(ids).slice(), past, ...(onPart ? { onPart } : {}) };
      let x = this.embed(ids, past);
      onPart?.("embedding");
      for (const [i, block] of this.blocks.entries()) x = block.forward(x, pass, caches[i]);
      const logits = linear(this.norm.forward(x), this.tokens.weight);
      onPart?.("head");
      return { logits, routings };
    };
    return recyclingIntermediates(this, run, ({ logits, routings }) => [
      logits,
      ...routings.flatMap(tensorsOf),
      ...caches.flatMap((cache) => cache.tensors()),
    ]);
  }
}
