/** Attention whose keys and values come from one small vector for each token. */

import { checkIntegers } from "../../config/options.js";
import { scaledDotProductAttention } from "../../tensor/ops/attention.js";
import { concat } from "../../tensor/ops/join.js";
import type { RotaryOptions } from "../../tensor/ops/rotary.js";
import { expand, permute, reshape } from "../../tensor/ops/shape.js";
import { split } from "../../tensor/ops/slice.js";
import { type Generator, streamOf } from "../../tensor/random.js";
import type { Tensor } from "../../tensor/tensor.js";
import type { AttentionInputs } from "../attention.js";
import { Linear } from "../linear.js";
import { Module } from "../module.js";
import { RMSNorm } from "../norms.js";
import { RotaryPositions } from "../positions.js";
import { markLibraryForward } from "../recycling.js";
import { checkSequence } from "../sequence.js";

export interface LatentAttentionOptions {
  rng: Generator;
  nHead: number;
  /** R: width of the vector from which keys and values are made. */
  dLatent: number;
  /** Width of the vector from which queries are made; null: they are made of x itself. Default null. */
  dQueryLatent?: number | null;
  /** Sizes of a head: features without and with positions, and those of its values. */
  plainSize: number;
  rotarySize: number;
  valueSize: number;
  rotary?: RotaryOptions;
  /** Of the scores. Default 1 / √(plainSize + rotarySize). */
  scale?: number;
  /** Offsets of the projections into the latent widths and of the output. Default false. */
  bias?: boolean;
  /** Of both norms. Default 1e-6. */
  eps?: number;
  std?: number;
}

/** Multi-head latent attention, causal. [c, p] = toLatent(x), c normed; each head's key is [keyₕ(c), rotary(p)], with p shared by all
 *  heads, and its value valueₕ(c). The cache holds c and p alone. x [B, T, D] -> [B, T, D].
 *  Source: DeepSeek-AI 2024 (V2), §2.1, https://arxiv.org/abs/2405.04434
 *  @example
 *  const sizes = { nHead: 2, dLatent: 3, plainSize: 4, rotarySize: 2, valueSize: 4 };
 *  const attention = new LatentAttention(8, { rng: new Generator(1), ...sizes });
 *  attention.forward(zeros([1, 5, 8])).shape; // => [1, 5, 8]
 *  attention.toLatent.weight.shape; // => [5, 8] */
export class LatentAttention extends Module {
  static {
    markLibraryForward(this);
  }

  readonly toQueryLatent: Linear | null;
  readonly queryNorm: RMSNorm | null;
  /** [H·(plain + rotary), D or its latent width]. */
  readonly query: Linear;
  /** [R + rotary, D]. */
  readonly toLatent: Linear;
  readonly latentNorm: RMSNorm;
  /** [H·(plain + value), R]: each head's key, then its value. */
  readonly fromLatent: Linear;
  readonly out: Linear;
  readonly rotary: RotaryPositions;
  readonly scale: number;
  readonly sizes: Readonly<Record<"nHead" | "dLatent" | "plainSize" | "rotarySize" | "valueSize", number>>;

  constructor(
    readonly dModel: number,
    options: LatentAttentionOptions,
  ) {
    super();
    const { rng, nHead, dLatent, dQueryLatent = null, plainSize, rotarySize, valueSize, rotary = {} } = options;
    const { bias = false, eps = 1e-6, std = 0.02, scale = 1 / Math.sqrt(plainSize + rotarySize) } = options;
    this.sizes = { nHead, dLatent, plainSize, rotarySize, valueSize };
    checkIntegers("LatentAttention", this.sizes, { from: 1 });
    this.scale = scale;
    this.rotary = new RotaryPositions(rotary);
    const own = streamOf("LatentAttention", rng);
    const layer = (name: string, from: number, to: number, offset = false): Linear =>
      new Linear(from, to, { rng: own.fork(name), std, bias: offset });
    this.toQueryLatent = dQueryLatent === null ? null : layer("toQueryLatent", dModel, dQueryLatent, bias);
    this.queryNorm = dQueryLatent === null ? null : new RMSNorm(dQueryLatent, { eps });
    this.query = layer("query", dQueryLatent ?? dModel, nHead * (plainSize + rotarySize));
    this.toLatent = layer("toLatent", dModel, dLatent + rotarySize, bias);
    this.latentNorm = new RMSNorm(dLatent, { eps });
    this.fromLatent = layer("fromLatent", dLatent, nHead * (plainSize + valueSize));
    this.out = layer("out", nHead * valueSize, dModel, bias);
  }

  forward(x: Tensor, { mask = null, cache = null, positions = null }: AttentionInputs = {}): Tensor {
    checkSequence("LatentAttention", x, this.dModel);
    const [b, t] = x.shape;
    const { nHead, dLatent, plainSize, rotarySize, valueSize } = this.sizes;
    const start = positions ?? cache?.length ?? 0;
    const small: Tensor = this.queryNorm ? this.queryNorm.forward(this.toQueryLatent!.forward(x)) : x;
    const heads = (y: Tensor, size: number): Tensor => permute(reshape(y, [b, -1, nHead, size]), [0, 2, 1, 3]);
    const [qPlain, qTurning] = cut(heads(this.query.forward(small), plainSize + rotarySize), plainSize);
    const [latent, turning] = cut(this.toLatent.forward(x), dLatent);
    const oneHead = (y: Tensor): Tensor => reshape(y, [b, 1, t, y.shape[2]]);
    const c = oneHead(this.latentNorm.forward(latent)); // [B, 1, T, R]
    const p = this.rotary.forward(oneHead(turning), start); // [B, 1, T, rotary]
    const { keys, values } = cache?.append(c, p, this) ?? { keys: c, values: p };
    const tk = keys.shape[2];
    const wide: Tensor = this.fromLatent.forward(reshape(keys, [b, tk, dLatent]));
    const [kPlain, v] = cut(heads(wide, plainSize + valueSize), plainSize);
    const shared: Tensor = expand(values, [b, nHead, tk, rotarySize]);
    const q: Tensor = concat([qPlain, this.rotary.forward(qTurning, start)], 3);
    const k: Tensor = concat([kPlain, shared], 3);
    const mixed = scaledDotProductAttention(q, k, v, { isCausal: true, mask, scale: this.scale });
    return this.out.forward(reshape(permute(mixed, [0, 2, 1, 3]), [b, t, nHead * valueSize]));
  }
}

/** The first `size` features, and the rest. */
const cut = (x: Tensor, size: number): Tensor[] => split(x, [size, x.shape[x.rank - 1] - size], x.rank - 1);
