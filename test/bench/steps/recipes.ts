/** The models that the benches train, and one training step of ours. */

import { Generator } from "../../../lib/tensor/random.js";
import { fromArray } from "../../../lib/tensor/create.js";
import { transformer, type ConfigInput } from "../../../lib/models/index.js";
import { recyclingIntermediates } from "../../../lib/nn/recycling.js";
import { losses } from "../../../lib/train/loop.js";
import { Adam } from "../../../lib/train/optim.js";
import type { Dim } from "../../../lib/tensor/shape.js";
import type { Tensor } from "../../../lib/tensor/tensor.js";

/** The training step of the `step` suite: 16 blocks of 64 tokens, Adam. */
export const small = {
  vocabSize: 65,
  blockSize: 64,
  nLayer: 4,
  nHead: 4,
  dModel: 64,
  dHidden: 256,
  activation: "geluTanh",
  bias: true,
} as const satisfies ConfigInput;

/** nanoGPT's recipe for a CPU, without its text. */
export const nanoGpt = {
  vocabSize: 65,
  blockSize: 64,
  nLayer: 4,
  nHead: 4,
  dModel: 128,
  dHidden: 512,
  activation: "gelu",
} as const satisfies ConfigInput;

/** What makes a MoE twin of equal active parameters: eight experts of half the width, two for each token. */
export const experts = { nExpert: 8, topK: 2 } as const;

export interface Step {
  /** One step on always the same batch; returns the loss. */
  run: () => number;
  inputs: Int32Array;
  targets: Int32Array;
}

export function trainingStep(config: ConfigInput, batchSize: number, seed = 1): Step {
  const model = transformer(config, { seed });
  const rng = new Generator(seed).fork("tokens");
  const draw = (): Int32Array =>
    Int32Array.from({ length: batchSize * config.blockSize }, () => rng.below(config.vocabSize));
  const [inputs, targets] = [draw(), draw()];
  type Ids = Tensor<[Dim<"B">, Dim<"T">]>;
  const ids = (values: Int32Array): Ids =>
    fromArray(values, [batchSize, config.blockSize], "int32") as unknown as Ids; /* names instead of sizes */
  const [x, y] = [ids(inputs), ids(targets)];
  const adam = new Adam(model.parameters());
  const run = (): number =>
    recyclingIntermediates(model, () => {
      const { loss, total } = losses(model, x, y);
      total.backward();
      adam.step(1e-3);
      adam.zeroGrad();
      return loss.item();
    });
  return { run, inputs, targets };
}
