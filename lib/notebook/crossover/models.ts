/** The models of the crossover lab (`npm run labs -- crossover`), and what each of them costs. */

import { account, activationBytes } from "../../account/index.js";
import { checkIntegers, checkNumbers, checkWord } from "../../config/options.js";
import { describe } from "../../tensor/check.js";
import type { ConfigInput } from "../../config/model.js";

/** One model of the lab. */
export interface CrossoverModel {
  readonly contender: "dense" | "MoE";
  /** D. */
  readonly width: number;
  /** Dense: width of the feed-forward layer as a multiple of 4 D. MoE: number of experts, two of which work on a token, each half as
   *  wide as 4 D: so its active parameters are those of dense size 1, and its total is that of dense size E / 2. */
  readonly size: number;
}

/** What it takes to train a model. */
export interface CrossoverCost extends CrossoverModel {
  readonly total: number;
  readonly active: number;
  /** Bytes of a training step in float32: weights, gradients, the two averages of Adam, and what the forward pass keeps. */
  readonly trainBytes: number;
  /** Of a training step, measured; null where nobody has measured it. */
  readonly milliseconds: number | null;
}

/** Characters of Moby Dick, context, layers; heads are 16 wide. */
const SHAPE = { vocabSize: 89, blockSize: 32, nLayer: 2 } as const;
export const BATCH = 16; // blocks of a training step

/** The config of a model of the lab. */
export function crossoverConfig({ contender, width, size }: CrossoverModel): ConfigInput {
  checkWord("crossoverConfig", "contender", contender, ["dense", "MoE"]);
  checkIntegers("crossoverConfig", { width }, { from: 16 });
  checkNumbers("crossoverConfig", { size }, { above: 0 });
  const shape = { ...SHAPE, nHead: Math.floor(width / 16), dModel: width };
  return contender === "MoE"
    ? { ...shape, dHidden: 4 * width, nExpert: size, topK: 2 }
    : { ...shape, dHidden: 4 * width * size };
}

/** Counts every model, and puts the milliseconds beside it that were measured (`npm run labs -- crossover --time`). */
export function crossoverCosts(
  models: readonly CrossoverModel[],
  times: readonly (CrossoverModel & { readonly trainStep: number })[] = [],
): CrossoverCost[] {
  checkRows("crossoverCosts", "the models", models);
  return models.map(({ contender, width, size }) => {
    const model = { contender, width, size };
    const counted = account({ model_type: "twinformer", ...crossoverConfig(model) });
    const [total, active] = [counted.total, counted.active].map(Number);
    const kept = { tokens: SHAPE.blockSize, batch: BATCH, keep: "all", dropout: false } as const;
    const inHalf = activationBytes(counted, kept); // of 16 bits
    const measured = times.find((row) => isSame(row, model));
    return { ...model, total, active, trainBytes: 16 * total + 2 * inHalf, milliseconds: measured?.trainStep ?? null };
  });
}

export const isSame = (a: CrossoverModel, b: CrossoverModel): boolean =>
  a.contender === b.contender && a.width === b.width && a.size === b.size;

export function checkRows(operation: string, what: string, rows: unknown): void {
  if (!Array.isArray(rows)) throw new TypeError(`${operation}: ${what} must be a list of rows, got ${describe(rows)}`);
}
