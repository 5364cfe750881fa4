/** Trains a twin of the bug hunt for a few steps and takes its figures. */

import type { Corpus } from "../../../data/corpus.js";
import { transformer } from "../../../models/twins.js";
import type { Transformer } from "../../../models/transformer.js";
import { routersIn, updateSelectionBiases } from "../../../moe/balance/selectionBias.js";
import type { MoE } from "../../../moe/moe.js";
import { effectiveExperts } from "../../../moe/metrics/load.js";
import type { Routing } from "../../../moe/routing.js";
import { recyclingIntermediates } from "../../../nn/recycling.js";
import { noGrad, wantsGrad } from "../../../tensor/autograd.js";
import { add, mul } from "../../../tensor/ops/elementwise.js";
import { crossEntropy } from "../../../tensor/ops/loss.js";
import { Generator, randn } from "../../../tensor/random.js";
import { overwrite, read, type Tensor } from "../../../tensor/tensor.js";
import { clipGradNorm } from "../../../train/clip.js";
import { AdamW } from "../../../train/optim.js";
import { healthyModel, type Setting, STRENGTH, termOf } from "./setting.js";

/** What is measured of a patient. Losses in nats. */
export interface Figures {
  readonly firstLoss: number;
  readonly lastLoss: number;
  /** Of the layer that uses fewest, in the last step. */
  readonly effective: number;
  /** Balance term of the first layer in the last step: 1 is an even load. */
  readonly balance: number;
  /** What is added to the loss in the last step, for each unit of strength · term, over all layers. 1 is right. */
  readonly added: number;
  /** Lengths of the first router's gradient. */
  readonly taskGradient: number;
  readonly balanceGradient: number;
  /** How far the weights of the first router have moved. */
  readonly moved: number;
  /** The same pages tested twice: how far the losses lie apart. */
  readonly twice: number;
  /** Shares without a place in the first and in the last quarter of a batch, at evaluation. */
  readonly droppedEarly: number;
  readonly droppedLate: number;
  /** Largest output of a layer for a token that found no place. */
  readonly outputOfDropped: number;
  /** How far a token's weight moves if all biases of the choice grow by 0.25: no choice changes. */
  readonly byBias: number;
}

const BATCH = 8; // texts in a step

/** @param steps of training  @param seed of weights and batches: another one shows what chance alone changes */
export function examine(setting: Setting, corpus: Corpus, steps: number, seed: number): Figures {
  const { vocabSize } = corpus.tokenizer;
  const model = transformer({ ...healthyModel, ...setting.config, vocabSize }, { seed });
  setting.change?.(model);
  const { trains = () => true } = setting;
  const parameters = model.namedParameters().flatMap(([name, parameter]) => (trains(name) ? [parameter] : []));
  const optimizer = new AdamW(parameters, { weightDecay: 0 });
  const rng = new Generator(seed);
  const [router] = routersIn(model);
  const weight = router.weight!;
  const before = Float32Array.from(read(weight));
  let [firstLoss, last] = [NaN, null as Step | null];
  for (let step = 0; step < steps; step++) {
    const { inputs, targets } = corpus.batch("train", BATCH, healthyModel.blockSize, rng);
    last = recyclingIntermediates(model.train(), () => gradients(model, setting, { inputs, targets, weight }));
    if (step === 0) firstLoss = last.loss;
    clipGradNorm(parameters, 1);
    optimizer.step(2e-3);
    model.zeroGrad();
  }
  const { loss: lastLoss, demand, ...taken } = last!;
  const moved = length(Float32Array.from(read(weight), (x, i) => x - before[i]));
  const effective = Math.min(...demand.map(effectiveExperts));
  return { firstLoss, lastLoss, effective, moved, ...taken, ...tested(model, setting, corpus) };
}

interface Step {
  readonly loss: number;
  readonly demand: readonly (readonly number[])[];
  readonly balance: number;
  readonly added: number;
  readonly taskGradient: number;
  readonly balanceGradient: number;
}

type Taken = ReturnType<Corpus["batch"]> & { readonly weight: Tensor };

/** Leaves the gradient of task and balance together in the parameters. */
function gradients(model: Transformer, setting: Setting, { inputs, targets, weight }: Taken): Step {
  const { logits, routings } = model.forward(inputs);
  const loss = crossEntropy(logits, targets);
  const terms = routings.map((routing) => termOf(setting, routing));
  const balanced = mul(
    terms.reduce((a, b) => add(a, b)),
    STRENGTH * (setting.times ?? 1),
  );
  const right = terms.reduce((sum, term) => sum + term.item(), 0) * STRENGTH;
  loss.backward({ retainGraph: true });
  const task = weight.grad ? Float32Array.from(read(weight.grad)) : new Float32Array(weight.size);
  if (wantsGrad(balanced)) balanced.backward();
  updateSelectionBiases(model, routings);
  const both = weight.grad ? read(weight.grad) : task;
  const others = Float32Array.from(both, (x, i) => x - task[i]);
  return {
    ...{
      loss: loss.item(),
      demand: routings.map((routing) => routing.demand),
      balance: terms[0].item(),
      added: balanced.item() / right,
    },
    ...{ taskGradient: length(task), balanceGradient: length(others) },
  };
}

/** What is measured at evaluation, on pages that were kept aside. */
function tested(model: Transformer, { noisyTest = false }: Setting, corpus: Corpus) {
  model.train(noisyTest);
  const { inputs, targets } = corpus.batch("validation", BATCH, healthyModel.blockSize, new Generator(2));
  const ask = () =>
    noGrad(() => {
      const { logits, routings } = model.forward(inputs);
      return { loss: crossEntropy(logits, targets).item(), routings };
    });
  const [first, second] = [ask(), ask()];
  const [{ positions }] = first.routings;
  const quarter = positions.length / 4;
  const dropped = (from: number) => positions.slice(from, from + quarter).filter((place) => place < 0).length / quarter;
  return {
    twice: Math.abs(first.loss - second.loss),
    ...{ droppedEarly: dropped(0), droppedLate: dropped(3 * quarter) },
    ...{
      outputOfDropped: outputOfDropped(model),
      byBias: byBias(model, () => read(ask().routings[0].weights).slice()),
    },
  };
}

/** Of the first layer alone, for random rows. */
function outputOfDropped(model: Transformer): number {
  const layer = model.blocks[0].feedForward as unknown as MoE;
  const routings: Routing[] = [];
  const rows = randn([256, healthyModel.dModel], new Generator(3)) as Tensor;
  const y = noGrad(() => layer.forward(rows as never, { routings })).toArray() as number[][];
  const lost = y.filter((_, n) => routings[0].positions[n] < 0);
  return Math.max(0, ...lost.flat().map(Math.abs));
}

function byBias(model: Transformer, weights: () => ArrayLike<number>): number {
  model.eval();
  const grow = (by: number) => {
    for (const { selectionBias } of routersIn(model)) {
      const numbers = overwrite(selectionBias!, "examine");
      numbers.forEach((x, e) => (numbers[e] = x + by));
    }
  };
  const before = weights();
  grow(0.25);
  const after = weights();
  grow(-0.25);
  return Math.max(...Array.from(after, (weight, i) => Math.abs(weight - before[i])));
}

const length = (numbers: ArrayLike<number>): number => Math.hypot(...Array.from(numbers));
