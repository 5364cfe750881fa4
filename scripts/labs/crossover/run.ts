/** One training run of the crossover lab. */

import type { ConfigInput } from "../../../lib/config/model.js";
import type { Corpus } from "../../../lib/data/corpus.js";
import { transformer } from "../../../lib/models/twins.js";
import { train, type TrainOptions } from "../../../lib/train/loop.js";

/** What was seen at one evaluation. Losses in nats per character. */
export interface RunRow {
  readonly step: number;
  readonly valLoss: number;
  /** Mean and highest batch loss since the last evaluation. */
  readonly loss: number;
  readonly peak: number;
  /** Share of the steps since then whose gradient was clipped. */
  readonly clipped: number;
  /** Work of the busiest expert of any layer in this step's batch, as a multiple of an even share; null for a dense model. */
  readonly busiest: number | null;
  /** Experts, of all layers, that got no token of this step's batch; null for a dense model. */
  readonly idle: number | null;
}

/** Trains a new model. Throws a TrainingError where a loss is no number any more. */
export async function trainOne(config: ConfigInput, corpus: Corpus, plan: TrainOptions): Promise<RunRow[]> {
  const model = transformer(config, plan.seed === undefined ? {} : { seed: plan.seed });
  const rows: RunRow[] = [];
  let [losses, clipped]: [number[], number] = [[], 0];
  for await (const { step, loss, valLoss, gradNorm, load } of train(model, corpus, plan)) {
    losses.push(loss);
    if (gradNorm > (plan.clip ?? 1)) clipped++;
    if (valLoss === null) continue;
    rows.push({
      step,
      valLoss: round(valLoss, 5),
      loss: round(losses.reduce((sum, one) => sum + one, 0) / losses.length, 4),
      peak: round(Math.max(...losses), 4),
      clipped: round(clipped / losses.length, 3),
      busiest: load && round(Math.max(...load.flat()) * load[0].length, 2),
      idle: load?.flat().filter((share) => share === 0).length ?? null,
    });
    [losses, clipped] = [[], 0];
  }
  return rows;
}

const round = (x: number, digits: number): number => Number(x.toFixed(digits));
