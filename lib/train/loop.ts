/** Training: an async generator that yields one plain row a step, so that the caller decides when to draw. */

import { checkIntegers, checkNumbers, checkObject, checkWord } from "../config/options.js";
import { type Batch, checkIsCorpus, type Corpus } from "../data/corpus.js";
import { recyclingIntermediates } from "../nn/recycling.js";
import { checkModel, type LanguageModel } from "../models/transformer.js";
import { updateSelectionBiases } from "../moe/balance/selectionBias.js";
import { balanceLoss } from "../moe/balance/terms.js";
import { type RoutingRow, routingRows } from "../moe/metrics/rows.js";
import type { Routing } from "../moe/routing.js";
import { noGrad } from "../tensor/autograd.js";
import { add } from "../tensor/ops/elementwise.js";
import { crossEntropy } from "../tensor/ops/loss.js";
import { Generator } from "../tensor/random.js";
import type { Tensor } from "../tensor/tensor.js";
import { clipGradNorm } from "./clip.js";
import { evaluate } from "./evaluate.js";
import { LastGood } from "./lastGood.js";
import { AdamW } from "./optim.js";
import { RouterProbe } from "./probe.js";
import type { Saver } from "./resume/saver.js";
import { checkSaveOptions, type SaveOptions, wantsSaves } from "./resume/options.js";
import { warmupCosine } from "./schedule.js";
import { tick } from "./tick.js";

/** What one step showed. Plain numbers only. */
export interface TrainRow {
  /** Name of the run: by it figures tell lines apart. */
  by: string;
  /** 1 for the first step. */
  step: number;
  /** Cross entropy of this step's batch, nats per token (without the balance term). */
  loss: number;
  /** The same on the validation split, at every `evalEvery`th step and the last; else, or without such a split, null. */
  valLoss: number | null;
  /** Learning rate of this step. */
  lr: number;
  /** Length of the gradient before clipping. */
  gradNorm: number;
  /** Tokens of this step per second of it. */
  tokensPerSecond: number;
  /** Seconds spent on steps so far, evaluation left out. */
  seconds: number;
  /** [L][E] share of this step's assignments that each expert got, by layer; null for a dense model. */
  load: number[][] | null;
  /** More about each layer's routing, where `metrics` asked for it and the model has routers; else null. `flipRate` is not of this
   *  step's tokens, but of a fixed probe of about 128: the share whose favorite expert this step's update changed. */
  routing: RoutingRow[] | null;
}

export interface TrainOptions extends SaveOptions {
  name?: string;
  steps: number;
  /** Blocks per step. */
  batchSize: number;
  /** Highest learning rate; or the rate of each step, which counts from 0, as the schedules do: it is asked at the start of the step, so it
   *  may change its mind. Default 1e-3. */
  lr?: number | ((step: number) => number);
  /** Default lr / 10. Not with an `lr` that is a function, nor is `warmup`. */
  minLr?: number;
  /** Steps of linear rise. Default 5 % of all steps. */
  warmup?: number;
  /** Of AdamW. Default [0.9, 0.99]. */
  betas?: readonly [number, number];
  /** On matrices and embeddings, not on biases and norms. Default 0.1. */
  weightDecay?: number;
  /** Longest allowed gradient; Infinity does not clip. Default 1. */
  clip?: number;
  /** Which batches are drawn. Default 0. */
  seed?: number;
  /** Steps between evaluations. Default: at the last step only. */
  evalEvery?: number;
  /** Blocks of the validation split to evaluate on. Default: all. */
  evalBlocks?: number;
  /** Fill in `routing` of each row; "batch" leaves `flipRate` out, for which more tokens must be routed. Default false. */
  metrics?: boolean | "batch";
  /** Ends training before the next step: an `AbortSignal`, for example. */
  signal?: { readonly aborted: boolean };
}

