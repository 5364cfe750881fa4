/** Loss on text that the model has not learned from. */

import { checkModel, type LanguageModel } from "../models/transformer.js";
import { checkIntegers } from "../config/options.js";
import { checkIsCorpus, type Corpus, type Split } from "../data/corpus.js";
import { evaluating } from "../nn/module.js";
import { recyclingIntermediates } from "../nn/recycling.js";
import { noGrad } from "../tensor/autograd.js";
import { crossEntropy } from "../tensor/ops/loss.js";

export interface EvaluateOptions {
  split?: Split;
  /** Blocks per forward pass. Default 32. */
  batchSize?: number;
  /** Evaluate on this many blocks from the start of the split. Default Infinity: all of it. */
  blocks?: number;
}

/** Mean cross entropy in nats per token over blocks that do not overlap: no sampling error. The model is in evaluation mode
 *  meanwhile. */
export function evaluate(
  model: LanguageModel,
  corpus: Corpus,
  { split = "validation", batchSize = 32, blocks = Infinity }: EvaluateOptions = {},
): number {
  checkModel("evaluate", model);
  checkIsCorpus("evaluate", corpus);
  checkIntegers("evaluate", { batchSize }, { from: 1 });
  checkIntegers("evaluate", { blocks }, { from: 1, orInfinity: true });
  const run = (): number => {
    let [total, tokens] = [0, 0];
    for (const { inputs, targets } of corpus.blocks(split, batchSize, model.config.blockSize, blocks)) {
      const loss = recyclingIntermediates(model, () => crossEntropy(model.forward(inputs).logits, targets).item());
      total += loss * targets.size;
      tokens += targets.size;
    }
    return total / tokens;
  };
  return evaluating(model, () => noGrad(run));
}
