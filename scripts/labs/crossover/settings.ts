/** Who runs in the crossover lab: dense models of four sizes and mixtures of three, at three widths, with three seeds. */

import { mobyDick } from "../../../lib/data/index.js";
import type { CrossoverModel } from "../../../lib/notebook/crossover/index.js";
import type { TrainOptions } from "../../../lib/train/index.js";

export const WIDTHS = [32, 64, 128] as const;
export const SEEDS = [1, 2, 3] as const;
export const EXPERTS = [4, 8, 16] as const;
/** Feed-forward widths of the dense models as multiples of 4 D. A mixture of E experts, two per token, each half as wide as that, has
 *  the active parameters of 1 and the total of E / 2. */
export const SIZES = [1, 2, 4, 8] as const;
export const READ_AT = [500, 1000, 2000] as const;

/** 2,000 steps of 512 characters are less than one pass over the text: nothing is seen twice, so nothing can be learned by heart. */
export const PLAN = { steps: 2000, batchSize: 16, warmup: 100, evalEvery: 125, evalBlocks: 512 } as const;
/** The learning rate that is tried first. */
export const FIRST_RATE = 4e-3;

/** Who is compared. */
export const CONTENDERS: readonly CrossoverModel[] = WIDTHS.flatMap((width) => [
  ...SIZES.map((size): CrossoverModel => ({ contender: "dense", width, size })),
  ...EXPERTS.map((size): CrossoverModel => ({ contender: "MoE", width, size })),
]);

export interface Run extends CrossoverModel {
  readonly seed: number;
  readonly rate: number;
}

export const nameOf = ({ contender, width, size, seed, rate }: Run): string =>
  `${contender} D${width} x${size} seed ${seed} rate ${rate}`;

export const corpus = mobyDick;

/** The rate stays the same after the warm-up: a run that is read early is one that ended there. */
export const planOf = ({ seed, rate }: Run): TrainOptions => ({ ...PLAN, lr: rate, minLr: rate, seed });