/** Cross entropy, and with it the balance terms of each layer that the config names. With noise where the model is in training mode. */
export function losses(
  model: LanguageModel,
  inputs: Parameters<LanguageModel["forward"]>[0],
  targets: Tensor<typeof inputs.shape>,
): { loss: Tensor<readonly []>; total: Tensor<readonly []>; load: number[][] | null; routings: Routing[] } {
  const { logits, routings } = model.forward(inputs);
  const loss = crossEntropy(logits, targets);
  const balance = balanceLoss(routings, model.config.balance);
  const load = routings.length > 0 ? routings.map((r) => r.load) : null;
  return { loss, total: balance ? add(loss, balance) : loss, load, routings };
}

/** The options with their defaults. Throws a RangeError unless they make sense; also for the labs, which hand theirs to `train`. */
export function checkPlan(
  operation: string,
  options: TrainOptions,
): Required<Omit<TrainOptions, "name" | "lr" | "metrics" | "signal" | keyof SaveOptions>> & {
  lr: Required<TrainOptions>["lr"];
} {
  checkObject(operation, "the options", options);
  checkSaveOptions(operation, options);
  const { steps, batchSize, evalEvery = steps, evalBlocks = Infinity, seed = 0, lr = 1e-3 } = options;
  const { weightDecay = 0.1, clip = 1, betas = [0.9, 0.99], metrics = false } = options;
  const highest = typeof lr === "function" ? 0 : lr;
  if (typeof lr === "function" && (options.minLr ?? options.warmup) !== undefined)
    throw new RangeError(`${operation}: lr is a function: leave minLr and warmup out`);
  const { minLr = highest / 10, warmup = Math.ceil(steps / 20) } = options;
  checkIntegers(operation, { steps, batchSize }, { from: 1 });
  checkIntegers(operation, { evalEvery, evalBlocks }, { from: 1, orInfinity: true });
  checkIntegers(operation, { seed });
  checkNumbers(operation, { lr: highest, minLr, warmup, weightDecay }, { from: 0 });
  checkNumbers(operation, { "betas[0]": betas?.[0], "betas[1]": betas?.[1] }, { from: 0, below: 1 });
  checkNumbers(operation, { clip }, { above: 0, orInfinity: true });
  checkWord(operation, "metrics", metrics, [true, false, "batch"]);
  return { steps, batchSize, evalEvery, evalBlocks, seed, lr, minLr, warmup, weightDecay, clip, betas };
}

/** Throws a sentence unless the text is long enough for both splits and of the model's vocabulary. */
function checkCorpus(corpus: Corpus, { blockSize, vocabSize }: LanguageModel["config"]): void {
  corpus.require("train", blockSize);
  if (corpus.validation.length > 0) corpus.require("validation", blockSize);
  if (corpus.tokenizer.vocabSize !== vocabSize) {
    throw new RangeError(
      `train: the model has a vocabulary of ${vocabSize}, the corpus one of ${corpus.tokenizer.vocabSize}`,
    );
  }
}

/** Trains with AdamW, warm-up and cosine decay, and yields a row a step. However it ends, the model has weights that work
 *  and is in evaluation mode. With `saveTo` and `resume`, a run that was stopped goes on to the same rows
 *  and weights, bit for bit; all that it consists of is listed at `RunState`. A script that saves to a folder with `resume: true` can be
 *  started again after any end.
 *  @example
 *  const corpus = new Corpus("to be or not to be, ".repeat(20));
 *  const model = () => transformer({ vocabSize: corpus.tokenizer.vocabSize, blockSize: 4, nLayer: 1, nHead: 1, dModel: 4 });
 *  let save = new Uint8Array();
 *  const plan = { steps: 4, batchSize: 2, saveTo: (bytes: Uint8Array) => void (save = bytes.slice()) };
 *  for await (const row of train(model(), corpus, plan)) if (row.step === 2) break;
 *  const steps: number[] = [];
 *  for await (const row of train(model(), corpus, { ...plan, resume: save })) steps.push(row.step);
 *  steps; // => [3, 4] */
