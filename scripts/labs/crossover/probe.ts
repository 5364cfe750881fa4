/** Whether the library still computes what it did: the first losses of two runs, which any change of a model, of training or of the text
 *  moves. Runs that are kept go by it, and not by the commit: most commits change no number. */

import type { Corpus } from "../../../lib/data/index.js";
import { transformer } from "../../../lib/models/index.js";
import { train } from "../../../lib/train/index.js";
import { crossoverConfig } from "../../../lib/notebook/crossover/index.js";
import { planOf, type Run } from "./settings.js";

const STEPS = 12;
/** Losses may differ by this: builds of the kernels round otherwise. */
const TOLERANCE = 2e-3;
const RUNS: readonly Run[] = [
  { contender: "dense", width: 32, size: 2, seed: 1, rate: 2e-3 },
  { contender: "MoE", width: 32, size: 4, seed: 1, rate: 2e-3 },
];

/** Losses of the first steps of a dense model and a mixture, one after the other. */
export async function probe(corpus: Corpus): Promise<number[]> {
  const losses: number[] = [];
  for (const run of RUNS) {
    const model = transformer({ ...crossoverConfig(run), vocabSize: corpus.tokenizer.vocabSize }, { seed: run.seed });
    for await (const { loss } of train(model, corpus, { ...planOf(run), steps: STEPS, evalBlocks: 1 }))
      losses.push(Number(loss.toFixed(5)));
  }
  return losses;
}

export const isSame = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === b.length && a.every((loss, i) => Math.abs(loss - b[i]) < TOLERANCE);
