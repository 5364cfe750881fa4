/** A recurrent language model, to compare a transformer with: it reads one token at a time and keeps what it knows in its state. */

import { type Check, checkObject, complaint, integer, word } from "../config/options.js";
import { Embedding } from "../nn/embedding.js";
import { Module } from "../nn/module.js";
import { LSTM } from "../nn/recurrent/lstm.js";
import { RNN } from "../nn/recurrent/rnn.js";
import { markLibraryForward } from "../nn/recycling.js";
import { ShapeError, show } from "../tensor/check.js";
import { dim } from "../tensor/create.js";
import { linear } from "../tensor/ops/matmul.js";
import { Generator } from "../tensor/random.js";
import type { Dim } from "../tensor/shape.js";
import type { Tensor } from "../tensor/tensor.js";
import type { LanguageModel, ModelOutput } from "./transformer.js";

export interface RecurrentConfig {
  cell: "rnn" | "lstm";
  /** V: number of different tokens. */
  vocabSize: number;
  /** Longest text that it is trained on, in tokens. */
  blockSize: number;
  /** L: recurrent layers, one on the other. */
  nLayer: number;
  /** D: width of the embedding, and of each layer's state. */
  dModel: number;
}

const size = integer(1);
const fields: Readonly<Record<keyof RecurrentConfig, Check>> = {
  cell: word(["rnn", "lstm"]),
  ...{ vocabSize: size, blockSize: size, nLayer: size, dModel: size },
};

/** ids [B, T] -> logits [B, T, V]: an embedding, recurrent layers, and the embedding again as the head (tied weights). */
export class RecurrentModel extends Module implements LanguageModel {
  static {
    markLibraryForward(this);
  }

  readonly config: RecurrentConfig & { readonly nExpert: 0; readonly balance: 0 };
  readonly tokens: Embedding<Dim<"V">>;
  readonly layers: (RNN | LSTM)[];

  constructor({ cell, vocabSize, blockSize, nLayer, dModel }: RecurrentConfig, seed: number) {
    super();
    this.config = { cell, vocabSize, blockSize, nLayer, dModel, nExpert: 0, balance: 0 };
    const rng = new Generator(seed);
    this.tokens = new Embedding(dim("V", vocabSize), dModel, { rng: rng.fork("tokens"), std: 1 / Math.sqrt(dModel) });
    const Layer = cell === "rnn" ? RNN : LSTM;
    this.layers = Array.from({ length: nLayer }, (_, i) => new Layer(dModel, dModel, { rng: rng.fork(`layers.${i}`) }));
  }

  /** @param ids int32 */
  forward<Rows extends number, Length extends number>(ids: Tensor<readonly [Rows, Length]>): ModelOutput<Rows, Length>;
  forward(ids: Tensor): ModelOutput<number, number> {
    if (ids.rank !== 2) throw new ShapeError(`the model reads int32 ids [B, T], got ${show(ids.shape)}`);
    let x: Tensor = this.tokens.forward(ids);
    for (const layer of this.layers) x = (layer.forward(x) as { y: Tensor }).y;
    return { logits: linear(x as Tensor<[number, number, number]>, this.tokens.weight), routings: [] };
  }
}

/** A recurrent language model that `train` and `evaluate` take in a transformer's place.
 *  @param options.seed of the first weights, default 0
 *  @example
 *  recurrent({ cell: "lstm", vocabSize: 5, blockSize: 8, nLayer: 1, dModel: 4 }).totalParameters(); // => 180 */
export function recurrent(config: RecurrentConfig, { seed = 0 }: { seed?: number } = {}): RecurrentModel {
  checkObject("recurrent", "the config", config);
  for (const name of Object.keys(fields) as (keyof RecurrentConfig)[]) {
    const wrong = complaint(name, config[name], fields[name]);
    if (wrong) throw new RangeError(`recurrent: ${wrong}`);
  }
  return new RecurrentModel(config, seed);
}