export async function* train(
  model: LanguageModel,
  corpus: Corpus,
  options: TrainOptions,
): AsyncGenerator<TrainRow, void, undefined> {
  checkModel("train", model);
  checkIsCorpus("train", corpus);
  const plan = checkPlan("train", options);
  checkCorpus(corpus, model.config);
  const { steps, batchSize, evalEvery, evalBlocks, seed, lr, minLr, warmup, weightDecay, clip, betas } = plan;
  const { name = model.config.nExpert ? "MoE" : "dense", metrics = false, signal } = options;
  const parameters = model.parameters();
  const optimizer = new AdamW(parameters, { betas, weightDecay });
  const rng = new Generator(seed).fork("batches");
  const lastGood = new LastGood(model);
  // Where the run stands between two steps, beside the tensors and generators that change: the steps that are done, which are its place
  // in the schedule, the time, and whether the weights have changed since they last gave a number.
  const progress = { step: 0, seconds: 0, unproven: false };
  const saver = wantsSaves(options)
    ? await newSaver("train", options, {
        model,
        optimizer,
        generators: { batches: rng },
        more: lastGood.state,
        progress,
        plan: {
          train: { steps, batchSize, seed, lr: typeof lr === "function" ? "a function" : lr, minLr, warmup, clip },
        },
        corpus,
      })
    : null;
  await saver?.resume();
  const probe = metrics === true ? new RouterProbe(model, corpus) : null;
  const draw = (): Batch => corpus.batch("train", batchSize, model.config.blockSize, rng);
  let atRest = true; // between two steps, where all of the state belongs together
  try {
    while (progress.step < steps && !signal?.aborted) {
      const started = performance.now();
      atRest = false;
      const step = progress.step + 1;
      const batch = draw();
      model.train();
      const rate = typeof lr === "function" ? lr(step - 1) : warmupCosine(step - 1, { lr, minLr, warmup, steps });
      const { loss, gradNorm, load, rows } = recyclingIntermediates(model, () => {
        const { loss, total, load, routings } = losses(model, batch.inputs, batch.targets);
        const value = loss.item();
        lastGood.check(value, "loss", step);
        total.backward();
        const gradNorm = clipGradNorm(parameters, clip);
        lastGood.check(gradNorm, "gradient", step);
        lastGood.save();
        optimizer.step(rate);
        optimizer.zeroGrad();
        updateSelectionBiases(model, routings);
        return { loss: value, gradNorm, load, rows: metrics && routings.length > 0 ? routingRows(routings) : null };
      });
      progress.unproven = true;
      const took = (performance.now() - started) / 1000;
      progress.seconds += took;
      const tokensPerSecond = (batchSize * model.config.blockSize) / took;
      let valLoss: number | null = null;
      if ((step % evalEvery === 0 || step === steps) && corpus.validation.length > 0) {
        valLoss = evaluate(model, corpus, { blocks: evalBlocks });
        lastGood.check(valLoss, "validation loss", step);
        progress.unproven = false;
      }
      const flips = rows && probe?.flips();
      const routing = rows?.map((row, layer) => ({ ...row, flipRate: flips?.[layer] ?? null })) ?? null;
      progress.step = step;
      atRest = true;
      await tick();
      const { seconds } = progress;
      yield { by: name, step, loss, valLoss, lr: rate, gradNorm, tokensPerSecond, seconds, load, routing };
      lastGood.follow();
      // Only when the next row is asked for: whoever keeps rows has those of every step that is saved.
      await saver?.saveIfDue();
    }
  } finally {
    try {
      lastGood.follow();
      if (atRest) await saver?.save();
    } finally {
      model.eval();
      // Stopped early: nobody has seen yet what the last update did.
      if (progress.unproven && !Number.isFinite(lossOf(model, draw()))) lastGood.restore();
    }
  }
}

/** The module is asked for only here: a page whose runs are not saved does not load it. */
async function newSaver(...args: ConstructorParameters<typeof Saver>): Promise<Saver> {
  const { Saver } = await import("./resume/saver.js");
  return new Saver(...args);
}

const lossOf = (model: LanguageModel, { inputs, targets }: Batch): number =>
  noGrad(() => recyclingIntermediates(model, () => crossEntropy(model.forward(inputs).logits, targets).item()));
